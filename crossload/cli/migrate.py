"""`crossload migrate`: make a file that loads there, and prove that it is the same model.

Owns the options and the order "read, search, write"; the search is `runner.migration`'s.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.runner.config.problems import shown_path
from crossload.runner.errors import ExitCode, UsageError
from crossload.runner.formats import FORMATS, WRITTEN_SUFFIXES
from crossload.runner.words import Format, RunKind

if TYPE_CHECKING:
    from crossload.cli.command import Context
    from crossload.runner.subjects.model import Subject


class MigrateCommand:
    """Carry one model over to another environment."""

    name = "migrate"
    anywhere = True

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        from crossload.cli.model_options import (  # noqa: PLC0415 - only where it is asked
            add_model_options,
            add_search_option,
        )
        from crossload.cli.run import add_measuring  # noqa: PLC0415 - same

        parser.add_argument("model", type=Path, metavar="MODEL", help="a model file or SavedModel")
        parser.add_argument(
            "--to",
            required=True,
            metavar="ENV",
            help="the environment to load it in: a name, an id or a version (2.16)",
        )
        parser.add_argument(
            "--from",
            dest="saver",
            metavar="ENV",
            help="the environment that stands for the file's writer (default: the nearest)",
        )
        parser.add_argument(
            "-o",
            "--output",
            type=Path,
            required=True,
            metavar="OUT",
            help="the new file: .keras, .h5, or without a suffix a SavedModel folder",
        )
        parser.add_argument(
            "--force", action="store_true", help="replace OUT and its proof if they are there"
        )
        parser.add_argument(
            "--keep-training",
            action="store_true",
            help="where a way loses compile or optimizer state, go on looking for a better one",
        )
        add_model_options(parser)
        add_search_option(parser)
        add_measuring(parser)

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Search, write, tell; 0 with a file, 1 without, 4 where the target cannot be used.

        Raises:
            UsageError: the model, an environment or OUT cannot be used.
            EnvironmentsError: the target cannot be used on this machine.
            StorageError: OUT cannot be written.
        """
        from crossload.cli.migrate_places import check_writes, known_map, places_of  # noqa: PLC0415 - same
        from crossload.cli.model_options import subjects_of  # noqa: PLC0415 - pandas and more behind it
        from crossload.cli.session import open_project, open_session  # noqa: PLC0415 - same
        from crossload.reports.migrate.text import draw  # noqa: PLC0415 - same
        from crossload.runner.migration.migrating import Search  # noqa: PLC0415 - same
        from crossload.runner.migration.placing import check_output, write_result  # noqa: PLC0415 - same
        from crossload.runner.migration.proof import Beside  # noqa: PLC0415 - same

        wanted = _format(args.output)
        check_output(args.output, args.model, replace=args.force)
        beside = Beside(args.custom_objects, args.inputs, args.outputs, args.weights)
        with open_project(args, context) as project:
            target, saver, every = places_of(args, project)
            check_writes(target, wanted)
            subject = _one(subjects_of([args.model], args, project, context), args.model)
            with open_session(project, args, context, kind=RunKind.MIGRATE) as session:
                search = Search(subject, target, session, known_map(every, session.project))
                migration = search.run(saver, wanted, keep_training=args.keep_training)
            proof = None
            if migration.result is not None:
                proof = write_result(migration, context.home.artifacts, args.output, beside)
        draw(migration, args.output, proof, context.console)
        return int(ExitCode.INCOMPATIBLE if migration.result is None else ExitCode.OK)


COMMAND = MigrateCommand()


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
            "the suffix says which format is written; none is a SavedModel",
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
            "`crossload check` tells whether it works there",
        )
    if subject.format is not None and not FORMATS[subject.format].holds_model:
        raise UsageError(
            f"{shown_path(path)} holds functions for serving and no Keras model: nothing can save "
            "it in another format",
            "`crossload check` tells where its signatures still answer; migrate the model that it "
            "was exported from",
        )
    return subject
