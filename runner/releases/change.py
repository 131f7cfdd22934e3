"""The new texts of the matrix and of the data, checked before anybody writes them.

Owns the check: read again, a new text must say what the old one said, and the additions.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from crossload.runner.config.load import parse_matrix
from crossload.runner.config.model import EnvironmentSpec, Matrix
from crossload.runner.config.problems import shown_path
from crossload.runner.environments.files import write_atomically
from crossload.runner.environments.frameworks import DATA, Frameworks, merged
from crossload.runner.errors import ConfigurationError, StorageError
from crossload.runner.releases.edits import EditError, Entry, Item, add
from crossload.runner.releases.knowledge import as_additions, for_own_file

_BY_HAND = "add it by hand, or write the file in the usual form: one key per line"


@dataclass(frozen=True)
class NewText:
    """A file before and after; `mark` is its byte order mark, which is kept."""

    path: Path
    old: str
    new: str
    mark: str = ""

    def diff(self) -> str:
        """What changes, as `diff -u` shows it."""
        shown = shown_path(self.path)
        lines = difflib.unified_diff(
            self.old.splitlines(), self.new.splitlines(), shown, shown, lineterm=""
        )
        return "\n".join(lines)

    def write(self) -> None:
        """Replace the file in one step.

        Raises:
            StorageError: it cannot be written.
        """
        try:
            # Behind a link lies the file that is meant.
            write_atomically(self.path.resolve(), self.mark + self.new)
        except OSError as error:
            raise StorageError(
                f"{shown_path(self.path)!r} cannot be written: {error.strerror or error}",
                "make its folder writable",
            ) from error


def new_matrix(
    path: Path,
    text: str,
    rows: Sequence[tuple[EnvironmentSpec, Entry | Item]],
    known_models: Sequence[str],
) -> NewText:
    """The matrix with further rows.

    Raises:
        ConfigurationError: they cannot be added to a text that is written so.
    """
    shown = shown_path(path)
    new = _added(text, (addition for _, addition in rows), shown)
    try:
        before = parse_matrix(text, shown=shown, known_models=known_models)
        after = parse_matrix(new, shown=shown, known_models=known_models)
    except ConfigurationError as error:
        raise _refusal(shown, f"the result would be invalid: {error}") from error
    if not _is_extended(before, after, [spec for spec, _ in rows]):
        raise _refusal(shown, "other rows would change")
    mark = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
    return NewText(path, text, new, mark)


def _is_extended(before: Matrix, after: Matrix, specs: Sequence[EnvironmentSpec]) -> bool:
    added = [one.model_dump() for one in specs]
    rows = [one.model_dump() for one in after.environments]
    kept = [one for one in rows if one not in added]
    same = before.model_copy(update={"environments": ()}) == after.model_copy(
        update={"environments": ()}
    )
    is_whole = len(rows) == len(kept) + len(added)
    return same and is_whole and kept == [one.model_dump() for one in before.environments]


def new_data(path: Path, additions: Sequence[Entry | Item]) -> NewText:
    """The data of frameworks with further releases; `path` is its own file or the matrix's.

    Raises:
        ConfigurationError: they cannot be added to a text that is written so.
    """
    shown = shown_path(path)
    try:
        old = path.read_text("utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{shown}: {error}", "make the file readable") from error
    text, fitting = (old, additions) if path == DATA else for_own_file(additions, old)
    expected = merged(yaml.safe_load(text) or {}, as_additions(additions))
    new = _added(text, fitting, shown)
    found = yaml.safe_load(new)
    if _sorted(found) != _sorted(expected):
        raise _refusal(shown, "something else in it would change")
    if path == DATA:
        Frameworks.model_validate(found)
    return NewText(path, old, new)


def _sorted(value: object) -> object:
    """Without the order of lists of texts, into which a version goes in its place."""
    if isinstance(value, dict):
        return {key: _sorted(each) for key, each in value.items()}
    return sorted(value) if isinstance(value, list) else value


def _added(text: str, additions: Iterable[Entry | Item], shown: str) -> str:
    try:
        for one in additions:
            text = add(text, one)
    except (EditError, yaml.YAMLError) as error:
        raise _refusal(shown, str(error)) from error
    return text


def _refusal(shown: str, why: str) -> ConfigurationError:
    return ConfigurationError(f"{shown}: nothing was added to it: {why}", _BY_HAND)
