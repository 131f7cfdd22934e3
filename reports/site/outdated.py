"""The files of an earlier publication that a new one no longer has.

Owns which files may go: those that `published.json` lists and that are still as it says. A file
that somebody changed or added is not crossload's, and the record of earlier runs stays.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from crossload.reports.site.history import FOLDER as RUNS
from crossload.runner.hashing import file_sha256

FACTS = "published.json"


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    sha256: str


class _Facts(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    files: dict[str, _File]


def outdated(folder: Path, new: Collection[str]) -> list[Path]:
    """Return the files to remove.

    Args:
        folder: where a run was published before, or was not.
        new: the files of the new publication, as paths below it with `/`.

    Raises:
        OSError: a file cannot be read.
    """
    try:
        facts = _Facts.model_validate(json.loads((folder / FACTS).read_bytes()))
    except (OSError, ValueError, RecursionError, ValidationError):
        return []
    return [
        folder / name
        for name, one in sorted(facts.files.items())
        if name not in new and _may_go(folder, name, one.sha256)
    ]


def _may_go(folder: Path, name: str, sha256: str) -> bool:
    path = folder / name
    inside = path.resolve().is_relative_to(folder.resolve()) and not path.is_symlink()
    if not inside or name.startswith(f"{RUNS}/") or not path.is_file():
        return False
    return file_sha256(path) == sha256
