"""Scripted cases and exclusions in a profile: what may be written, and what is complained about."""

from __future__ import annotations

import pytest

from crossload.runner.config.exclusion import Exclusion, read_exclusion
from crossload.runner.config.load import parse_matrix
from crossload.runner.config.model import Profile
from crossload.runner.errors import ConfigurationError
from crossload.runner.words import MODEL_FORMATS, Format

CASES = ("damaged-h5", "damaged-keras", "example")
ENVIRONMENTS = (
    "environments: {tf2.10: {tensorflow: '2.10.1', python: '3.10'}, "
    "tf2.15: {tensorflow: '2.15.1'}}\n"
)


def read(profile: str, cases: tuple[str, ...] | None = CASES) -> Profile:
    text = f"{ENVIRONMENTS}profiles:\n  p: {profile}\n"
    matrix = parse_matrix(
        text, shown="matrix.yaml", known_models=("dense", "lstm"), known_cases=cases
    )
    return matrix.profiles["p"]


def complaint(profile: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(profile)
    return str(caught.value).removeprefix("matrix.yaml:3: profiles.p.")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{cases: all}", ("*",)),
        ("{cases: [damaged-*, example]}", ("damaged-*", "example")),
        ("{cases: example}", ("example",)),
        ("{cases: none}", ()),
        ("{cases: }", ()),
        ("{}", ()),
    ],
)
def test_cases_are_all_none_or_patterns(written: str, expected: tuple[str, ...]) -> None:
    assert read(written).cases == expected


def test_a_profile_may_have_cases_alone() -> None:
    assert read("{models: none, cases: all}").models == ()


def test_all_formats_are_those_of_models() -> None:
    assert read("{formats: all}").formats == MODEL_FORMATS
    assert Format.SCRIPT not in MODEL_FORMATS


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("dense.h5", [Exclusion("dense.h5")]),
        ("tf2.1?/*.keras/*", [Exclusion("*.keras", "tf2.1?", "*")]),
        ("{a/b.h5/c,lstm.*}", [Exclusion("b.h5", "a", "c"), Exclusion("lstm.*")]),
    ],
)
def test_an_exclusion_is_a_file_or_a_cell(pattern: str, expected: list[Exclusion]) -> None:
    assert read_exclusion(pattern) == tuple(expected)


@pytest.mark.parametrize(
    "written",
    [
        "{exclude: 'lstm.h5'}",
        "{exclude: ['*/dense.*/tf2.15-py3.12', 'tf2.10-py3.10/*/tf2.15']}",
        "{exclude: ['*.script', 'damaged-*.script', '*.{keras,h5}']}",
    ],
)
def test_exclusions_that_match_something_are_kept(written: str) -> None:
    assert read(written).exclude


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(
            "{cases: [exampel]}",
            "cases[0]: found 'exampel', which matches no scripted case, expected a name or a "
            "pattern of some; did you mean 'example'",
            id="unknown-case",
        ),
        pytest.param(
            "{cases: [1.5]}",
            "cases[0]: 1.5 was read as the number 1.5; write '1.5'",
            id="number",
        ),
        pytest.param(
            "{cases: []}",
            "cases: found an empty list, expected at least one value",
            id="empty",
        ),
        pytest.param(
            "{formats: [script]}",
            "formats[0]: found 'script', which is the format of scripted cases, expected their "
            "names under the key 'cases'",
            id="script-as-format",
        ),
        pytest.param(
            "{exclude: ['a/b']}",
            "exclude[0]: found 'a/b', expected 'model.format' or 'saver/model.format/loader'",
            id="two-parts",
        ),
        pytest.param(
            "{exclude: ['//']}",
            "exclude[0]: found '//', expected 'model.format' or 'saver/model.format/loader'",
            id="empty-parts",
        ),
        pytest.param(
            "{exclude: ['lsmt.h5']}",
            "exclude[0]: found 'lsmt.h5', of which 'lsmt.h5' matches no model.format; "
            "did you mean 'lstm.h5'",
            id="no-such-file",
        ),
        pytest.param(
            "{exclude: ['*/lstm.h5/tf2.51']}",
            "exclude[0]: found '*/lstm.h5/tf2.51', of which 'tf2.51' matches no environment; "
            "did you mean 'tf2.15'",
            id="no-such-loader",
        ),
        pytest.param(
            "{exclude: ['tf2.10-py3.11/lstm.h5/*']}",
            "exclude[0]: found 'tf2.10-py3.11/lstm.h5/*', of which 'tf2.10-py3.11' matches no "
            "environment; did you mean 'tf2.10'",
            id="another-python",
        ),
    ],
)
def test_a_pattern_without_a_match_is_reported(written: str, expected: str) -> None:
    assert complaint(written) == expected


def test_without_known_cases_their_names_are_taken_on_trust() -> None:
    assert read("{cases: anything, exclude: ['anything.script']}", None).cases == ("anything",)
