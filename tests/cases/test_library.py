"""Where cases are looked for, and that a name means one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.cases.library import case_folders, find_cases, read_cases
from crossload.runner.errors import ConfigurationError
from crossload.runner.models.listing import read_models
from crossload.runner.shipped import probes_folder, shipped_path
from tests.cases.conftest import WriteCase

SHIPPED = shipped_path("cases")


def test_cases_come_in_the_order_of_folders_and_names(
    write_case: WriteCase, tmp_path: Path
) -> None:
    for name in ("b", "c", "a"):
        write_case(name)
    write_case("aa", below="more")
    library = read_cases([tmp_path / "cases", tmp_path / "more", tmp_path / "none"], ())
    assert [case.name for case in library.cases()] == ["a", "b", "c", "aa"]


def test_folders_without_a_file_of_a_case_are_ignored(
    write_case: WriteCase, tmp_path: Path
) -> None:
    write_case("a")
    (tmp_path / "cases" / "notes").mkdir()
    (tmp_path / "cases" / "notes" / "read.me").touch()
    (tmp_path / "cases" / "save.py").touch()
    assert read_cases([tmp_path / "cases"], ()).names == ("a",)


def test_mistakes_are_reported_only_when_a_case_is_wanted(
    write_case: WriteCase, tmp_path: Path
) -> None:
    write_case("good")
    write_case("bad", "title: 1")
    write_case("worse", None)
    library = read_cases([tmp_path / "cases"], ())
    assert library.names == ("bad", "good", "worse")
    with pytest.raises(ConfigurationError) as caught:
        library.cases()
    assert str(caught.value).split("\n") == [
        "cases/bad/case.yaml:1: title: 1 was read as the number 1; write '1'",
        (
            "cases/worse/case.yaml: there is no such file, expected case.yaml, save.py and load.py "
            "in the folder of a case"
        ),
    ]


def test_a_name_is_a_models_or_one_cases(write_case: WriteCase, tmp_path: Path) -> None:
    write_case("dense")
    write_case("twice")
    write_case("twice", below="more")
    library = read_cases([tmp_path / "cases", tmp_path / "more"], ("dense", "lstm"))
    assert library.mistakes == (
        "cases/dense: found the name 'dense', which is a reference model's, expected another one",
        "more/twice: found the name 'twice', which cases/twice has too, expected another one",
    )


def test_variants_are_cases_among_the_others(write_case: WriteCase, tmp_path: Path) -> None:
    write_case("a", "title: one\nvariants:\n  z: {}\n  b: {}")
    write_case("a-c")
    library = read_cases([tmp_path / "cases"], ())
    assert [case.name for case in library.cases()] == ["a-b", "a-c", "a-z"]


def test_a_variant_has_a_name_of_its_own(write_case: WriteCase, tmp_path: Path) -> None:
    write_case("a", "title: one\nvariants:\n  dense: {}\n  b: {}\n  b-c: {}")
    write_case("a-b", "title: one\nvariants:\n  c: {}")
    write_case("a-b-c", below="more")
    library = read_cases([tmp_path / "cases", tmp_path / "more"], ("a-dense",))
    assert library.mistakes == (
        (
            "cases/a-b/case.yaml:3: found the name 'a-b-c', which cases/a/case.yaml:5 has too, "
            "expected another one"
        ),
        (
            "cases/a/case.yaml:3: found the name 'a-dense', which is a reference model's, "
            "expected another one"
        ),
        (
            "more/a-b-c: found the name 'a-b-c', which cases/a/case.yaml:5 has too, expected "
            "another one"
        ),
    )


@pytest.mark.parametrize("yaml", ["title: 'a", "title: a\nvariants: [b]"])
def test_names_are_not_known_where_variants_cannot_be_read(
    write_case: WriteCase, tmp_path: Path, yaml: str
) -> None:
    write_case("a", yaml)
    assert not read_cases([tmp_path / "cases"], ()).all_named


def test_names_are_known_where_a_variant_is_wrong(write_case: WriteCase, tmp_path: Path) -> None:
    write_case("a", "titel: a\nvariants:\n  b: 1\n  c: {title: one}")
    library = read_cases([tmp_path / "cases"], ())
    assert (library.names, library.good, library.all_named) == (("a-b", "a-c"), {}, True)


def test_the_matrix_has_its_own_cases_beside_the_shipped(
    write_case: WriteCase, tmp_path: Path
) -> None:
    write_case("ours")
    assert case_folders(tmp_path / "matrix.yaml") == (SHIPPED, tmp_path / "cases")
    assert case_folders(SHIPPED.parent / "matrix.yaml") == (SHIPPED,)
    assert "ours" in find_cases(tmp_path / "matrix.yaml", ()).names


def test_the_shipped_cases_are_right() -> None:
    library = find_cases(SHIPPED.parent / "matrix.yaml", tuple(read_models(probes_folder())))
    assert library.mistakes == ()
    damaged = [case for case in library.cases() if case.name.startswith("damaged-")]
    assert len(damaged) >= 12
    assert all(case.savers for case in damaged)


def test_no_shipped_script_is_left_over() -> None:
    library = find_cases(SHIPPED.parent / "matrix.yaml", ())
    texts = [text for one in library.cases() for text in (one.scripts.save, one.scripts.load)]
    paths = list(SHIPPED.glob("*/*.py"))
    assert len(paths) > 50
    unused = [path for path in paths if not any(path.read_text("utf-8") in one for one in texts)]
    assert unused == []


def test_every_damage_is_documented() -> None:
    text = (SHIPPED.parent / "docs" / "cases.md").read_text(encoding="utf-8")
    names = find_cases(SHIPPED.parent / "matrix.yaml", ()).names
    ours = [name for name in names if name.startswith(("damaged-", "cudnn-", "example-"))]
    assert [name for name in ours if f"`{name}`" not in text] == []
