"""Versions as files, frameworks and matrices write them."""

from __future__ import annotations

import pytest
from packaging.version import Version

from crossload.runner.versions import is_version, minor_of, release_of, version_of

_LONG = f"{'9' * 5000}.1"


@pytest.mark.parametrize(
    ("text", "version", "release", "minor"),
    [
        ("2.15.1", "2.15.1", "2.15.1", "2.15"),
        ("2.2.4-tf", "2.2.4", "2.2.4", "2.2"),
        ("2.16.0-rc1", "2.16.0rc1", "2.16.0", "2.16"),
        ("3.13.0rc1", "3.13.0rc1", "3.13.0", "3.13"),
        ("2.1.0+cpu", "2.1.0+cpu", "2.1.0", "2.1"),
        ("3", "3", "3", "3.0"),
        (" 1.2.x", "1.2", "1.2", "1.2"),
    ],
)
def test_versions_are_read_as_they_are_found(
    text: str, version: str, release: str, minor: str
) -> None:
    assert version_of(text) == Version(version)
    assert release_of(text) == Version(release)
    assert minor_of(text) == minor


@pytest.mark.parametrize("text", ["", "bundled", "latest", ">=3,<4", "-1.2", "\u0663.1"])
def test_other_text_is_no_version(text: str) -> None:
    assert not is_version(text)
    assert version_of(text) is None
    assert release_of(text) is None
    assert minor_of(text) == text


def test_a_version_is_pep_440() -> None:
    assert is_version("2.16.0rc1")
    assert not is_version("2.2.4-tf")


def test_a_number_of_thousands_of_digits_is_cut_not_refused() -> None:
    assert not is_version(_LONG)
    assert version_of(_LONG) == Version("9" * 18)
