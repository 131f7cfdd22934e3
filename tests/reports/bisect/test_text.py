"""What a terminal and a program are told of a bisection."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from crossload.reports.bisect.text import Bisection, as_json, draw, exit_code, sentence
from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.bisection.searching import Answer, Found
from crossload.runner.causes import Cause, CellRemedy, Family, RemedyState
from crossload.runner.causes.values import Proof
from crossload.runner.environments.model import Environment
from crossload.runner.errors import ExitCode
from crossload.runner.words import Verdict
from tests.checking.examples import TF26, TF210, TF215, TF221, cell

CAUSE = Cause("time-major-removed", Family.LAYER_OR_ARGUMENT, "no time_major\x1b[31m any more")
HELPED = CellRemedy("rebuild", "build it anew", "", RemedyState.WORKED, Proof("\x07proof"))
UNTRIED = CellRemedy("other", "do something else", "", RemedyState.NOT_TRIED)


def answer(one: Environment, verdict: Verdict, *, works: bool | None) -> Answer:
    judged = JudgedCell(cell(TF26, one), verdict, detail=f"said \x1b[2J{verdict}")
    if works is False:
        judged = JudgedCell(
            cell(TF26, one), verdict, cause=CAUSE, remedies=(HELPED, UNTRIED), detail="no"
        )
    return Answer(one, works, judged, verdict)


GOOD = answer(TF26, Verdict.SAME, works=True)
BAD = answer(TF221, Verdict.FAILS, works=False)
GONE = answer(TF215, Verdict.UNAVAILABLE, works=None)
LINE = (TF26, TF210, TF215, TF221)


def told(found: Found, *, backwards: bool = False) -> Bisection:
    return Bisection(found, "mi\x1b[2Jne.h5", LINE, TF26.id, backwards)


BORDER = Found((GOOD, GONE, BAD), GOOD, BAD, ())
ALL_GOOD = Found((GOOD,), GOOD, None)
AT_ONCE = Found((BAD,), None, BAD)
NOTHING = Found((GONE,), None, None)


def shown(one: Bisection, width: int = 80, encoding: str = "utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    draw(one, Console(file=stream, width=width, no_color=True))
    stream.flush()
    stream.seek(0)
    return stream.read()


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (BORDER, ExitCode.INCOMPATIBLE),
        (AT_ONCE, ExitCode.INCOMPATIBLE),
        (ALL_GOOD, ExitCode.OK),
        (NOTHING, ExitCode.ENVIRONMENTS),
    ],
)
def test_the_exit_code_distinguishes_the_four_outcomes(found: Found, code: ExitCode) -> None:
    assert exit_code(found) is code


def test_the_sentence_names_both_neighbours() -> None:
    name = "mi\\u001b[2Jne.h5"
    good, bad = TF26.id, TF221.id
    said = f"{name} works in {good} and fails to load in {bad}"
    assert sentence(told(BORDER)) == f"{said}, the version after it."
    assert sentence(told(BORDER, backwards=True)) == f"{said}, the version before it."
    between = Found(BORDER.answers, GOOD, BAD, (TF210, TF215))
    assert sentence(told(between)) == (
        f"{said}; {TF210.id} and {TF215.id} between them could not be measured."
    )
    assert "where the search starts" in sentence(told(AT_ONCE))
    assert f"in every measured version, up to {good}" in sentence(told(ALL_GOOD))
    assert "could not be measured in any" in sentence(told(NOTHING))


@pytest.mark.parametrize("verdict", [one for one in Verdict if one.name in {"PARTIAL", "ASSISTED", "DIFFERS", "CRASHES", "TIMES_OUT"}])  # fmt: skip # noqa: E501 - a table
def test_what_is_wrong_is_put_in_words(verdict: Verdict) -> None:
    bad = answer(TF221, verdict, works=False)
    assert "fails to load in" not in sentence(told(Found((GOOD, bad), GOOD, bad)))


def test_a_terminal_shows_versions_sentence_cause_and_what_worked() -> None:
    text = shown(told(BORDER))
    assert [TF26.id in text, TF215.id in text, TF221.id in text] == [True, True, True]
    assert "why: no time_major" in text
    assert "works: build it anew (\\u0007proof)" in text
    assert "do something else" not in text
    assert f"more: crossload explain {BAD.cell and BAD.cell.cell}" in text
    assert "3 of 4 versions tried" in text


def test_the_reason_for_an_unmeasured_version_is_given() -> None:
    assert "said \\u001b[2Junavailable" in shown(told(NOTHING))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("found", [BORDER, AT_ONCE, ALL_GOOD, NOTHING])
def test_lines_are_folded_and_hold_no_control_characters(found: Found, encoding: str) -> None:
    text = shown(told(found), 60, encoding)
    assert "\x1b" not in text
    assert all(
        len(line) <= 60 or line.lstrip().startswith(("more:",)) for line in text.splitlines()
    )


def test_json_has_all_of_it() -> None:
    read = json.loads(as_json(told(BORDER)))
    assert (read["format"], read["schema"]) == ("crossload-bisection", 1)
    assert (read["last_good"], read["first_bad"], read["between"]) == (TF26.id, TF221.id, [])
    assert read["cause"] == "time-major-removed"
    assert read["line"] == [one.id for one in LINE]
    assert [(one["environment"], one["works"], one["verdict"]) for one in read["measured"]] == [
        (TF26.id, True, "same"),
        (TF215.id, None, "unavailable"),
        (TF221.id, False, "fails"),
    ]
    assert "\x1b" not in as_json(told(BORDER))


def test_json_of_a_search_without_a_border_has_nulls() -> None:
    read = json.loads(as_json(told(ALL_GOOD)))
    assert (read["first_bad"], read["cause"], read["why"]) == (None, None, None)
