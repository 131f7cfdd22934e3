"""A bisection on a terminal and as JSON: what each version said, and where the change is.

Owns layout and sentences; foreign texts are cleaned here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from reports.appearance import APPEARANCE
from reports.cleaning import clean_line
from runner.analysis.sentences import joined
from runner.bisection.searching import Answer, Found
from runner.environments.model import Environment
from runner.errors import ExitCode
from runner.words import Verdict

SCHEMA = 1


def exit_code(found: Found) -> ExitCode:
    """1 where a version was found that does not work, 4 where none could be measured."""
    if found.first_bad is not None:
        return ExitCode.INCOMPATIBLE
    return ExitCode.OK if found.last_good is not None else ExitCode.ENVIRONMENTS


def sentence(found: Found, name: str) -> str:
    """The answer in one sentence."""
    good, bad = found.last_good, found.first_bad
    if good is None and bad is None:
        return f"{name} could not be measured in any of these versions."
    if bad is None:
        assert good is not None
        return f"{name} works in every version that was measured, up to {good.environment.id}."
    what = _what(bad)
    if good is None:
        return f"{name} {what} in {bad.environment.id} already, where the search begins."
    text = f"{name} works in {good.environment.id} and {what} in {bad.environment.id}"
    if found.between:
        names = joined([one.id for one in found.between])
        return f"{text}; {names} between them could not be measured."
    return f"{text}, the next version."


def _what(answer: Answer) -> str:
    verdict = None if answer.cell is None else answer.cell.verdict
    return {
        Verdict.PARTIAL: "loses something",
        Verdict.ASSISTED: "needs help",
        Verdict.DIFFERS: "gives other answers",
        Verdict.CRASHES: "kills its process",
        Verdict.TIMES_OUT: "does not end loading",
    }.get(verdict or Verdict.FAILS, "does not load")


def draw(found: Found, name: str, line: Sequence[Environment], console: Console) -> None:
    """Print each version that was asked, the sentence, and why."""
    plain = not (console.encoding or "").lower().startswith("utf")
    for answer in found.answers:
        verdict = answer.cell.verdict if answer.cell else Verdict.NOT_RUN
        look = APPEARANCE[verdict]
        mark = Text(f"  {look.plain if plain else look.symbol} {verdict!s:12}", style=look.style)
        console.print(mark.append(answer.environment.id, style="default"))
    console.print()
    console.print(Text(sentence(found, name), style="bold"))
    bad = found.first_bad.cell if found.first_bad else None
    if bad is not None:
        why = bad.cause.sentence if bad.cause else bad.detail
        console.print(Text(f"  {clean_line(why)}"))
        for remedy in bad.remedies:
            if remedy.state == "worked":
                shown = f" ({clean_line(remedy.evidence)})" if remedy.evidence else ""
                console.print(Text(f"  works: {remedy.sentence}{shown}", style="green"))
        console.print(Text(f"  more: crossload explain {bad.cell}", style="dim"), soft_wrap=True)
    count = f"{len(found.answers)} of {len(line)} versions"
    console.print(Text(f"{count} were built and measured", style="dim"))


def as_json(found: Found, name: str, line: Sequence[Environment]) -> str:
    """The same for programs."""
    told = {
        "schema": SCHEMA,
        "model": name,
        "sentence": sentence(found, name),
        "line": [one.id for one in line],
        "measured": [
            {
                "environment": one.environment.id,
                "works": one.works,
                "verdict": str(one.cell.verdict) if one.cell else None,
                "cell": str(one.cell.cell) if one.cell else None,
            }
            for one in found.answers
        ],
        "last_good": found.last_good and found.last_good.environment.id,
        "first_bad": found.first_bad and found.first_bad.environment.id,
        "between": [one.id for one in found.between],
        "cause": found.first_bad
        and found.first_bad.cell
        and found.first_bad.cell.cause
        and found.first_bad.cell.cause.id,
    }
    return json.dumps(told, indent=2, ensure_ascii=True)
