"""`crossload check`: will this model load there, with the same answers, and if not, what helps?

Owns the order "read the models, measure, tell", and the exit code.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.runner.errors import UsageError
from crossload.runner.words import Verdict

if TYPE_CHECKING:
    from crossload.cli.command import Context


def threshold(text: str) -> Verdict:
    """The verdict that `--fail-on` names.

    Raises:
        UsageError: it is none of those that can be a threshold.
    """
    from crossload.runner.analysis.thresholds import THRESHOLDS  # noqa: PLC0415 - pandas and more behind it

    for one in THRESHOLDS:
        if text == one:
            return one
    raise UsageError(
        f"--fail-on: found {text!r}, expected one of {', '.join(THRESHOLDS)}",
        "the named verdict and all worse ones end with exit code 1",
    )


class CheckCommand:
    """Measure models of the user's own."""

    name = "check"
    anywhere = True

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        from crossload.cli.model_options import (  # noqa: PLC0415 - as below
            add_model_options,
            add_place_options,
            add_search_option,
        )
        from crossload.cli.run import add_measuring  # noqa: PLC0415 - as below

        parser.add_argument(
            "model",
            nargs="+",
            type=Path,
            metavar="MODEL",
            help="a model file, a SavedModel, a folder of them, or a .py file with build()",
        )
        add_place_options(parser)
        add_model_options(parser)
        add_search_option(parser)
        parser.add_argument(
            "--fail-on",
            default="assisted",
            metavar="VERDICT",
            help="exit with 1 from this verdict on: partial, assisted (default), differs, fails",
        )
        parser.add_argument("--json", action="store_true", help="print everything as JSON")
        add_measuring(parser)

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Measure, print, return 0, 1 or 4.

        Raises:
            UsageError: a model, an environment or an option that cannot be used.
            CrossloadError: whatever a run raises.
        """
        from crossload.cli.model_options import reading_of, wanted_of  # noqa: PLC0415 - same
        from crossload.cli.session import open_project, open_session  # noqa: PLC0415 - same
        from crossload.reports.check.as_json import as_json  # noqa: PLC0415 - pandas and more, only when it runs
        from crossload.reports.check.document import document_of  # noqa: PLC0415 - same
        from crossload.reports.check.text import draw  # noqa: PLC0415 - same
        from crossload.runner.checking.running import check  # noqa: PLC0415 - same
        from crossload.runner.sandbox.containment import detect_sandbox  # noqa: PLC0415 - same

        fail_on = threshold(args.fail_on)
        with open_project(args, context) as project:
            wanted, _ = wanted_of(args, project)
            reading = reading_of(args.model, args, project, context)
            contained = not args.no_sandbox and detect_sandbox().contained
            with open_session(project, args, context) as session:
                checked = check(reading.subjects, wanted, session)
            document = document_of(checked, fail_on, reading.left_out, contained=contained)
        if args.json:
            context.console.print(as_json(document), markup=False, highlight=False, soft_wrap=True)
        else:
            draw(document, context.console)
        return int(document.code)


COMMAND = CheckCommand()
