"""`crossload migrate`: writes a file that loads in another environment, and its proof.

Owns the options and the order "read, search, write". `runner.migration` searches.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.options.measuring import add_measuring, add_trust
from crossload.cli.options.models import add_environment, add_model_options, add_search
from crossload.cli.options.output import add_force, add_json, add_output
from crossload.runner.config.problems import shown_path
from crossload.runner.errors import UsageError
from crossload.runner.formats import FORMATS, WRITTEN_SUFFIXES
from crossload.runner.words import Format, RunKind

if TYPE_CHECKING:
    from crossload.cli.context import Context
    from crossload.runner.subjects.model import Subject


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model file or SavedModel")
    add_environment(parser, "--to", "the environment to load it in", "to", required=True)
    add_environment(
        parser, "--from", "the environment that wrote the file (default: the nearest)", "saver"
    )
    add_output(
        parser,
        "the new file: .keras, .h5, or without a suffix a SavedModel folder",
        "OUT",
        required=True,
    )
    add_force(parser, "OUT and its proof if they exist")
    parser.add_argument(
        "--keep-training",
        action="store_true",
        help="if a route loses compile or optimizer state, keep looking for a better one",
    )
    parser.add_argument(
        "--unproved",
        action="store_true",
        help="if no environment loads MODEL, write what crossload's translator makes of it",
    )
    add_model_options(parser)
    add_search(parser)
    add_json(parser, "the result")
    add_measuring(parser)
    add_trust(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Search, write, report; 0 with a file, 1 without, 4 if the target cannot be used.

    Raises:
        UsageError: the model, an environment or OUT cannot be used.
        UntrustedError: the model can run code, and there is no sandbox.
        EnvironmentsError: the target cannot be used on this machine.
        StorageError: OUT cannot be written.
    """
    from crossload.cli.migrate_environments import check_writes, known_map, places_of
    from crossload.cli.shared.models import subjects_of
    from crossload.cli.shared.session import open_project, open_session
    from crossload.reports.migrate.as_json import as_json
    from crossload.reports.migrate.text import draw
    from crossload.runner.migration.migrating import Search, Wish
    from crossload.runner.migration.placing import check_output, write_result
    from crossload.runner.migration.proof import Beside

    wanted = _format(args.output)
    _check_options(args)
    check_output(args.output, args.model, replace=args.force)
    beside = Beside(args.custom_objects, args.inputs, args.outputs, args.weights)
    with open_project(args, context) as project:
        target, saver, every = places_of(args, project)
        check_writes(target, wanted)
        subject = _one(subjects_of([args.model], args, project, context), args.model)
        with open_session(project, args, context, kind=RunKind.MIGRATE) as session:
            search = Search(subject, target, session, known_map(every, session.project))
            migration = search.run(Wish(wanted, saver, args.keep_training, args.unproved))
        proof = None
        if migration.result is not None:
            proof = write_result(migration, context.home.artifacts, args.output, beside)
    if args.json:
        text = as_json(migration, args.output, proof)
        context.console.print(text, markup=False, highlight=False, soft_wrap=True)
    else:
        draw(migration, args.output, proof, context.console)
    return int(migration.exit_code)


def _check_options(args: argparse.Namespace) -> None:
    if args.unproved and args.saver:
        raise UsageError(
            "--unproved and --from exclude each other: --from names the environment whose outputs "
            "are the proof",
            "omit one of them",
        )


def _format(output: Path) -> Format:
    """The format that the name of the new file asks for.

    Raises:
        UsageError: its suffix is of no format that holds a whole model.
    """
    try:
        return WRITTEN_SUFFIXES[output.suffix.lower()]
    except KeyError:
        raise UsageError(
            f"--output: found the suffix {output.suffix!r}, expected .keras, .h5 or none",
            "the suffix selects the format; no suffix means SavedModel",
        ) from None


def _one(subjects: Sequence[Subject], path: Path) -> Subject:
    """The one model that MODEL names, if it can be carried over.

    Raises:
        UsageError: it is a script, a folder of several models, or holds no model that can be saved.
    """
    if len(subjects) != 1:
        raise UsageError(
            f"{shown_path(path)} is a folder with {len(subjects)} models", "name one of them"
        )
    (subject,) = subjects
    if subject.is_script:
        raise UsageError(
            f"{shown_path(path)} is a script: run it in the target instead",
            "`crossload check` shows whether it works there",
        )
    if subject.format is not None and not FORMATS[subject.format].holds_model:
        raise UsageError(
            f"{shown_path(path)} holds serving functions but no Keras model: it cannot be saved "
            "in another format",
            "`crossload check` shows where its signatures still work; migrate the model that it "
            "was exported from",
        )
    return subject
