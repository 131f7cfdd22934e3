"""What is noticed of a damaged environment: distributions made by code, with a RECORD each."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.environments.integrity import (
    Damage,
    find_damage,
    first_damage,
    note_unlike_record,
    withdraw_damaged,
)
from tests.runs import A, build

SITE = "lib/python3.11/site-packages"
TEXT = "answer = 42\n"


def recorded(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
    return f"sha256={digest.decode()},{len(text)}"


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An environment with two distributions, one of which has a script outside of site-packages."""
    site = tmp_path / SITE
    for name, files in {"six-1.16.0": ["six.py"], "keras-2.15.0": ["keras/__init__.py"]}.items():
        lines = [f"{file},{recorded(TEXT)}" for file in files]
        lines += ["../../../bin/tool," + recorded(TEXT), f"{name}.dist-info/RECORD,,"]
        for file in (*files, "../../../bin/tool"):
            path = site / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(TEXT, encoding="utf-8")
        (site / f"{name}.dist-info").mkdir()
        record = "\n".join([*lines, "keras/__pycache__/__init__.cpython-311.pyc,sha256=x,7", ""])
        (site / f"{name}.dist-info" / "RECORD").write_text(record, encoding="utf-8")
    return tmp_path


def test_an_untouched_environment_has_no_damage(prefix: Path) -> None:
    assert first_damage(prefix) is None
    assert list(find_damage(prefix, contents=True)) == []


def test_a_missing_file_is_named_with_its_distribution(prefix: Path) -> None:
    (prefix / SITE / "keras/__init__.py").unlink()
    found = first_damage(prefix)
    assert found == Damage("keras-2.15.0", "keras/__init__.py", "is missing")
    assert str(found) == "keras/__init__.py of keras-2.15.0 is missing"


def test_a_file_of_another_size_is_damage(prefix: Path) -> None:
    (prefix / SITE / "six.py").write_text("answer = 4\n", encoding="utf-8")
    assert str(first_damage(prefix)) == "six.py of six-1.16.0 has 11 bytes instead of 12"


def test_other_contents_of_the_same_size_are_found_when_contents_are_read(prefix: Path) -> None:
    (prefix / SITE / "six.py").write_text("answer = 43\n", encoding="utf-8")
    assert first_damage(prefix) is None
    assert [str(one) for one in find_damage(prefix, contents=True)] == [
        "six.py of six-1.16.0 has different contents"
    ]


def test_a_file_outside_of_site_packages_counts(prefix: Path) -> None:
    (prefix / "bin/tool").unlink()
    assert [one.distribution for one in find_damage(prefix)] == ["keras-2.15.0", "six-1.16.0"]


def test_byte_code_is_written_again_by_python_and_does_not_count(prefix: Path) -> None:
    assert not list(prefix.rglob("*.pyc"))
    assert first_damage(prefix) is None


@pytest.mark.parametrize(
    "content",
    [None, b"\xff\xfe", b"only-a-path\n", b"a.py,sha256=x,many\n", b'"' + b"x" * 200_000],
    ids=["missing", "not text", "one column", "no number", "endless field"],
)
def test_a_damaged_record_is_damage(prefix: Path, content: bytes | None) -> None:
    record = prefix / SITE / "six-1.16.0.dist-info" / "RECORD"
    record.unlink()
    if content is not None:
        record.write_bytes(content)
    assert str(first_damage(prefix)) == (
        "six-1.16.0.dist-info/RECORD of six-1.16.0 is missing or cannot be read"
    )


def test_a_folder_in_place_of_a_file_cannot_be_read(prefix: Path) -> None:
    file = prefix / SITE / "six.py"
    file.unlink()
    file.mkdir()
    assert [one.file for one in find_damage(prefix, contents=True)] == ["six.py"]


def test_what_is_damaged_counts_as_not_built(prefix: Path) -> None:
    marker = prefix / "crossload.json"
    marker.write_text("{}", encoding="utf-8")
    folder = prefix.rename(prefix.with_name(A.id))
    one = replace(build(A), prefix=folder)
    assert withdraw_damaged([one]) == {}
    assert (folder / "crossload.json").exists()
    (folder / SITE / "six.py").unlink()
    assert withdraw_damaged([one]) == {A.id: Damage("six-1.16.0", "six.py", "is missing")}
    assert not (folder / "crossload.json").exists()


def test_a_record_that_never_fitted_its_wheel_is_no_damage(prefix: Path) -> None:
    """As in the wheel of CNTK 2.7, whose WHEEL is five bytes longer than its RECORD says."""
    (prefix / SITE / "six.py").write_text("as published\n", encoding="utf-8")
    (prefix / SITE / "keras/__init__.py").unlink()
    note_unlike_record(prefix)
    assert list(find_damage(prefix, contents=True)) == []
    (prefix / "bin/tool").unlink()
    assert {one.file for one in find_damage(prefix)} == {"../../../bin/tool"}


def test_an_environment_as_its_records_say_has_no_note(prefix: Path) -> None:
    note_unlike_record(prefix)
    assert [one.name for one in prefix.glob("*.json")] == []
