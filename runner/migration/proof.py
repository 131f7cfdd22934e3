"""The proof that lies beside a migrated file: what was taken, what was made, what was compared.

Owns the document's keys and the writing of both. It claims nothing that is not in the ledger.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from runner import __version__
from runner.analysis.judged import JudgedCell
from runner.errors import StorageError, UsageError
from runner.ledger.snapshot import RunSnapshot
from runner.migration.model import Migration
from runner.probing.store import tree_digest
from runner.records import Attempt, EnvironmentRecord
from runner.words import Check

SCHEMA = 1
_SUFFIX = ".proof.json"


def proof_path(output: Path) -> Path:
    """Where the proof of a file lies."""
    return output.with_name(output.name + _SUFFIX)


def check_output(output: Path, *, replace: bool) -> None:
    """Refuse, before anything is measured, to write where something is.

    Raises:
        UsageError: the file or its proof is there, or its folder is not.
    """
    for path in (output, proof_path(output)):
        if os.path.lexists(path) and not replace:
            raise UsageError(
                f"{str(path)!r} is there already", "choose another name, or add --force"
            )
    if not output.absolute().parent.is_dir():
        raise UsageError(f"the folder of {str(output)!r} does not exist", "make it first")


def write_result(migration: Migration, artifacts: Path, output: Path) -> Path:
    """Copy the new file to `output`, write the proof beside it; return the proof's path.

    Both appear whole or not at all; what was at `output` before is replaced.

    Raises:
        StorageError: they cannot be written.
    """
    assert migration.save is not None
    bundle = artifacts / str(migration.save.artifact)
    payload = bundle / "payload" / migration.save.payload_name
    proof = proof_path(output)
    try:
        with _beside(output) as incoming:
            if payload.is_dir():
                shutil.copytree(payload, incoming)
            else:
                shutil.copyfile(payload, incoming)
            text = json.dumps(document(migration), indent=2, ensure_ascii=True) + "\n"
            _install(incoming, output)
        with _beside(proof) as incoming:
            incoming.write_text(text, encoding="ascii")
            _install(incoming, proof)
    except OSError as error:
        raise StorageError(
            f"cannot write {str(output)!r}: {error.strerror or error}",
            "free some space or choose another folder; what was measured is kept",
        ) from error
    return proof


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A name in the same folder, of which nothing is left in the end."""
    incoming = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield incoming
    finally:
        _remove(incoming)


def _install(incoming: Path, path: Path) -> None:
    if path.is_dir() or incoming.is_dir():
        _remove(path)
    incoming.replace(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def document(migration: Migration) -> dict[str, Any]:
    """The proof as JSON."""
    final, save, snapshot = migration.final, migration.save, migration.snapshot
    assert final is not None
    assert save is not None
    assert snapshot is not None
    subject = migration.checked.subject
    return {
        "schema": SCHEMA,
        "crossload": __version__,
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "source": {
            "path": str(subject.path),
            "format": str(subject.format),
            "sha256": digest_of(subject.path),
            "answers_from": final_baseline(migration),
        },
        "target": _environment(snapshot, migration.target.id),
        "result": {
            "format": str(final.cell.format),
            "sha256": save.payload_sha256,
            "bytes": save.payload_bytes,
        },
        "carried": "weights only, in a rebuilt architecture"
        if migration.weights_only
        else "whole model",
        "changes": list(migration.changes),
        "lost": list(final.lost),
        "path": [
            {
                "environment": _environment(snapshot, step.environment),
                "loaded": str(step.loaded),
                "strategy": None if step.strategy is None else str(step.strategy),
                "saved": str(step.saved),
                "bundle_sha256": step.artifact,
                "file_sha256": step.payload_sha256,
                "bytes": step.payload_bytes,
            }
            for step in migration.steps
        ],
        "verified": _verified(final, snapshot, save.noise),
    }


def final_baseline(migration: Migration) -> str:
    """The environment whose answers the new file was held against."""
    cells = migration.checked.cells
    return migration.checked.baseline or (cells[0].cell.saver if cells else "")


def _verified(final: JudgedCell, snapshot: RunSnapshot, noise: float | None) -> dict[str, Any]:
    """The load in the target that proves the file, check by check; differences are relative."""
    attempt = _attempt(final, snapshot)
    return {
        "environment": final.cell.loader,
        "strategy": None if final.strategy is None else str(final.strategy),
        "verdict": str(final.verdict),
        "outputs_difference": final.difference,
        "tolerance": final.tolerance,
        "noise": noise,
        "checks": [
            {
                "check": str(one.check),
                "status": str(one.status),
                "difference": one.difference,
                "detail": one.detail,
            }
            for one in (() if attempt is None else attempt.outcome.checks)
            if one.check is not Check.LAYERS
        ],
    }


def _attempt(final: JudgedCell, snapshot: RunSnapshot) -> Attempt | None:
    attempts = snapshot.attempts.get(final.cell, ())
    return next((one for one in attempts if one.strategy is final.strategy), None)


def _environment(snapshot: RunSnapshot, name: str) -> dict[str, Any]:
    record: EnvironmentRecord | None = snapshot.environment(name)
    if record is None:  # a station of an earlier run, which this one did not need
        return {"id": name}
    return {"id": name, "digest": record.digest, "versions": dict(record.versions)}


def digest_of(path: Path) -> str:
    """The sha256 of a file, or of all files of a folder with their places.

    Raises:
        OSError: it cannot be read.
    """
    if path.is_dir():
        return tree_digest(path)
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
