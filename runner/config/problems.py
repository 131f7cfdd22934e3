"""The mistakes of one file: where each is, and how all of them are reported at once.

Owns the line format. What is a mistake is decided by the readers and checks beside this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crossload.runner.errors import ConfigurationError

KeyPath = tuple["str | int", ...]

MAX_TOLD = 100  # lines of one message; a broken file of 1 MB can hold tens of thousands
_MAX_KEY = 80


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake; `line` and `column` count from 1, column 0 means the whole line."""

    line: int
    column: int
    path: str
    text: str

    def told(self, shown: str) -> str:
        """`file:line: key.path: text`, the form that editors make clickable."""
        column = f":{self.column}" if self.column else ""
        path = f"{self.path}: " if self.path else ""
        return f"{shown}:{self.line}{column}: {path}{self.text}"


@dataclass
class Problems:
    """Collects mistakes by key path; `lines` knows on which line each key path stands."""

    shown: str
    lines: dict[KeyPath, int] = field(default_factory=dict)
    found: set[Problem] = field(default_factory=set)
    paths: set[KeyPath] = field(default_factory=set)

    def line(self, path: KeyPath) -> int:
        """The line of `path`, or of the innermost part of it that the file has."""
        return self.lines.get(self.known(path), 1)

    def known(self, path: KeyPath) -> KeyPath:
        """The longest beginning of `path` that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return path

    def add(self, path: KeyPath, text: str) -> None:
        """Note a mistake at `path`."""
        known = self.known(path)
        self.at(self.line(known), known, text)

    def at(self, line: int, path: KeyPath, text: str, column: int = 0) -> None:
        """Note a mistake on a line that is not that of `path`, e.g. of a repeated key."""
        self.found.add(Problem(line, column, key_path(path), text))
        self.paths.update(path[:end] for end in range(len(path) + 1))

    def under(self, path: KeyPath) -> bool:
        """Whether a mistake was noted at `path` or inside it."""
        return path in self.paths

    def raise_any(self, advice: str) -> None:
        """Raise all mistakes as one error, sorted by line.

        Raises:
            ConfigurationError: if there is any mistake.
        """
        if self.found:
            told = [problem.told(self.shown) for problem in sorted(self.found)]
            raise ConfigurationError("\n".join(first_told(told)), advice)


def first_told(lines: Sequence[str]) -> list[str]:
    """As many lines as fit in one message, with the number of the others."""
    more = len(lines) - MAX_TOLD
    return [*lines[:MAX_TOLD], f"... and {more} more"] if more > 0 else [*lines]


def key_path(path: KeyPath) -> str:
    """A key path as a user reads it, e.g. `axes.old.tensorflow[1]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{_printable(part)}" if text else _printable(part)
    return text


def shown_path(path: Path) -> str:
    """How a file is called in messages: below the working folder relative to it, else as given."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):  # outside, or the working folder was removed
        return str(path)


def shortened(text: str, limit: int = _MAX_KEY) -> str:
    """At most `limit` characters of foreign text."""
    return text if len(text) <= limit else f"{text[:limit]}..."


def _printable(key: str) -> str:
    short = shortened(key)
    return short if short.isprintable() and short else repr(short)
