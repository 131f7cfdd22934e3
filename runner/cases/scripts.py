"""Reads the scripts of a case's folder, and joins those that are written in parts.

Owns the limits of a script and the messages about missing and unreadable ones. Which files a case
names is read by `runner.cases.reading`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crossload.runner.config.files import read_text
from crossload.runner.config.nearest import hint
from crossload.runner.config.problems import KeyPath, Problems, shown_path
from crossload.runner.errors import ConfigurationError

CASE_FILE = "case.yaml"
DEFAULTS = {"save": "save.py", "load": "load.py"}
FILES = (CASE_FILE, *DEFAULTS.values())
MAX_SCRIPT = 200_000  # bytes; scripts travel to the probe with every job

_WHITESPACE = frozenset("\t\n\r\f")


def read_file(path: Path, mistakes: list[str]) -> str | None:
    """The text of a file of the case, or None after noting why there is none."""
    if not path.exists():
        mistakes.append(
            f"{shown_path(path)}: there is no such file, expected {', '.join(FILES[:-1])} and "
            f"{FILES[-1]} in the folder of a case"
        )
        return None
    try:
        return read_text(path)
    except ConfigurationError as error:
        mistakes.append(str(error))
        return None


class ScriptFolder:
    """The scripts in one folder; each file is read once, and its mistakes are noted once.

    What is wrong with a file goes to `mistakes`, what is wrong with a key to `problems`.
    """

    def __init__(self, folder: Path, problems: Problems) -> None:
        self.folder = folder
        self.problems = problems
        self.mistakes: list[str] = []
        self._texts: dict[str, str] = {}

    def default(self, key: str, variant: KeyPath) -> str:
        """The script of a case that does not name one; `variant` is empty for a plain case."""
        name = DEFAULTS[key]
        if variant and not (self.folder / name).exists():
            self.problems.add(variant, f"found no {key!r} and no file {name}, expected one of them")
            return ""
        return self._text(name)

    def joined(self, names: Sequence[str], path: KeyPath) -> str:
        """One script of the named parts in their order; `path` is the key that names them."""
        parts = [self._part(name, (*path, place)) for place, name in enumerate(names)]
        text = "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts[:-1])
        text = f"{text}\n{parts[-1]}" if text else parts[-1]
        size = _size(text)
        if size > MAX_SCRIPT >= max(map(_size, parts)):
            self.problems.add(path, f"its parts hold {size} bytes, expected at most {MAX_SCRIPT}")
        return text

    def _part(self, name: str, path: KeyPath) -> str:
        if (self.folder / name).exists():
            return self._text(name)
        close = hint(name, sorted(one.name for one in self.folder.glob("*.py")))
        text = f"found {name!r}, expected a file in the folder of the case{close}"
        self.problems.add(path, text)
        return ""

    def _text(self, name: str) -> str:
        if name not in self._texts:
            self._texts[name] = _checked(self.folder / name, self.mistakes)
        return self._texts[name]


def _checked(path: Path, mistakes: list[str]) -> str:
    text = read_file(path, mistakes)
    if text is None:
        return ""
    size = _size(text)
    if size > MAX_SCRIPT:
        mistakes.append(f"{shown_path(path)}: holds {size} bytes, expected at most {MAX_SCRIPT}")
    for number, line in enumerate(text.split("\n"), 1):
        odd = next((one for one in line if one < " " and one not in _WHITESPACE), None)
        if odd is not None:
            place = f"{shown_path(path)}:{number}"
            mistakes.append(f"{place}: found the control character U+{ord(odd):04X}, expected text")
            break
    return text


def _size(text: str) -> int:
    return len(text.encode("utf-8"))
