"""Where the result of the gate goes: the terminal, and every file that the command line names.

Owns the choice of streams, and that the summary of a CI job is appended to. Each format is written
by the module of its name in `reports.gate`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.context import STANDARD_OUTPUT
from crossload.reports.gate.as_annotations import annotation_lines
from crossload.reports.gate.as_json import as_json
from crossload.reports.gate.as_junit import as_junit
from crossload.reports.gate.as_markdown import as_markdown
from crossload.reports.gate.as_sarif import as_sarif
from crossload.reports.gate.places import find_places
from crossload.reports.gate.text import TerminalGate
from crossload.reports.writing import write_whole
from crossload.runner.errors import StorageError
from crossload.runner.gate import GateResult
from crossload.runner.subjects.model import Subject

if TYPE_CHECKING:
    from rich.console import Console

    from crossload.cli.context import Context


_SUMMARY = "GITHUB_STEP_SUMMARY"


def write_outputs(
    result: GateResult,
    run_id: int,
    subjects: Sequence[Subject],
    args: argparse.Namespace,
    context: Context,
) -> None:
    """Write the files, then print.

    Raises:
        StorageError: a file cannot be written.
    """
    models = {one.name: one.path for one in subjects}
    places = find_places(context.matrix_path, result.after.name, models)
    document = as_json(result, run_id)
    files = (
        ("--junit", args.junit, as_junit(result)),
        ("--markdown", args.markdown, as_markdown(result)),
        ("--sarif", args.sarif, as_sarif(result, places)),
        ("--json", _json_file(args.json), document),
    )
    for option, path, text in files:
        if path is not None:
            _write(path, text, option)
    if args.json == STANDARD_OUTPUT:
        print(document, end="")  # noqa: T201 - JSON goes to standard output as it is
    else:
        with _no_commands(context.console) if args.annotations else contextlib.nullcontext():
            TerminalGate(result, context.console).draw()
            for _, path, _ in files:
                if path is not None:
                    _say(context.console, f"wrote {path}")
    if args.annotations:
        for line in annotation_lines(result, places):
            _say(context.log if args.json == STANDARD_OUTPUT else context.console, line)


@contextlib.contextmanager
def _no_commands(console: Console) -> Iterator[None]:
    """Keep GitHub from taking a line that others wrote for a command of ours."""
    token = secrets.token_hex(16)
    _say(console, f"::stop-commands::{token}")
    yield
    _say(console, f"::{token}::")


def _json_file(asked: str | None) -> Path | None:
    return None if asked in {None, STANDARD_OUTPUT} else Path(str(asked))


def _write(path: Path, text: str, option: str) -> None:
    try:
        if str(path) == os.environ.get(_SUMMARY):
            with path.open("a", encoding="utf-8") as summary:  # other steps' words stand in it
                summary.write(text)
        else:
            write_whole(path, text)
    except (StorageError, OSError) as error:
        what = str(error) if isinstance(error, StorageError) else f"cannot write: {error}"
        advice = f"free some space, or give {option} another path"
        raise StorageError(what, advice) from error


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
