"""What a profile leaves out: patterns of files and of cells, split at their slashes.

Owns how such a pattern is read; which ids there are to match comes from the caller.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from crossload.runner.config.selection import expand_braces

EXPECTED = "'model.format' or 'saver/model.format/loader'"


@dataclass(frozen=True)
class Exclusion:
    """Globs for a cell's three parts; a cell is left out if all of them match."""

    file: str
    saver: str = "*"
    loader: str = "*"

    def takes_file(self, file: str) -> bool:
        """Whether it is about `model.format`."""
        return fnmatchcase(file, self.file)

    def takes_saver(self, *names: str) -> bool:
        """Whether it is about this saver, by its name or its id."""
        return any(fnmatchcase(name, self.saver) for name in names)

    def takes_loader(self, *names: str) -> bool:
        """Whether it is about this loader, by its name or its id."""
        return any(fnmatchcase(name, self.loader) for name in names)


def read_exclusion(pattern: str) -> tuple[Exclusion, ...] | None:
    """A pattern without its braces, as many exclusions; None if it is not one of `EXPECTED`."""
    read: list[Exclusion] = []
    for each in expand_braces(pattern) or ():
        parts = each.split("/")
        if not all(parts):
            return None
        if len(parts) == 1:
            read.append(Exclusion(each))
        elif len(parts) == 3:
            read.append(Exclusion(parts[1], parts[0], parts[2]))
        else:
            return None
    return tuple(read) or None


def read_exclusions(patterns: Iterable[str]) -> tuple[Exclusion, ...]:
    """The same for patterns that were checked already."""
    return tuple(one for pattern in patterns for one in read_exclusion(pattern) or ())
