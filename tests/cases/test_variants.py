"""Variants of a case: what they share, and the message about every mistake, word for word."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from crossload.runner.cases.claims import load_claims
from crossload.runner.cases.forms import CaseForm
from crossload.runner.cases.model import Case
from crossload.runner.cases.reading import read_folder
from crossload.runner.cases.scripts import MAX_SCRIPT
from crossload.runner.errors import ConfigurationError
from crossload.runner.probing.material import Scripts
from tests.cases.conftest import WriteCase

SHARED = """\
title: A network
source: a page
savers: tf2.6
load: [layer.py, named.py]
variants:
  plain:
    save: network.py
    load: load.py
  layer:
    title: With a layer
    source: another page
    savers: [tf2.15]
    loaders: tf2.21
    save: [layer.py, network.py]
"""
FILES = {"layer.py": "layer = 1", "network.py": "outputs = 2\n", "named.py": "outputs = 3\n"}

DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "cases.md"

WriteFamily = Callable[..., Path]


@pytest.fixture
def write_family(write_case: WriteCase) -> WriteFamily:
    def write(yaml: str, *, save: str | None = None) -> Path:
        folder = write_case("net", yaml, save=save)
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


def read(folder: Path) -> list[Case]:
    mistakes: list[str] = []
    found = read_folder(folder, mistakes).found
    assert mistakes == []
    return [one.case for one in found if one.case]


def mistakes_of(folder: Path) -> list[str]:
    mistakes: list[str] = []
    assert [one.case for one in read_folder(folder, mistakes).found if one.case] == []
    return [one.removeprefix("cases/net/") for one in mistakes]


def test_a_variant_takes_what_it_leaves_out_from_the_keys_above(
    write_family: WriteFamily,
) -> None:
    plain, layer = read(write_family(SHARED))
    assert (plain.name, layer.name) == ("net-plain", "net-layer")
    assert (plain.title, layer.title) == ("A network", "With a layer")
    assert (plain.source, layer.source) == ("a page", "another page")
    assert (plain.savers, layer.savers) == (("tf2.6",), ("tf2.15",))
    assert (plain.loaders, layer.loaders) == ((), ("tf2.21",))


def test_scripts_are_joined_in_their_order(write_family: WriteFamily) -> None:
    plain, layer = read(write_family(SHARED))
    assert plain.scripts == Scripts("outputs = 2\n", "outputs = 1")
    assert layer.scripts == Scripts("layer = 1\n\noutputs = 2\n", "layer = 1\n\noutputs = 3\n")


def test_save_and_load_are_the_scripts_of_a_variant_that_names_none(
    write_family: WriteFamily,
) -> None:
    (one,) = read(write_family("title: one\nvariants:\n  a: {}", save="outputs = 5"))
    assert one.scripts == Scripts("outputs = 5", "outputs = 1")


def test_a_case_without_variants_may_have_parts_too(write_family: WriteFamily) -> None:
    (one,) = read(write_family("title: one\nsave: [layer.py, network.py]"))
    assert (one.name, one.scripts.save) == ("net", "layer = 1\n\noutputs = 2\n")


def test_each_variant_has_claims_of_its_own(write_family: WriteFamily) -> None:
    yaml = """\
title: one
source: a page
save: network.py
variants:
  a:
    claims:
      - {id: first, says: It loads., expect: loads}
  b:
    claims:
      - {id: second, says: It fails., expect: fails, message: it}
