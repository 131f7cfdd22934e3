"""`crossload check`: does this model load there with the same outputs, and if not, what helps?

Owns the order "read the models, measure, report", and the exit code.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.options.measuring import add_measuring, add_trust
from crossload.cli.options.models import (
    MODEL_KINDS,
    add_fail_on,
    add_model_options,
    add_place_options,
    add_search,
)
from crossload.cli.options.output import add_json

if TYPE_CHECKING:
    from crossload.cli.context import Context


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "model", nargs="+", type=Path, metavar="MODEL", help=f"{MODEL_KINDS}; or a folder of them"
    )
    add_place_options(parser)
    add_model_options(parser)
    add_search(parser)
    add_fail_on(parser)
    add_json(parser, "everything")
    add_measuring(parser)
    add_trust(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Measure, print, return 0, 1, 4 or 9.

    Raises:
        UsageError: a model, an environment or an option that cannot be used.
        UntrustedError: every file can run code, and there is no sandbox.
        CrossloadError: whatever a run raises.
    """
    from crossload.cli.shared.models import reading_of, wanted_of
    from crossload.cli.shared.session import open_project, open_session
    from crossload.reports.check.as_json import as_json
    from crossload.reports.check.document import document_of
    from crossload.reports.check.text import draw
    from crossload.runner.checking.running import check
    from crossload.runner.sandbox.containment import detect_sandbox

    with open_project(args, context) as project:
        wanted, _ = wanted_of(args, project)
        reading = reading_of(args.model, args, project, context)
        contained = not args.no_sandbox and detect_sandbox().contained
        with open_session(project, args, context) as session:
            checked = check(reading.subjects, wanted, session)
        document = document_of(checked, args.fail_on, reading, contained=contained)
    if args.json:
        context.console.print(as_json(document), markup=False, highlight=False, soft_wrap=True)
    else:
        draw(document, context.console)
    return int(document.code)
