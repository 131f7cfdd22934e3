"""`crossload bisect`: in which version did this model stop loading, or start to differ?

Owns the options and the ends of the search; the search is `runner.bisection`'s.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.runner.config.problems import shown_path
from crossload.runner.errors import EnvironmentsError, UsageError
from crossload.runner.formats import WRITTEN_FORMATS
from crossload.runner.words import MODEL_FORMATS, Format, RunKind

if TYPE_CHECKING:
    from crossload.cli.command import Context
    from crossload.cli.project import Project
    from crossload.runner.bisection.line import Axis
    from crossload.runner.bisection.measuring import Measuring
    from crossload.runner.environments.model import Environment
    from crossload.runner.subjects.model import Subject


class BisectCommand:
    """Find the version that changed something for one model."""

    name = "bisect"
    anywhere = True

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        from crossload.cli.model_options import (  # noqa: PLC0415 - only where it is asked
            add_model_options,
            add_search_option,
        )
        from crossload.cli.run import add_measuring  # noqa: PLC0415 - same

        parser.add_argument(
            "model", type=Path, metavar="MODEL", help="a model file, or a .py file with build()"
        )
        parser.add_argument(
            "--good",
            metavar="ENV",
            help="where it works (a name, an id or a version) and where a script is saved "
            "(default: nearest to the file's writer; for a script the oldest version)",
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
            default=str(WRITTEN_FORMATS[0]),
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
        add_search_option(parser)
        add_measuring(parser)

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Search and tell; 0 where all works, 1 where something stops to, 4 where nothing is known.

        Raises:
            UsageError: the model or an option cannot be used.
            NoAnswerError: nobody can say what the model answers.
            CrossloadError: whatever a run raises.
        """
        from crossload.cli.check import threshold  # noqa: PLC0415 - same
        from crossload.cli.model_options import subjects_of  # noqa: PLC0415 - same
        from crossload.cli.session import open_project, open_session  # noqa: PLC0415 - same
        from crossload.reports.bisect.text import (  # noqa: PLC0415 - pandas and more behind it
            Bisection,
            as_json,
            draw,
            exit_code,
        )
        from crossload.runner.bisection.line import Axis  # noqa: PLC0415 - same
        from crossload.runner.bisection.measuring import Measuring  # noqa: PLC0415 - same
        from crossload.runner.bisection.searching import search  # noqa: PLC0415 - same

        fail_on = threshold(args.fail_on)
        file_format = _format(args.format)
        with open_project(args, context) as project:
            ends = _ends(args, project)
            subject = _one(subjects_of([args.model], args, project, context), args.model)
            with open_session(project, args, context, kind=RunKind.BISECT) as session:
                measuring = Measuring(subject, file_format, session, fail_on)
                line, backwards = _line(Axis(args.axis), session.every, ends, measuring)
                found = search(line, measuring.measure)
        assert measuring.saver is not None
        told = Bisection(found, args.model.name, line, measuring.saver.id, backwards)
        if args.json:
            context.console.print(as_json(told), markup=False, highlight=False, soft_wrap=True)
        else:
            draw(told, context.console)
        return int(exit_code(found))


COMMAND = BisectCommand()


def _format(text: str) -> Format:
    for one in MODEL_FORMATS:
        if text == one:
            return one
    raise UsageError(
        f"--format: there is no format {text!r}", f"choose from {', '.join(MODEL_FORMATS)}"
    )


def _ends(
    args: argparse.Namespace, project: Project
) -> tuple[Environment | None, Environment | None]:
    """The environments of `--good` and `--bad`.

    Raises:
        UsageError: a name means nothing, or several environments.
        EnvironmentsError: one of the two cannot be used on this machine.
    """
    every = project.environments(project.matrix.environments)
    return _end(args.good, "--good", project, every), _end(args.bad, "--bad", project, every)


def _end(
    text: str | None, option: str, project: Project, every: Sequence[Environment]
) -> Environment | None:
    from crossload.cli.environments import one_environment  # noqa: PLC0415 - as in `run`

    if text is None:
        return None
    ids = {one.spec.name: one.id for one in every}
    spec = one_environment(project.matrix.environments, text, option, ids)
    found = next(one for one in every if one.spec.name == spec.name)
    if found.problem is not None:
        raise EnvironmentsError(
            f"{found.id} cannot be used: {found.problem.message}", found.problem.advice
        )
    return found


def _one(subjects: Sequence[Subject], path: Path) -> Subject:
    if len(subjects) != 1:
        raise UsageError(
            f"{shown_path(path)} is a folder with {len(subjects)} models", "name one of them"
        )
    return subjects[0]


def _line(
    axis: Axis,
    every: Sequence[Environment],
    ends: tuple[Environment | None, Environment | None],
    measuring: Measuring,
) -> tuple[tuple[Environment, ...], bool]:
    """The versions from the good end to the bad one; whether that goes from newer to older.

    Finds out on the way who says what the model answers.

    Raises:
        UsageError: there are not two versions to look at.
        NoAnswerError: nothing loads the file.
    """
    from crossload.runner.atlas import Atlas  # noqa: PLC0415 - as in `run`
    from crossload.runner.bisection.line import line_of, place_of, with_ends  # noqa: PLC0415 - same

    good, bad = ends
    line = with_ends(line_of(every, axis), (("--good", good), ("--bad", bad)), axis)
    if len(line) < 2:
        raise UsageError(
            f"the matrix has fewer than two versions along {axis}",
            "`crossload envs list` shows its rows; crossload init writes a matrix with all of them",
        )
    atlas = Atlas.load()
    end = len(line) - 1 if bad is None else place_of(line, bad, axis, atlas)
    if good is None and measuring.is_script:
        good = line[0]
    saver = good or measuring.find_saver(line[end])
    measuring.saver = saver
    begin = place_of(line, saver, axis, atlas)
    if begin == end:
        raise UsageError(
            f"the search would begin and end in {line[begin].id}",
            "name another version with --good or --bad",
        )
    if begin < end:
        return line[begin : end + 1], False
    return tuple(reversed(line[end : begin + 1])), True
