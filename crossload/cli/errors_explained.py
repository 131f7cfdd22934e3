"""The answer of `crossload causes --error`: what an error means, and what to do about it.

Owns the printing, as text and as JSON; `runner.causes.by_error` finds the causes.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.padding import Padding

from crossload.runner.causes import FAMILY_TITLES, Catalogue
from crossload.runner.causes.by_error import Fit, causes_of_error
from crossload.runner.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from crossload.cli.context import Context

_STANDARD_INPUT = "-"
_MOST = 5


def explain_error(text: str, catalogue: Catalogue, context: Context, *, as_json: bool) -> ExitCode:
    """Print the causes that fit a text; `-` reads it from standard input.

    Returns:
        INCOMPATIBLE where no cause fits.

    Raises:
        UsageError: the text is empty.
    """
    if text == _STANDARD_INPUT:
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    if not text.strip():
        raise UsageError(
            "there is no error to explain", "give a message or a traceback, or - to read it"
        )
    fits = causes_of_error(catalogue, text)
    if as_json:
        sys.stdout.write(json.dumps({"causes": [_document(one) for one in fits]}, indent=2) + "\n")
    elif fits:
        _print(fits, context)
    else:
        context.console.print(
            "no known cause fits this error; if there is more of it, pass the whole traceback, as "
            "its reason often stands at the end. `crossload inspect FILE` says which version wrote "
            "a file and what is risky about it, `crossload check FILE` measures where it loads"
        )
    return ExitCode.OK if fits else ExitCode.INCOMPATIBLE


def _document(fit: Fit) -> dict[str, Any]:
    return {
        "id": fit.cause.id,
        "family": str(fit.cause.family),
        "sentence": fit.cause.sentence,
        "decides": fit.decides,
        "remedies": [
            {"id": one.id, "sentence": one.said, "code": one.code} for one in fit.remedies
        ],
        "references": list(fit.cause.references),
    }


def _print(fits: tuple[Fit, ...], context: Context) -> None:
    console = context.console
    if len(fits) > 1:
        console.print(f"{len(fits)} causes fit, the most likely first\n")
    for fit in fits[:_MOST]:
        cause = fit.cause
        console.print(f"[bold]{cause.id}[/] ({FAMILY_TITLES[cause.family]})")
        console.print(escape(f"{cause.sentence[0].upper()}{cause.sentence[1:]}."))
        if fit.decides:
            console.print(escape(f"It is this one if {fit.decides}."), style="dim")
        for remedy in fit.remedies:
            console.print(Padding(escape(f"* {remedy.said}"), (0, 0, 0, 2)))
            if remedy.code and remedy is fit.remedies[0]:
                console.print(Padding(escape(remedy.code.rstrip()), (0, 0, 0, 6)))
        console.print()
    if len(fits) > _MOST:
        others = ", ".join(one.cause.id for one in fits[_MOST:])
        console.print(escape(f"less likely: {others}"))
    console.print("`crossload causes ID` explains one; `crossload check FILE` measures it")
