"""`crossload bisect`: in which version did this model stop loading, or start to differ?

Owns the options and the two ends of the search. `runner.bisection` searches.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.options.measuring import add_measuring, add_trust
from crossload.cli.options.models import (
    MODEL_KINDS,
    add_environment,
    add_fail_on,
    add_model_options,
    add_search,
)
from crossload.cli.options.output import add_json
from crossload.runner.config.problems import shown_path
from crossload.runner.errors import EnvironmentsError, UsageError
from crossload.runner.formats import WRITTEN_FORMATS
from crossload.runner.words import MODEL_FORMATS, Format, RunKind

if TYPE_CHECKING:
    from crossload.cli.context import Context
    from crossload.cli.shared.project import Project
    from crossload.runner.bisection.line import Axis
    from crossload.runner.bisection.measuring import Measuring
    from crossload.runner.environments.model import Environment
    from crossload.runner.subjects.model import Subject


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("model", type=Path, metavar="MODEL", help=MODEL_KINDS)
    add_environment(
        parser,
        "--good",
        "where the model works, and where a script is saved (default: the version nearest to the "
        "one that wrote the file; for a script the oldest)",
        "good",
    )
    add_environment(parser, "--bad", "where it does not (default: the newest version)", "bad")
    parser.add_argument(
        "--axis",
        choices=("tensorflow", "keras"),
        default="tensorflow",
        help="search the versions of TensorFlow with its Keras (default), or of Keras 3 alone",
    )
    parser.add_argument(
        "--format",
        default=str(WRITTEN_FORMATS[0]),
        metavar="NAME",
        help="save a script's model in this format (default: keras)",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="measure every version, which also finds one that fails between two that work",
    )
    add_fail_on(parser, "count a version as bad")
    add_json(parser)
    add_model_options(parser)
    add_search(parser)
    add_measuring(parser)
    add_trust(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Search and report; 0 if every version works, 1 if one fails, 4 if nothing is known.

    Raises:
        UsageError: the model or an option cannot be used.
        UntrustedError: the model can run code, and there is no sandbox.
        NoAnswerError: no environment computes the expected outputs.
        CrossloadError: whatever a run raises.
    """
    from crossload.cli.shared.models import subjects_of
    from crossload.cli.shared.session import open_project, open_session
    from crossload.reports.bisect.text import (
        Bisection,
        as_json,
        draw,
        exit_code,
    )
    from crossload.runner.bisection.line import Axis
    from crossload.runner.bisection.measuring import Measuring
    from crossload.runner.bisection.searching import search

    file_format = _format(args.format)
    with open_project(args, context) as project:
        ends = _ends(args, project)
        subject = _one(subjects_of([args.model], args, project, context), args.model)
        with open_session(project, args, context, kind=RunKind.BISECT) as session:
            measuring = Measuring(subject, file_format, session, args.fail_on)
            line, backwards = _line(Axis(args.axis), session.every, ends, measuring)
            found = search(
                line, measuring.measure, measuring.predicted_to_fail(line), every=args.all
            )
    assert measuring.saver is not None
    result = Bisection(found, args.model.name, line, measuring.saver.id, backwards)
    if args.json:
        context.console.print(as_json(result), markup=False, highlight=False, soft_wrap=True)
    else:
        draw(result, context.console)
    return int(exit_code(found))


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
    from crossload.cli.shared.environments import one_environment

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

    Also finds the environment whose outputs are the expected ones.

    Raises:
        UsageError: there are not two versions to look at.
        NoAnswerError: nothing loads the file.
    """
    from crossload.runner.atlas import Atlas
    from crossload.runner.bisection.line import line_of, place_of, with_ends

    good, bad = ends
    line = with_ends(line_of(every, axis), (("--good", good), ("--bad", bad)), axis)
    if len(line) < 2:
        raise UsageError(
            f"the matrix has fewer than two versions along {axis}",
            "`crossload envs list` shows its rows; `crossload init` writes a matrix "
            "with all of them",
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
