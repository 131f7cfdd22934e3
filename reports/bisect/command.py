"""`crossload bisect`: in which version did this model stop loading, or start to differ?

Owns the options and the ends of the search; the search is `runner.bisection`'s.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runner.errors import UsageError
from runner.words import MODEL_FORMATS, Format

if TYPE_CHECKING:
    from runner.bisection.measuring import Measuring
    from runner.commands.base import Context
    from runner.commands.project import Project
    from runner.environments.model import Environment


class BisectCommand:
    """Find the version that changed something for one model."""

    name = "bisect"
    help = "find the first version in which a model stops loading or gives other answers"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        from reports.check.options import add_model_options  # noqa: PLC0415 - only where it is asked
        from reports.check.session import add_session_options  # noqa: PLC0415 - same

        parser.add_argument(
            "model", type=Path, metavar="MODEL", help="a model file, or a .py file with build()"
        )
        parser.add_argument(
            "--good",
            metavar="ENV",
            help="where it works: a name, an id or a version (default: nearest to its writer)",
        )
        parser.add_argument(
            "--bad", metavar="ENV", help="where it does not (default: the newest version)"
        )
        parser.add_argument(
            "--axis",
            choices=("tensorflow", "keras"),
            default="tensorflow",
            help="versions of what: TensorFlow with its Keras (default), or Keras 3 alone",
        )
        parser.add_argument(
            "--format",
            default=str(Format.KERAS),
            metavar="NAME",
            help="save a script's model in this format (default: keras)",
        )
        parser.add_argument(
            "--fail-on",
            default="assisted",
            metavar="VERDICT",
            help="count as bad from here: partial, assisted (default), differs, fails",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        add_model_options(parser)
        add_session_options(parser)

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Search and tell; 0 where all works, 1 where something stops to, 4 where nothing is known.

        Raises:
            UsageError: the model or an option cannot be used.
            CrossloadError: whatever a run raises.
        """
        from reports.bisect.text import as_json, draw, exit_code  # noqa: PLC0415 - pandas behind it
        from reports.check.command import threshold  # noqa: PLC0415 - same
        from reports.check.options import subjects_of  # noqa: PLC0415 - same
        from reports.check.session import open_project, open_session  # noqa: PLC0415 - same
        from runner.bisection.measuring import Measuring  # noqa: PLC0415 - same
        from runner.bisection.searching import search  # noqa: PLC0415 - same

        fail_on = threshold(args.fail_on)
        file_format = _format(args.format)
        with open_project(args, context) as project:
            every = project.environments(project.matrix.environments)
            good, bad = (
                _end(text, option, project, every)
                for text, option in ((args.good, "--good"), (args.bad, "--bad"))
            )
            (subject,) = subjects_of([args.model], args, project, context)
            with open_session(project, args, context, profile="bisect") as session:
                measuring = Measuring(subject, file_format, session, fail_on)
                line = _line(args.axis, every, (good, bad), measuring)
                found = search(line, measuring.measure)
        name = args.model.name
        if args.json:
            text = as_json(found, name, line)
            context.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            draw(found, name, line, context.console)
        return int(exit_code(found))


COMMAND = BisectCommand()


def _format(text: str) -> Format:
    for one in MODEL_FORMATS:
        if text == one:
            return one
    raise UsageError(
        f"--format: there is no format {text!r}", f"choose from {', '.join(MODEL_FORMATS)}"
    )


def _end(
    text: str | None, option: str, project: Project, every: Sequence[Environment]
) -> Environment | None:
    from runner.commands.environments import one_environment  # noqa: PLC0415 - as in `run`

    if text is None:
        return None
    ids = {one.spec.name: one.id for one in every}
    spec = one_environment(project.matrix.environments, text, option, ids)
    return next(one for one in every if one.spec.name == spec.name)


def _line(
    axis: str,
    every: Sequence[Environment],
    ends: tuple[Environment | None, Environment | None],
    measuring: Measuring,
) -> tuple[Environment, ...]:
    """The versions from the good end to the bad one, and who says what the model answers.

    Raises:
        UsageError: nothing loads the file, or there are not two versions to look at.
    """
    from runner.bisection.line import Axis, line_of, place_of, with_ends  # noqa: PLC0415 - as in `run`

    good, bad = ends
    line = with_ends(line_of(every, Axis(axis)), ends, Axis(axis))
    if len(line) < 2:
        raise UsageError(
            f"the matrix has fewer than two versions along {axis}",
            "`crossload envs list` shows its rows; crossload init writes a matrix with all of them",
        )
    if good is not None:
        measuring.saver = good
    elif measuring.find_saver(line) is None:
        raise UsageError(
            "no environment could load the model as it is, so there is nothing to compare with",
            "`crossload check` shows what each of them said",
        )
    assert measuring.saver is not None
    begin = place_of(line, good or measuring.saver)
    end = place_of(line, bad) if bad is not None else len(line) - 1
    if begin == end:
        raise UsageError(
            f"between {line[begin].id} and itself there is nothing to find",
            "name another version with --good or --bad",
        )
    return line[begin : end + 1] if begin < end else tuple(reversed(line[end : begin + 1]))
