"""The text of `crossload --help`: what the program does, its commands by group, its exit codes.

Owns the layout, fixed at 80 columns; names and one-line help are in `crossload.cli.registry`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from crossload.cli.registry import Command, Group

_WIDTH = 79
_COLUMN = 14  # where the one-line help begins

DESCRIPTION = """\
Will a Keras model saved in one TensorFlow load in another, with the same
outputs? crossload builds the environments, saves and loads the model in them,
and reports what it measured."""
EXIT_CODES = """\
`crossload COMMAND --help` lists the options of a command.

exit codes:
  0  done (an incompatibility is a result, not a failure)
  1  a requested check found something to fix (lock --check, doctor, envs check,
     inspect, check) or something new (upgrade); no route was found (migrate); a
     version does not work (bisect)
  2  the command line is wrong
  3  matrix.yaml is wrong
  4  no requested environment could be used, or a built one does not start
  5  the ledger is damaged, or a newer crossload wrote it
  6  another run is using the same folder
  7  the disk is full, or a folder cannot be written
  8  the package index did not answer, or its answer is not a package index
  9  a model file can run code, and there is no sandbox to load it in
  10  the cluster of `run --executor dask` cannot be used
  130, 143  interrupted; the same command continues where it stopped
"""


def listing(commands: Sequence[Command]) -> str:
    """The commands under the headings of their groups."""
    return "\n".join(line for group in Group for line in _section(group, commands))


def _section(group: Group, commands: Sequence[Command]) -> Iterator[str]:
    members = [one for one in commands if one.group is group]
    if members:
        yield f"\n{group.value}:"
    for one in members:
        head = f"  {one.name}"
        gap = " " * (_COLUMN - len(head)) if len(head) < _COLUMN else f"\n{' ' * _COLUMN}"
        yield head + gap + f"\n{' ' * _COLUMN}".join(textwrap.wrap(one.help, _WIDTH - _COLUMN))
