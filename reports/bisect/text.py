"""A bisection in the terminal and as JSON: the result of each version, and where it changes.

Owns the layout and sentences; foreign texts are cleaned here.
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
from crossload.runner.bisection.searching import Answer, Found
from crossload.runner.causes import RemedyState
from crossload.runner.environments.model import Environment
from crossload.runner.errors import ExitCode
from crossload.runner.prose import joined
from crossload.runner.words import Verdict

FORMAT, SCHEMA = "crossload-bisection", 1


@dataclass(frozen=True)
class Bisection:
    """A finished search: the model, the versions, the environment whose outputs are expected.

    `backwards` says whether it went from newer versions to older ones.
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
    """1 if a version does not work, 4 if none could be measured."""
    if found.first_bad is not None:
        return ExitCode.INCOMPATIBLE
    return ExitCode.OK if found.last_good is not None else ExitCode.ENVIRONMENTS


def sentence(bisection: Bisection) -> str:
    """The result in one sentence."""
    found, name = bisection.found, bisection.name
    good, bad = found.last_good, found.first_bad
    if bad is None and good is None:
        return f"{name} could not be measured in any of these versions."
    if bad is None:
        assert good is not None
        return f"{name} works in every measured version, up to {good.environment.id}."
    if good is None:
        return f"{name} already {_what(bad)} in {bad.environment.id}, where the search starts."
    text = f"{name} works in {good.environment.id} and {_what(bad)} in {bad.environment.id}"
    if found.between:
        names = joined([one.id for one in found.between])
        text += f"; {names} between them could not be measured"
        if found.again is not None:
            text += f"; it works again in {found.again.environment.id}"
        return f"{text}."
    text += f", the version {'before' if bisection.backwards else 'after'} it"
    if found.again is not None:
        text += f"; it works again in {found.again.environment.id}"
    return f"{text}."


def _what(answer: Answer) -> str:
    return {
        Verdict.PARTIAL: "loses something",
        Verdict.ASSISTED: "needs help to load",
        Verdict.TRANSLATED: "must be translated",
        Verdict.REBUILT: "needs the code that built it",
        Verdict.PREDICTS: "only predicts",
        Verdict.DIFFERS: "gives different outputs",
        Verdict.CRASHES: "crashes the loading process",
        Verdict.TIMES_OUT: "times out",
    }.get(answer.verdict, "fails to load")


def draw(bisection: Bisection, console: Console) -> None:
    """Print each measured version, the result in one sentence, and why."""
    for answer in bisection.found.answers:
        _line(answer, console)
    console.print()
    fold(console, sentence(bisection), style="bold")
    bad = bisection.found.first_bad
    if bad is not None and bad.cell is not None:
        _reason(bad.cell, console)
    asked = len(bisection.found.answers)
    fold(
        console,
        f"outputs compared with those in {bisection.saver}; "
        f"{asked} of {len(bisection.line)} versions tried",
        style="dim",
    )


def _line(answer: Answer, console: Console) -> None:
    """One version; if it could not be measured, why."""
    plain = not (console.encoding or "").lower().startswith("utf")
    look = APPEARANCE[answer.verdict]
    mark = Text(f"  {look.plain if plain else look.symbol} {answer.verdict!s:12}", style=look.style)
    console.print(mark.append(answer.environment.id, style="default"), soft_wrap=True)
    if answer.works is None and answer.cell is not None:
        fold(console, clean_line(answer.cell.detail), style="dim", indent=6)


def _reason(cell: JudgedCell, console: Console) -> None:
    """Why the first bad version is bad, and which remedies worked there."""
    why = cell.cause.sentence if cell.cause else cell.detail
    fold(console, f"why: {clean_line(why)}", indent=2)
    for remedy in cell.remedies:
        if remedy.state is RemedyState.WORKED:
            shown = f" ({clean_line(remedy.evidence)})" if remedy.evidence else ""
            fold(console, f"works: {clean_line(remedy.sentence)}{shown}", style="green", indent=2)
    fold(console, f"more: crossload explain {cell.cell}", style="dim", indent=2)


def as_json(bisection: Bisection) -> str:
    """The same for programs, in ASCII."""
    found = bisection.found
    bad = found.first_bad.cell if found.first_bad else None
    document = {
        "format": FORMAT,
        "schema": SCHEMA,
        "model": bisection.name,
        "sentence": sentence(bisection),
        "answers_from": bisection.saver,
        "line": [one.id for one in bisection.line],
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
        "works_again": found.again.environment.id if found.again else None,
        "between": [one.id for one in found.between],
        "cause": bad.cause.id if bad and bad.cause else None,
        "why": clean_line(bad.cause.sentence if bad.cause else bad.detail) if bad else None,
    }
    return json.dumps(document, indent=2, ensure_ascii=True)
