"""A bisection on a terminal and as JSON: what each version said, and where the change is.

Owns layout and sentences; foreign texts are cleaned here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from crossload.reports.appearance import APPEARANCE
from crossload.reports.cleaning import clean_line
from crossload.reports.folding import fold
from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.analysis.sentences import joined
from crossload.runner.bisection.searching import Answer, Found
from crossload.runner.causes import RemedyState
from crossload.runner.environments.model import Environment
from crossload.runner.errors import ExitCode
from crossload.runner.words import Verdict

FORMAT, SCHEMA = "crossload-bisection", 1


@dataclass(frozen=True)
class Bisection:
    """A search that has ended: of which model, along which line, with whose answers.

    `backwards` tells that it went from newer versions to older ones.
    """

    found: Found
    model: str
    line: Sequence[Environment]
    saver: str
    backwards: bool = False

    @property
    def name(self) -> str:
        return clean_line(self.model)


def exit_code(found: Found) -> ExitCode:
    """1 where a version was found that does not work, 4 where none could be measured."""
    if found.first_bad is not None:
        return ExitCode.INCOMPATIBLE
    return ExitCode.OK if found.last_good is not None else ExitCode.ENVIRONMENTS


def sentence(told: Bisection) -> str:
    """The answer in one sentence."""
    found, name = told.found, told.name
    good, bad = found.last_good, found.first_bad
    if bad is None and good is None:
        return f"{name} could not be measured in any of these versions."
    if bad is None:
        assert good is not None
        return f"{name} works in every version that was measured, up to {good.environment.id}."
    if good is None:
        return f"{name} {_what(bad)} in {bad.environment.id} already, where the search begins."
    text = f"{name} works in {good.environment.id} and {_what(bad)} in {bad.environment.id}"
    if found.between:
        names = joined([one.id for one in found.between])
        return f"{text}; {names} between them could not be measured."
    return f"{text}, the version {'before' if told.backwards else 'after'} it."


def _what(answer: Answer) -> str:
    return {
        Verdict.PARTIAL: "loses something",
        Verdict.ASSISTED: "needs help to load",
        Verdict.DIFFERS: "gives other answers",
        Verdict.CRASHES: "kills the process that loads it",
        Verdict.TIMES_OUT: "does not end loading",
    }.get(answer.verdict, "does not load")


def draw(told: Bisection, console: Console) -> None:
    """Print each version that was asked, the sentence, and why."""
    for answer in told.found.answers:
        _line(answer, console)
    console.print()
    fold(console, sentence(told), style="bold")
    bad = told.found.first_bad
    if bad is not None and bad.cell is not None:
        _reason(bad.cell, console)
    asked = len(told.found.answers)
    fold(
        console,
        f"answers compared with those in {told.saver}; {asked} of {len(told.line)} versions asked",
        style="dim",
    )


def _line(answer: Answer, console: Console) -> None:
    """One version; where it could not be measured, why."""
    plain = not (console.encoding or "").lower().startswith("utf")
    look = APPEARANCE[answer.verdict]
    mark = Text(f"  {look.plain if plain else look.symbol} {answer.verdict!s:12}", style=look.style)
    console.print(mark.append(answer.environment.id, style="default"), soft_wrap=True)
    if answer.works is None and answer.cell is not None:
        fold(console, clean_line(answer.cell.detail), style="dim", indent=6)


def _reason(cell: JudgedCell, console: Console) -> None:
    """Why the first bad version is one, and what was seen to help there."""
    why = cell.cause.sentence if cell.cause else cell.detail
    fold(console, f"why: {clean_line(why)}", indent=2)
    for remedy in cell.remedies:
        if remedy.state is RemedyState.WORKED:
            shown = f" ({clean_line(remedy.evidence)})" if remedy.evidence else ""
            fold(console, f"works: {clean_line(remedy.sentence)}{shown}", style="green", indent=2)
    fold(console, f"more: crossload explain {cell.cell}", style="dim", indent=2)


def as_json(told: Bisection) -> str:
    """The same for programs, in ASCII."""
    found = told.found
    bad = found.first_bad.cell if found.first_bad else None
    document = {
        "format": FORMAT,
        "schema": SCHEMA,
        "model": told.name,
        "sentence": sentence(told),
        "answers_from": told.saver,
        "line": [one.id for one in told.line],
        "measured": [
            {
                "environment": one.environment.id,
                "works": one.works,
                "verdict": str(one.verdict),
                "cell": str(one.cell.cell) if one.cell else None,
                "detail": clean_line(one.cell.detail) if one.cell else "",
            }
            for one in found.answers
        ],
        "last_good": found.last_good.environment.id if found.last_good else None,
        "first_bad": found.first_bad.environment.id if found.first_bad else None,
        "between": [one.id for one in found.between],
        "cause": bad.cause.id if bad and bad.cause else None,
        "why": clean_line(bad.cause.sentence if bad.cause else bad.detail) if bad else None,
    }
    return json.dumps(document, indent=2, ensure_ascii=True)
