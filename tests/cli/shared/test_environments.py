"""What a user types for an environment means the row of the matrix that they expect."""

from __future__ import annotations

from functools import lru_cache

import pytest

from crossload.cli.shared.environments import named_environments, one_environment
from crossload.runner.config.load import load_matrix
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.project import known_models
from crossload.runner.errors import UsageError
from crossload.runner.shipped import shipped_path


@lru_cache(maxsize=1)
def shipped() -> tuple[EnvironmentSpec, ...]:
    return load_matrix(shipped_path("matrix.yaml"), known_models=known_models()).environments


def names(text: str) -> list[str]:
    return [one.name for one in named_environments(shipped(), text, "--from")]


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(UsageError) as caught:
        one_environment(shipped(), text, "--from")
    return str(caught.value), caught.value.advice


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *((f"2.{minor}", f"tf2.{minor}") for minor in range(22) if minor != 3),
        *((f"keras3.{minor}", f"tf2.16-keras3.{minor}") for minor in range(16)),
        ("1.15", "tf1.15"),
        ("2.3", "tf2.3-h5py2"),
        ("2.16.2", "tf2.16-newest"),
        ("tf2.3", "tf2.3-h5py2"),
        ("TensorFlow==2.10.1", "tf2.10"),
        ("tensorflow 2.10", "tf2.10"),
        ("v2.15", "tf2.15"),
        ("keras==3.4", "tf2.16-keras3.4"),
        ("Keras 3.4.1", "tf2.16-keras3.4"),
        ("3.4", "tf2.16-keras3.4"),
        ("keras2.3", "keras2.3.1-tf1.15"),
        ("keras2.15", "tf2.15"),
        ("tf-keras==2.16", "tf2.16-legacy"),
        ("tf_keras2.21", "tf2.21-tfkeras"),
        (" tf2.15 ", "tf2.15"),
        ("tf2.15-py3.11", "tf2.15"),
        ("tf2.10-py3.10", "tf2.10"),
    ],
)
def test_a_text_means_one_row(text: str, name: str) -> None:
    assert one_environment(shipped(), text, "--from").name == name


def test_a_glob_means_several_rows_in_the_order_of_the_matrix() -> None:
    assert names("tf2.{15,10}*") == ["tf2.10", "tf2.10-today", "tf2.15", "tf2.15-numpy2"]
    assert names("tf2.10-py3.*") == ["tf2.10"]


def test_several_rows_where_one_is_expected_are_reported() -> None:
    told, advice = refusal("tf2.10*")
    assert told == "--from 'tf2.10*' means 2 environments, expected one"
    assert advice == "choose one of tf2.10 and tf2.10-today"


@pytest.mark.parametrize(
    "text", ["", "2", "2.99", "banana", "keras2.16", "tf2.10-py3.9", "2.x", "nothing*", "[", "1e5"]
)
def test_an_unknown_row_is_reported_with_what_the_matrix_has(text: str) -> None:
    told, advice = refusal(text)
    assert told.startswith(f"--from {text!r} is not an environment of this matrix")
    assert advice == (
        "this matrix has TensorFlow 1.15, 2.0 to 2.21; Keras 1.2, 2.2 to 2.3, 3.0 to 3.15; "
        "tf-keras 2.16, 2.18, 2.21; `crossload envs list` shows the names"
    )


def test_the_nearest_name_is_offered() -> None:
    assert refusal("tf215")[0].endswith("; did you mean 'tf2.15'")


def test_a_known_id_must_be_that_of_this_machine() -> None:
    ids = {"tf2.15": "tf2.15-py3.11"}
    assert one_environment(shipped(), "tf2.15-py3.11", "--to", ids).name == "tf2.15"
    with pytest.raises(UsageError, match=r"did you mean 'tf2\.15-py3\.11'"):
        one_environment(shipped(), "tf2.15-py3.10", "--to", ids)


def test_an_empty_matrix_says_so() -> None:
    with pytest.raises(UsageError) as caught:
        one_environment((), "2.15", "--to")
    assert caught.value.advice == "the matrix has no environments"
