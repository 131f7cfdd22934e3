"""Reads the Python files that a user gives: classes for a model file, or a script with `build()`.

Owns what is wrong with them before anything is run. Only `crossload_probe.subjects.code` runs them,
inside the sandbox.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.config.problems import shown_path
from crossload.runner.errors import UsageError
from crossload.runner.records import SubjectRecord
from crossload.runner.words import SubjectTask

BUILD = "build"
_MOST_BYTES = 2_000_000


@dataclass(frozen=True)
class Code:
    """A user's Python file: its text, and the name of the module that it becomes in a probe."""

    module: str
    text: str
    has_build: bool


def read_code(path: Path) -> Code:
    """The code of a file.

    Raises:
        UsageError: it cannot be read, is no text, or not Python; tells the line.
    """
    text = _text(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes: the user's business
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        said = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
        raise UsageError(
            f"{shown_path(path)}{line}: this is not Python: {said}", "correct your file"
        ) from None
    return Code(_module(path), text, _defines_build(tree))


def defines_build(text: str) -> bool:
    """Whether a user's code has a function that builds the model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in `read_code`
        return _defines_build(ast.parse(text))


def defines_objects(text: str) -> bool:
    """Whether there is anything in a user's code that a file could need besides `build`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in `read_code`
        body = ast.parse(text).body
    defined = [one.name for one in body if isinstance(one, ast.FunctionDef | ast.ClassDef)]
    return any(name != BUILD for name in defined) or "custom_objects" in text


def _defines_build(tree: ast.Module) -> bool:
    for one in tree.body:
        if isinstance(one, ast.FunctionDef) and one.name == BUILD:
            return True
        if isinstance(one, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == BUILD for target in one.targets
        ):
            return True
        if isinstance(one, ast.ImportFrom) and any(
            (alias.asname or alias.name) == BUILD for alias in one.names
        ):
            return True
    return False


def module_of(subject: SubjectRecord) -> str:
    """The name of the module with the code of a user's model; empty if none was given."""
    if subject.task is SubjectTask.BUILD:
        return _module(Path(subject.path))
    given = (path for option, path in subject.given if option.startswith("custom"))
    return next((_module(Path(path)) for path in given), "")


def _module(path: Path) -> str:
    name = re.sub(r"\W", "_", path.stem, flags=re.ASCII)
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"_{name}"


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "does not exist"
            raise UsageError(f"{shown_path(path)} {what}", "name a Python file")
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{shown_path(path)} has more than {_MOST_BYTES:,} bytes")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{shown_path(path)}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{shown_path(path)} is not text in UTF-8 (byte {error.start})", "save it as UTF-8"
        ) from None
