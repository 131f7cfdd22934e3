"""The claims that travel with the program: whole, about something, and documented."""

from __future__ import annotations

import fnmatch
import re
from functools import lru_cache
from pathlib import Path

import pytest

from crossload.runner.analysis.claims import ClaimStatus
from crossload.runner.cases.claim_model import Claim, Expected, Extent, Relation
from crossload.runner.cases.claims import CLAIMS_FILE, ClaimForm, WhereForm, load_claims
from crossload.runner.cases.library import read_cases
from crossload.runner.environments.project import known_models
from crossload.runner.shipped import shipped_path

CASES = shipped_path("cases")
DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "claims.md"


@lru_cache(maxsize=1)
def claims() -> tuple[Claim, ...]:
    return load_claims(read_cases([CASES], ()).cases(), [CASES])


def test_every_article_has_claims_of_its_own_code_and_general_ones() -> None:
    sources = {one.source for one in claims()}
    assert len(sources) == 5
    for source in sources:
        assert any(one.case for one in claims() if one.source == source)
        assert any(not one.case for one in claims() if one.source == source)


def test_every_case_of_an_article_claims_something() -> None:
    articles = fnmatch.filter(read_cases([CASES], ()).names, "article*")
    assert len(articles) > 20
    assert set(articles) - {one.case for one in claims()} == set()


def test_every_claim_is_about_something_that_exists() -> None:
    names = {*known_models(), *read_cases([CASES], ()).names}
    for one in claims():
        for pattern in (*one.where.models, *filter(None, [one.where.control])):
            assert fnmatch.filter(names, pattern), (one.id, pattern)


@pytest.mark.parametrize("key", [*ClaimForm.model_fields, *WhereForm.model_fields])
def test_every_key_is_documented(key: str) -> None:
    assert f"| `{key}` |" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*ClaimStatus, *Expected])
def test_every_word_has_its_line(word: str) -> None:
    assert f"| `{word}` |" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*Extent, *Relation])
def test_every_other_word_is_documented(word: str) -> None:
    assert f"`{word}`" in DOCS.read_text(encoding="utf-8")


def test_the_example_of_the_documentation_is_right(tmp_path: Path) -> None:
    text = DOCS.read_text(encoding="utf-8")
    (example,) = re.findall(r"^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    (tmp_path / CLAIMS_FILE).write_text(example, encoding="utf-8")
    (one,) = load_claims((), [tmp_path])
    assert one.exceptions == ("ValueError",)
