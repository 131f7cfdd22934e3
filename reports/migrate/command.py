"""`crossload migrate`: make a file that loads there, and prove that it is the same model.

Owns the options and the order "read, search, write"; the search is `runner.migration`'s.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from runner.errors import ExitCode, UsageError
from runner.words import Format

if TYPE_CHECKING:
    from runner.commands.base import Context

_BY_SUFFIX = {".h5": Format.H5, ".hdf5": Format.H5, ".keras": Format.KERAS, "": Format.SAVEDMODEL}


class MigrateCommand:
    """Carry one model over to another environment."""

    name = "migrate"
    help = "find and verify a way for a model into an environment; write the new file and its proof"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        from reports.check.options import add_model_options  # noqa: PLC0415 - only where it is asked
        from reports.check.session import add_session_options  # noqa: PLC0415 - same

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
        add_model_options(parser)
        add_session_options(parser)

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Search, write, tell; 0 with a file, 1 without, 4 where the target cannot be used.

        Raises:
            UsageError: the model, an environment or OUT cannot be used.
            EnvironmentsError: the target cannot be used on this machine.
            StorageError: OUT cannot be written.
        """
        from reports.check.options import subjects_of  # noqa: PLC0415 - pandas and more behind it
        from reports.check.session import open_project, open_session  # noqa: PLC0415 - same
        from reports.migrate.places import known_map, places_of  # noqa: PLC0415 - same
        from reports.migrate.text import draw  # noqa: PLC0415 - same
        from runner.migration.migrating import Search  # noqa: PLC0415 - same
        from runner.migration.proof import check_output, write_result  # noqa: PLC0415 - same

        wanted = _format(args.output)
        check_output(args.output, replace=args.force)
        with open_project(args, context) as project:
            target, saver, every = places_of(args, project)
            (subject,) = subjects_of([args.model], args, project, context)
            if subject.is_script:
                raise UsageError(
                    f"{str(args.model)!r} is a script: run it in the target instead",
                    "`crossload check` tells whether it works there",
                )
            with open_session(project, args, context, profile="migrate") as session:
                known = known_map(every, session.project)
                migration = Search(subject, target, session, known).run(saver, wanted)
            proof = None
            if migration.worked:
                proof = write_result(migration, context.home.artifacts, args.output)
        draw(migration, args.output, proof, context.console)
        return int(ExitCode.OK if migration.worked else ExitCode.INCOMPATIBLE)


COMMAND = MigrateCommand()


def _format(output: Path) -> Format:
    """The format that the name of the new file asks for.

    Raises:
        UsageError: its suffix is of no format that holds a whole model.
    """
    try:
        return _BY_SUFFIX[output.suffix.lower()]
    except KeyError:
        raise UsageError(
            f"--output: found the suffix {output.suffix!r}, expected .keras, .h5 or none",
            "the suffix says which format is written; none is a SavedModel",
        ) from None
