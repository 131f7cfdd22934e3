"""Puts a user's files into the artifact store, where probes can read them and nothing else can.

Owns the layout of a subject's bundle: `payload/<the file>`, `subject.json`, and what the user gave
beside it. `runner.subjects.reading` finds these files.
"""

from __future__ import annotations

import json
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.artifacts.store import Artifact, ArtifactStore, BadBundleError
from crossload.runner.config.problems import shown_path
from crossload.runner.errors import StorageError, UsageError

OUTPUTS = "outputs.npz"  # what the user expects, in their bundle
_FACTS = "subject.json"
_MANY_BYTES = 64_000_000_000


@dataclass(frozen=True)
class Source:
    """What goes into one bundle.

    `files` are (path, place below `payload`) of the user's model. `payload` is the name of the one
    entry of `payload`. `code` is the user's Python text, in a module of the name `module`.
    """

    path: Path
    payload: str
    files: tuple[tuple[Path, str], ...]
    module: str | None = None
    code: str | None = None
    inputs: Path | None = None
    outputs: Path | None = None
    unsafe: bool = False


def pack(source: Source, store: ArtifactStore, scratch: Path) -> Artifact:
    """Take the user's files into the store; equal ones are there once.

    Raises:
        UsageError: a file cannot be read, or is no regular file.
        StorageError: the store cannot be written.
    """
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        store.prepare()
        with tempfile.TemporaryDirectory(prefix="subject-", dir=scratch) as folder:
            bundle = Path(folder) / "bundle"
            _fill(source, bundle)
            return store.take(bundle, source.payload, _MANY_BYTES)
    except BadBundleError as error:
        raise UsageError(
            f"{shown_path(source.path)} cannot be used as a model: {error}",
            "give a model file, or a folder of plain files and folders",
        ) from error
    except UnicodeError as error:
        raise UsageError(
            f"a file of {shown_path(source.path)} has a name that cannot be used: {error}",
            "rename it",
        ) from error
    except OSError as error:
        raise StorageError(
            f"cannot write to {str(scratch)!r}: {error.strerror or error}",
            "free some space or choose another folder with --home",
        ) from error


def _fill(source: Source, bundle: Path) -> None:
    for path, place in source.files:
        _copy(path, bundle / "payload" / place)
    if source.code is not None:
        (bundle / "code.py").write_text(source.code, encoding="utf-8")
    for given, name in ((source.inputs, "inputs.npz"), (source.outputs, OUTPUTS)):
        if given is not None:
            _copy(given, bundle / name)
    facts = {"code": source.module, "unsafe": source.unsafe}
    (bundle / _FACTS).write_text(json.dumps(facts, sort_keys=True), encoding="utf-8")


def _copy(path: Path, target: Path) -> None:
    """Copy one regular file.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe waits for its other end
            raise UsageError(
                f"{shown_path(path)} is not a regular file", "leave it out of the model"
            )
        stream = path.open("rb")
    except OSError as error:
        raise UsageError(
            f"{shown_path(path)} cannot be read: {error.strerror or error}",
            "give a path that can be read",
        ) from error
    with stream:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
