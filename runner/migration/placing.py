"""Puts the new file and its proof in their places: both whole, or neither.

Owns what OUT may be and how what was there is replaced. `proof` writes the proof's content.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crossload.runner.config.problems import shown_path
from crossload.runner.errors import StorageError, UsageError
from crossload.runner.migration.model import Migration
from crossload.runner.migration.proof import Beside, proof_text

_SUFFIX = ".proof.json"
_LONGEST_NAME = 255  # bytes, on every file system in use


def proof_path(output: Path) -> Path:
    """Where the proof of a file lies."""
    return output.with_name(output.name + _SUFFIX)


def check_output(output: Path, model: Path, *, replace: bool) -> None:
    """Refuse, before anything is measured, a place where the new file cannot or must not be.

    Raises:
        UsageError: the file or its proof is there, its folder is not, or it is the model itself.
        StorageError: its folder cannot be written.
    """
    if not output.name:
        raise UsageError(f"--output: {shown_path(output)} names no file", "name the new file")
    if len(os.fsencode(proof_path(output).name)) > _LONGEST_NAME:
        raise UsageError("--output: the name is too long", "choose a shorter name")
    _check_distinct(output, model)
    for path in (output, proof_path(output)):
        if os.path.lexists(path) and not replace:
            raise UsageError(
                f"{shown_path(path)} already exists", "choose another name, or add --force"
            )
    if _is_folder(output) and not _is_replaceable(output):
        raise UsageError(
            f"{shown_path(output)} is a folder without a SavedModel and is not replaced",
            "choose another name, or remove it yourself",
        )
    if _is_folder(proof_path(output)):
        raise UsageError(
            f"{shown_path(proof_path(output))} is a folder, but the proof would be written there",
            "choose another name for OUT",
        )
    folder = output.absolute().parent
    if not folder.is_dir():
        raise UsageError(
            f"the folder {shown_path(output.parent)} of --output does not exist", "make it first"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StorageError(
            f"the folder {shown_path(output.parent)} of --output cannot be written",
            "choose another folder",
        )


def _check_distinct(output: Path, model: Path) -> None:
    new, old = output.absolute().resolve(), model.absolute().resolve()
    if new == old or new in old.parents or old in new.parents:
        raise UsageError(
            f"--output: {shown_path(output)} is the model, is inside it or contains it",
            "choose another place: the old model is kept",
        )


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_replaceable(folder: Path) -> bool:
    """Whether a folder is a SavedModel or empty: nothing else of the user's is ever removed."""
    try:
        return (folder / "saved_model.pb").is_file() or not any(folder.iterdir())
    except OSError:  # a folder that cannot be read is not looked into any further
        return False


def write_result(migration: Migration, artifacts: Path, output: Path, beside: Beside) -> Path:
    """Copy the new file to `output`, write the proof beside it; return the proof's path.

    Both appear or neither does; what was there before is kept until then.

    Raises:
        StorageError: they cannot be written.
        UsageError: a file that was given beside the model cannot be read any more.
    """
    assert migration.result is not None
    save = migration.result.save
    payload = artifacts / str(save.artifact) / "payload" / save.payload_name
    proof = proof_path(output)
    text = proof_text(migration, beside)
    try:
        with _beside(output) as new, _beside(proof) as new_proof:
            if payload.is_dir():
                shutil.copytree(payload, new)
            else:
                shutil.copyfile(payload, new)
            new_proof.write_text(text, encoding="ascii")
            with _replaced(output, new), _replaced(proof, new_proof):
                pass
    except (OSError, shutil.Error) as error:
        said = getattr(error, "strerror", None) or str(error)[:200]
        raise StorageError(
            f"cannot write {shown_path(output)}: {said}",
            "free some space or choose another folder; what was measured is kept",
        ) from error
    return proof


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A name in the same folder, of which nothing is left in the end."""
    name = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        yield name
    finally:
        _remove(name)


@contextmanager
def _replaced(path: Path, new: Path) -> Iterator[None]:
    """Put `new` in the place of `path`; back again what was there if the block fails."""
    with _beside(path) as old:
        there = os.path.lexists(path)
        if there:
            path.rename(old)
        try:
            new.rename(path)
            yield
        except BaseException:
            _remove(path)
            if there:
                old.rename(path)
            raise


def _remove(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if _is_folder(path):
            shutil.rmtree(path)
        else:
            path.unlink()
