"""Claims as files: what is read, and how each mistake is told with its file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from crossload.runner.cases.claim_model import (
    Claim,
    Comparison,
    Condition,
    Expected,
    Extent,
    Relation,
    Where,
)
from crossload.runner.cases.claims import CLAIMS_FILE, load_claims
from crossload.runner.cases.library import read_cases
from crossload.runner.errors import ConfigurationError
from crossload.runner.words import Format, Strategy

WHOLE = """\
title: A case
source: An article
claims:
  - id: one
    says: It needs the class.
    expect: needs
    strategy: custom-objects
    exceptions: [ValueError, TypeError]
    message: Unknown layer
    true_in: some
    where:
      models: [custom-*, dense]
      formats: h5
      saver: {keras: "<3", api: tf.keras, environment: tf2.1*}
      loader: {tensorflow: "2.10"}
      compare: {keras: older, backend: same}
      own_reload: fails
"""


def write_case(folder: Path, text: str, name: str = "a-case") -> None:
    inner = folder / name
    inner.mkdir(parents=True)
    (inner / "case.yaml").write_text(text, encoding="utf-8")
    for script in ("save.py", "load.py"):
        (inner / script).write_text("outputs = 1\n", encoding="utf-8")


def read(folder: Path) -> tuple[Claim, ...]:
    return load_claims(read_cases([folder], ()).cases(), [folder])


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(folder)
    return [line.replace(f"{folder}/", "") for line in str(caught.value).splitlines()]


def test_every_key_is_read(tmp_path: Path) -> None:
    write_case(tmp_path, WHOLE)
    where = Where(
        models=("custom-*", "dense"),
        formats=(Format.H5,),
        saver=(
            Condition("keras", "<3"),
            Condition("api", "tf.keras"),
            Condition("environment", "tf2.1*"),
        ),
        loader=(Condition("tensorflow", "2.10"),),
        compare=(Comparison("keras", Relation.OLDER), Comparison("backend", Relation.SAME)),
        own_reload=Expected.FAILS,
    )
    assert read(tmp_path) == (
        Claim(
            id="one",
            says="It needs the class.",
            source="An article",
            case="a-case",
            expected=Expected.NEEDS,
            strategy=Strategy.CUSTOM_OBJECTS,
            exceptions=("ValueError", "TypeError"),
            message="Unknown layer",
            extent=Extent.SOME,
            where=where,
        ),
    )


def test_a_claim_of_a_case_is_about_its_own_cells(tmp_path: Path) -> None:
    write_case(tmp_path, "title: A\nsource: B\nclaims: [{id: one, says: It loads., expect: loads}]")
    (claim,) = read(tmp_path)
    assert claim.where == Where(models=("a-case",), formats=(Format.SCRIPT,))


def test_general_claims_follow_those_of_the_cases(tmp_path: Path) -> None:
    write_case(tmp_path, "title: A\nsource: B\nclaims: [{id: one, says: It loads., expect: loads}]")
    (tmp_path / CLAIMS_FILE).write_text(
        "claims:\n"
        "  - {id: two, says: It fails., source: C, expect: unsaved, where: {formats: h5}}\n"
        "  - {id: three, says: It is rare., source: C, unmeasurable: nobody counts}\n",
        encoding="utf-8",
    )
    found = read(tmp_path)
    assert [(one.id, one.source, one.case) for one in found] == [
        ("one", "B", "a-case"),
        ("two", "C", ""),
        ("three", "C", ""),
    ]
    assert found[2].expected is None
    assert found[2].unmeasurable == "nobody counts"


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        pytest.param("{says: x, expect: loads}", "found no id, expected a name", id="no id"),
        pytest.param(
            "{id: one, expect: loads}",
            "found nothing under 'says', expected the claim in one sentence",
            id="no sentence",
        ),
        pytest.param(
            "{id: one, says: x}",
            "found neither 'expect' nor 'unmeasurable', expected one of them",
            id="nothing to measure",
        ),
        pytest.param(
            "{id: one, says: x, expect: loads, unmeasurable: y}",
            "found 'expect' and 'unmeasurable', expected one of them",
            id="both",
        ),
        pytest.param(
            "{id: one, says: x, expect: needs}",
            "found 'strategy' or 'expect: needs' alone, expected both or neither",
            id="no strategy",
        ),
        pytest.param(
            "{id: one, says: x, expect: loads, checks: compile}",
            "found 'checks', expected them with 'expect: keeps' or 'expect: loses'",
            id="checks",
        ),
        pytest.param(
            "{id: one, says: x, expect: loads, exceptions: ValueError}",
            "found an exception, expected it with something that raises: "
            "'fails', 'needs', 'unsaved'",
            id="exception",
        ),
        pytest.param(
            "{id: one, says: x, expect: fails}",
            "found 'expect: fails' alone, expected evidence that it fails for this claim's "
            "reason: 'causes', 'exceptions', 'message' or a 'control'",
            id="evidence",
        ),
    ],
)
def test_contradictions_are_reported(tmp_path: Path, claim: str, told: str) -> None:
    write_case(tmp_path, f"title: A\nsource: B\nclaims:\n  - {claim}\n")
    assert mistakes(tmp_path) == [f"a-case/case.yaml:4: claims[0]: {told}"]


def test_all_mistakes_of_all_files_are_reported_together(tmp_path: Path) -> None:
    write_case(
        tmp_path,
        "title: A\nsource: B\nclaims:\n"
        "  - id: one\n"
        "    says: x\n"
        "    expect: fail\n"
        "  - id: two\n"
        "    says: y\n"
        "    expect: unsaved\n"
        "    exeptions: ValueError\n"
        "    where:\n"
        "      saver: {keras: x3}\n"
        "      compare: {api: older}\n"
        "      loaders: {}\n",
    )
    (tmp_path / CLAIMS_FILE).write_text(
        "claims: [{id: three, says: z, source: C, expect: loads}]", encoding="utf-8"
    )
    words = "'loads', 'keeps', 'loses', 'differs', 'fails', 'needs', 'saves', 'unsaved'"
    keys = (
        "causes, checks, exceptions, expect, id, message, says, source, strategy, true_in, "
        "unmeasurable, where"
    )
    where = "compare, control, formats, loader, models, own_reload, saver"
    told = (
        ("6: claims[0].expect", f"found 'fail', expected one of {words}; did you mean 'fails'"),
        (
            "10: claims[1].exeptions",
            f"found an unknown key, expected one of {keys}; did you mean 'exceptions'",
        ),
        (
            "12: claims[1].where.saver",
            "found 'x3', expected a version such as '2.10' or a range such as '<3'",
        ),
        (
            "13: claims[1].where.compare",
            "found 'older' for 'api', expected 'same' or 'different'",
        ),
        (
            "14: claims[1].where.loaders",
            f"found an unknown key, expected one of {where}; did you mean 'loader'",
        ),
    )
    nowhere = "found no 'models' and no 'formats' in 'where', expected one of them"
    assert mistakes(tmp_path) == [
        *(f"a-case/case.yaml:{place}: {sentence}" for place, sentence in told),
        f"claims.yaml:1: claims[0]: {nowhere}",
    ]


def test_an_id_is_used_by_one_claim_only(tmp_path: Path) -> None:
    text = "title: A\nsource: B\nclaims: [{id: one, says: It loads., expect: loads}]"
    write_case(tmp_path, text, "a")
    write_case(tmp_path, text, "b")
    assert mistakes(tmp_path) == [
        "b/case.yaml:3: claims[0]: found the id 'one' twice, expected every id once"
    ]


@pytest.mark.parametrize("text", ["", "- a", "claims: 3", "claims: [3]", "other: []", "claims: [["])
def test_a_file_that_holds_no_claims_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / CLAIMS_FILE).write_text(text, encoding="utf-8")
    assert all(line.startswith("claims.yaml:") for line in mistakes(tmp_path))


@pytest.mark.parametrize(
    ("text", "version", "allowed"),
    [
        ("2.10", "2.10.1", True),
        ("2.10", "2.1.0", False),
        ("<2.10", "2.9.3", True),
        (">=3", "3.0.0rc1", False),
        (">=2,<3", "2.16.0rc1", True),
    ],
)
def test_a_bare_version_matches_all_that_begin_with_it(
    text: str, version: str, *, allowed: bool
) -> None:
    assert Condition("keras", text).allows_version(Version(version)) is allowed
