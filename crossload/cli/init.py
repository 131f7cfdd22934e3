"""`crossload init`: writes a starter matrix.yaml, and its schema for editors.

Owns nothing else; the two files come with crossload.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from crossload.cli.options.output import add_force
from crossload.runner.errors import ExitCode, StorageError, UsageError
from crossload.runner.shipped import shipped_path

if TYPE_CHECKING:
    from crossload.cli.context import Context

SCHEMA_NAME = "matrix.schema.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_force(parser, "an existing matrix.yaml")


def run(args: argparse.Namespace, context: Context) -> int:
    """Write `matrix.yaml` and its schema.

    Raises:
        UsageError: there is a matrix already.
        StorageError: the folder cannot be written.
    """
    target = context.matrix_path
    if target.exists() and not args.force:
        raise UsageError(
            f"{str(target)!r} already exists",
            "edit it, or replace it with `crossload init --force`",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(shipped_path("matrix.yaml").read_bytes())
        target.with_name(SCHEMA_NAME).write_bytes(shipped_path(SCHEMA_NAME).read_bytes())
    except OSError as error:
        raise StorageError(
            f"cannot write {str(target)!r}: {error.strerror or error}",
            "choose another place with --matrix",
        ) from error
    context.console.print(
        f"wrote {target.name} and {SCHEMA_NAME}\n"
        "next: `crossload plan` shows what would run, `crossload run` runs it"
    )
    return int(ExitCode.OK)