"""
    claims = load_claims(read(write_family(yaml)), [])
    assert [(one.id, one.case, one.where.models) for one in claims] == [
        ("first", "net-a", ("net-a",)),
        ("second", "net-b", ("net-b",)),
    ]


def test_a_mistake_in_a_variants_claim_has_its_line(write_family: WriteFamily) -> None:
    yaml = "title: one\nsave: network.py\nvariants:\n  a:\n    claims:\n      - {id: Wrong}\n"
    with pytest.raises(ConfigurationError) as caught:
        load_claims(read(write_family(yaml)), [])
    assert str(caught.value).startswith(
        "cases/net/case.yaml:6: variants.a.claims[0].id: found the name 'Wrong', expected lower"
    )


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        pytest.param(
            "title: a\nsave: network.py\nvariants: [b]",
            "3: variants: found a list, expected a mapping of names to variants",
            id="list",
        ),
        pytest.param(
            "title: a\nsave: network.py\nvariants: {}",
            "3: variants: found no variant, expected at least one",
            id="none",
        ),
        pytest.param(
            "title: a\nsave: network.py\nvariants:\n  b: network.py",
            "4: variants.b: found 'network.py', expected a mapping",
            id="no-mapping",
        ),
        pytest.param(
            "title: a\nsave: network.py\nvariants:\n  B: {}",
            "4: variants.B: found the name 'B', expected lower case letters, digits and '.', '_', "
            "'-', '+', beginning with a letter or digit",
            id="name",
        ),
        pytest.param(
            f"title: a\nsave: network.py\nvariants:\n  {'b' * 77}: {{}}",
            f"4: variants.{'b' * 77}: found a name of 81 characters, expected at most 80",
            id="long-name",
        ),
        pytest.param(
            "title: a\nsave: network.py\nvariants:\n  b: {}\n  b: {}",
            "5: variants.b: found this key twice, on lines 4 and 5, expected once",
            id="twice",
        ),
        pytest.param(
            "title: a\nsave: network.py\nvariants:\n  b: {laod: load.py}",
            "4: variants.b.laod: found an unknown key, expected one of claims, load, loaders, "
            "save, savers, source, title; did you mean 'load'",
            id="unknown-key",
        ),
        pytest.param(
            "title: a\nsave: network.py\nvariants:\n  b: {variants: {}}",
            "4: variants.b.variants: found an unknown key, expected one of claims, load, loaders, "
            "save, savers, source, title",
            id="nested",
        ),
        pytest.param(
            "save: network.py\nvariants:\n  b: {}",
            "3: variants.b: found no title, expected one line on what the case shows",
            id="no-title",
        ),
        pytest.param(
            "title: a\nsave: network.py\nclaims: [{id: one}]\nvariants:\n  b: {}",
            "3: claims: found claims beside variants, expected them in the variants",
            id="claims",
        ),
        pytest.param(
            "title: a\nvariants:\n  b: {}",
            "3: variants.b: found no 'save' and no file save.py, expected one of them",
            id="no-script",
        ),
        pytest.param(
            "title: a\nvariants:\n  b:\n    save:\n    - layer.py\n    - netwrk.py",
            "6: variants.b.save[1]: found 'netwrk.py', expected a file in the folder of the case; "
            "did you mean 'network.py'",
            id="no-file",
        ),
        pytest.param(
            "title: a\nsave: absent-one.py\nvariants:\n  b: {}\n  c: {}",
            "2: save: found 'absent-one.py', expected a file in the folder of the case",
            id="shared-no-file",
        ),
        pytest.param(
            "title: a\nsave: ../network.py",
            "2: save: found '../network.py', expected the file name of a script beside case.yaml, "
            "such as 'save.py'",
            id="outside",
        ),
        pytest.param(
            "title: a\nsave: []",
            "2: save: found an empty list, expected at least one value",
            id="no-parts",
        ),
    ],
)
def test_one_mistake_is_one_line(write_family: WriteFamily, yaml: str, expected: str) -> None:
    assert mistakes_of(write_family(yaml)) == [f"case.yaml:{expected}"]


def test_all_mistakes_of_all_variants_come_at_once(write_family: WriteFamily) -> None:
    folder = write_family(
        "titel: a\nvariants:\n  b: {save: [layer.py, none.py]}\n  c: {savers: [], save: odd.py}"
    )
    (folder / "odd.py").write_text("\0", encoding="utf-8")
    assert mistakes_of(folder) == [
        (
            "case.yaml:1: titel: found an unknown key, expected one of claims, load, loaders, "
            "save, savers, source, title, variants; did you mean 'title'"
        ),
        (
            "case.yaml:3: variants.b.save[1]: found 'none.py', expected a file in the folder of "
            "the case; did you mean 'named.py'"
        ),
        "case.yaml:4: variants.c.savers: found an empty list, expected at least one value",
        "odd.py:1: found the control character U+0000, expected text",
    ]


def test_a_script_in_parts_has_the_limit_of_a_script(write_family: WriteFamily) -> None:
    folder = write_family("title: a\nsave: [big.py, network.py]")
    rest = len("\noutputs = 2\n")
    (folder / "big.py").write_text("#" * (MAX_SCRIPT - rest - 1) + "\n", encoding="utf-8")
    read(folder)
    (folder / "big.py").write_text("#" * (MAX_SCRIPT - rest) + "\n", encoding="utf-8")
    assert mistakes_of(folder) == [
        "case.yaml:2: save: its parts hold 200001 bytes, expected at most 200000"
    ]


def test_a_part_that_is_too_big_is_reported_once(write_family: WriteFamily) -> None:
    folder = write_family("title: a\nsave: [big.py, network.py]\nvariants:\n  b: {}\n  c: {}")
    (folder / "big.py").write_text("#" * (MAX_SCRIPT + 1), encoding="utf-8")
    assert mistakes_of(folder) == ["big.py: holds 200001 bytes, expected at most 200000"]


@pytest.mark.parametrize("key", CaseForm.model_fields)
def test_every_key_is_documented(key: str) -> None:
    assert f"| `{key}` |" in DOCS.read_text(encoding="utf-8")


def test_the_example_of_the_documentation_is_right(write_case: WriteCase) -> None:
    (yaml,) = re.findall(
        r"^```\n([^`]*^variants:[^`]*)^```$", DOCS.read_text(encoding="utf-8"), re.MULTILINE
    )
    folder = write_case("my-layer", yaml)
    for name in ("layer.py", "network.py", "load_named.py", "load_unnamed.py"):
        (folder / name).touch()
    assert [one.name for one in read(folder)] == ["my-layer-named", "my-layer-unnamed"]
