"""The data about frameworks: its order, and the answers drawn from it."""

from __future__ import annotations

from datetime import date

import pytest
from packaging.version import Version

from crossload.runner.environments.frameworks import load_frameworks, release_day
from crossload.runner.words import Backend

DATA = load_frameworks()
MINORS = list(DATA.tensorflow.minors)


def test_every_minor_version_from_1_15_to_2_21_is_there() -> None:
    assert list(DATA.tensorflow.minors) == ["1.15", *(f"2.{minor}" for minor in range(22))]


@pytest.mark.parametrize("minor", MINORS)
def test_pythons_and_releases_are_in_order_and_of_that_minor(minor: str) -> None:
    entry = DATA.tensorflow.minors[minor]
    assert list(entry.pythons) == sorted(entry.pythons, key=Version)
    assert list(entry.releases) == sorted(entry.releases, key=Version)
    assert all(version.startswith(f"{minor}.") for version in entry.releases)
    # Of 2.0 there is none: it is a row all the same, with the whole of TensorFlow.
    assert minor == "2.0" or set(entry.releases) - set(DATA.tensorflow.without_cpu_build)


def test_keras_releases_are_in_order() -> None:
    for known in (DATA.keras.releases, DATA.tf_keras.releases):
        assert list(known) == sorted(known, key=Version)


def test_every_other_backend_is_described() -> None:
    assert set(DATA.backends) == set(Backend) - {Backend.TENSORFLOW}


def test_a_minor_is_found_by_its_patch_and_an_unknown_one_is_the_next_older() -> None:
    assert DATA.minor_of("2.15.1") is DATA.minor_of("2.15")
    assert DATA.minor_of("2.40.0") is DATA.minor_of("2.21")
    assert DATA.minor_of("1.4.0") is DATA.minor_of("1.15")
    assert DATA.knows("2.15.9")
    assert not DATA.knows("2.22.0")


def test_a_release_day_of_a_minor_is_that_of_its_newest_patch() -> None:
    releases = DATA.minor_of("2.10").releases
    assert release_day(releases, "2.10.0") == date(2022, 9, 6)
    assert release_day(releases, "2.10") == date(2022, 11, 16)
    assert release_day(releases, "2.10.7") is None


@pytest.mark.parametrize(
    ("version", "platform", "name"),
    [
        ("2.15.1", "linux-x86_64", "tensorflow-cpu"),
        ("2.15.1", "macos-arm64", "tensorflow"),
        ("1.15.5", "linux-x86_64", "tensorflow"),
        ("1.14.0", "linux-x86_64", "tensorflow"),
    ],
)
def test_the_cpu_build_is_taken_where_it_exists(version: str, platform: str, name: str) -> None:
    assert DATA.distribution(version, platform) == name
