"""`crossload inspect`: what a model file says about itself, without loading it.

Owns the options, the exit code and the JSON. `runner.inspection` reads the file and
words the facts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from crossload.cli.options.output import add_json
from crossload.cli.shared.predictions import predictions_as_json, show_predictions
from crossload.runner.atlas import Atlas
from crossload.runner.errors import ExitCode, UsageError
from crossload.runner.inspection import wording
from crossload.runner.inspection.advisories import advisories_in, advisories_of
from crossload.runner.inspection.inspecting import inspect
from crossload.runner.inspection.model import Contents, FindingKind, Inspection
from crossload.runner.prediction.unwritten import unwritten
from crossload.runner.untrusted.text import clean

if TYPE_CHECKING:
    from crossload.cli.context import Context

SCHEMA = 1  # of the JSON; it grows without a change of this number, and never shrinks
_FINDINGS_SHOWN = 20
_BROKEN = frozenset({FindingKind.DAMAGED, FindingKind.MISSING, FindingKind.FAILED})
_NAME_WIDTH = 14


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "model",
        nargs="+",
        type=Path,
        metavar="MODEL",
        help="a model file, or the folder of a SavedModel or checkpoint",
    )
    add_json(parser, "everything")
    parser.add_argument(
        "--no-predict", action="store_true", help="do not predict where the model loads"
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the facts of all that can be read; the exit code is that of the worst."""
    documents: list[dict[str, Any]] = []
    codes = {ExitCode.OK}
    for path in args.model:
        try:
            found = inspect(path)
        except UsageError as error:
            codes.add(error.exit_code)
            documents.append({"path": str(path), "error": str(error)})
            _print_error(error, context)
            continue
        codes.add(ExitCode.INCOMPATIBLE if is_broken(found) else ExitCode.OK)
        if args.json:
            documents.append(as_json(path, found))
            if not args.no_predict:
                documents[-1]["predictions"] = predictions_as_json(found, path)
                documents[-1]["unwritten"] = list(unwritten(found, Atlas.load()))
        else:
            _print(path, found, context)
            if not args.no_predict:
                show_predictions(found, path, context.console)
    if args.json:
        whole = {"schema": SCHEMA, "models": documents}
        context.console.out(json.dumps(whole, indent=2, ensure_ascii=True), highlight=False)
    return int(max(codes))


def as_json(path: Path, inspection: Inspection) -> dict[str, Any]:
    """One model of the document."""
    facts = inspection.as_json()
    for shown, finding in zip(facts["findings"], inspection.findings, strict=True):
        known = advisories_of(inspection.container, finding)
        shown["advisories"] = [one.summary() for one in known]
    return {"path": str(path), "risk": str(inspection.risk), **facts}


def is_broken(inspection: Inspection) -> bool:
    """Whether the file is damaged, lacks a part of what its format has, or kept its reader off."""
    if inspection.contents is Contents.NOTHING:
        return True
    return any(one.kind in _BROKEN for one in inspection.findings)


def _print_error(error: UsageError, context: Context) -> None:
    context.log.print(f"[bold red]crossload:[/] {escape(clean(str(error)))}", soft_wrap=True)
    if error.advice:
        context.log.print(f"  {escape(error.advice)}", soft_wrap=True)


def _print(path: Path, inspection: Inspection, context: Context) -> None:
    context.console.print(
        f"[bold]{escape(clean(str(path)))}[/]: {inspection.contents}", soft_wrap=True
    )
    _print_rows(wording.facts(inspection), "", context)
    notes = [
        ("note", wording.note(one, advisories_of(inspection.container, one)))
        for one in inspection.findings[:_FINDINGS_SHOWN]
    ]
    _print_rows(notes, "yellow", context)
    hidden = len(inspection.findings) - _FINDINGS_SHOWN
    if hidden > 0:
        context.console.print(f"  and {hidden} more notes: `--json` lists them all")
    _print_rows(((one.id, wording.advisory(one)) for one in advisories_in(inspection)), "", context)


def _print_rows(rows: Iterable[tuple[str, str]], style: str, context: Context) -> None:
    for name, text in rows:
        shown = escape(clean(text).replace("\n", " "))
        if style:
            shown = f"[{style}]{shown}[/]"
        context.console.print(f"  [dim]{name:{_NAME_WIDTH}}[/]{shown}", soft_wrap=True)
