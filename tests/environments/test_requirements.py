"""What is asked of the resolver for a specification."""

from __future__ import annotations

from datetime import date

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.frameworks import load_frameworks
from crossload.runner.environments.requirements import (
    UnknownReleaseError,
    Wish,
    wish_digest,
    wish_of,
)

LINUX = "linux-x86_64"
TODAY = date(2026, 1, 1)


def wish(platform: str = LINUX, today: date = TODAY, **values: object) -> Wish:
    spec = EnvironmentSpec.model_validate({"name": "it", **values})
    return wish_of(spec, "3.11", platform, load_frameworks(), today)


def test_a_full_version_is_itself_and_a_short_one_its_newest_patch() -> None:
    assert wish(tensorflow="2.15.1").requirements == ("tensorflow-cpu==2.15.1",)
    assert wish(tensorflow="2.15").requirements == ("tensorflow-cpu==2.15.*",)


def test_pins_are_added_as_written_or_as_an_exact_version() -> None:
    asked = wish(tensorflow="2.3.0", packages={"protobuf": "<3.21", "h5py": "2.10.0"})
    assert asked.requirements == ("tensorflow-cpu==2.3.0", "h5py==2.10.0", "protobuf<3.21")
    assert asked.pins == ("h5py==2.10.0", "protobuf<3.21")


def test_the_cpu_build_replaces_the_full_one_that_tf_keras_would_pull_in() -> None:
    asked = wish(tensorflow="2.16.1", api="tf_keras", tf_keras="2.16.0")
    assert asked.requirements == ("tensorflow-cpu==2.16.1", "tf-keras==2.16.0")
    assert asked.dropped == ("tensorflow",)
    assert wish(platform="macos-arm64", tensorflow="2.16.1").dropped == ()


def test_a_backend_brings_its_packages_unless_they_are_pinned() -> None:
    asked = wish(keras="2.2.4", api="keras", backend="theano", packages={"theano": "1.0.5"})
    assert asked.requirements == ("keras==2.2.4", "setuptools", "theano==1.0.5")
    assert asked.source == ("keras", "pyyaml", "theano")


def test_the_period_ends_some_weeks_after_the_youngest_pinned_framework() -> None:
    assert wish(tensorflow="2.10.0").until == date(2022, 9, 27)
    assert wish(tensorflow="2.16.1", keras="3.3.3").until == date(2024, 5, 17)
    assert wish(tensorflow="2.16.1", tf_keras="2.17.0").until == date(2024, 8, 5)


def test_the_period_does_not_reach_into_the_future() -> None:
    assert wish(tensorflow="2.10.0", today=date(2022, 9, 8)).until == date(2022, 9, 8)


def test_latest_has_no_limit_and_a_day_is_taken_as_written() -> None:
    assert wish(tensorflow="2.10.0", resolve="latest").until is None
    assert wish(tensorflow="2.10.0", resolve="2023-02-01").until == date(2023, 2, 1)


def test_an_unknown_release_has_no_period() -> None:
    with pytest.raises(
        UnknownReleaseError, match=r"^the release day of TensorFlow 2\.99\.0 is not"
    ):
        wish(tensorflow="2.99.0")
    assert wish(tensorflow="2.99.0", resolve="latest").until is None


def digest(python: str = "3.11", platform: str = LINUX, **values: object) -> str:
    spec = EnvironmentSpec.model_validate({"name": "it", **values})
    return wish_digest(spec, python, platform, load_frameworks())


def test_the_digest_changes_with_what_is_resolved_and_with_nothing_else() -> None:
    one = digest(tensorflow="2.15.1")
    assert one == wish(tensorflow="2.15.1").digest
    assert one == digest(tensorflow="2.15.1", name="other", variables={"A": "1"})
    different = {
        digest(tensorflow="2.15.0"),
        digest(tensorflow="2.15.1", python="3.10"),
        digest(tensorflow="2.15.1", platform="macos-arm64"),
        digest(tensorflow="2.15.1", resolve="latest"),
        digest(tensorflow="2.15.1", packages={"h5py": "<3"}),
    }
    assert len(different | {one}) == 6


def test_the_digest_of_an_unknown_release_can_be_computed() -> None:
    assert digest(tensorflow="2.99.0")
