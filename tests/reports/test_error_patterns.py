"""The catalogue as the page's script reads it: the same expressions, in the order of a run."""

from __future__ import annotations

import json
import re

import pytest

from crossload.reports.error_patterns import as_javascript, error_patterns
from crossload.runner.causes.loading import shipped_catalogue
from crossload.runner.causes.samples import samples_of
from tests.reports.browser import Browser

CATALOGUE = json.loads(error_patterns())


@pytest.mark.parametrize(
    ("python", "javascript"),
    [
        (r"Unknown layer: '?(?P<name>\w+)", (r"Unknown layer: '?(?<name>\w+)", "s")),
        (r"(?i)safe.?mode", ("safe.?mode", "si")),
        (r"HDF5.{0,80}(?i:lookup|table)", ("HDF5.{0,80}(?:lookup|table)", "si")),
        (r"was (?P<was>\d), is (?P=was)", (r"was (?<was>\d), is \k<was>", "s")),
        (r"\Aend\Z", ("^end$", "s")),
    ],
)
def test_expressions_are_written_for_javascript(python: str, javascript: tuple[str, str]) -> None:
    assert as_javascript(python) == javascript


def test_causes_stand_in_the_order_in_which_a_run_takes_the_first() -> None:
    order = [one.id for one in shipped_catalogue().causes]
    known = [one["id"] for one in CATALOGUE["causes"]]
    assert known == [one for one in order if one in set(known)]
    assert "custom-class-not-given" in known


def test_it_is_inert_inside_html() -> None:
    assert not re.search("[<>&]", error_patterns())


@pytest.mark.browser
@pytest.mark.usefixtures("no_trouble")
def test_javascript_finds_what_python_finds(browser: Browser) -> None:
    """Each expression compiles there and finds the samples that Python's finds."""
    searched = []
    for entry in shipped_catalogue().causes:
        for pattern in entry.when:
            for name in ("message", "warning", "output"):
                expression = pattern.texts.get(name)
                if expression is None:
                    continue
                found = [one.matching for one in samples_of(expression)]
                found = [one for one in found if re.search(expression, one, re.DOTALL)]
                searched.append([*as_javascript(expression), found])
    assert sum(len(found) for _, _, found in searched) > len(searched)
    missed = browser.run(
        f"""{json.dumps(searched)}.flatMap(([pattern, flags, samples]) => {{
            const expression = new RegExp(pattern, flags);
            return samples.filter((one) => !expression.test(one)).map((one) => [pattern, one]);
        }})"""
    )
    assert missed == []
