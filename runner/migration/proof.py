"""The proof that lies beside a migrated file: what was taken, what was made, what was compared.

Owns the document's keys. It claims nothing that is not in the ledger; `placing` writes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from crossload import __version__
from crossload.runner.errors import UsageError
from crossload.runner.hashing import file_sha256
from crossload.runner.migration.model import Migration, Result
from crossload.runner.migration.wording import tidy
from crossload.runner.strategies import STRATEGIES
from crossload.runner.words import Check

FORMAT = "crossload-migration"
SCHEMA = 2
UNPROVED = "no environment loads the old file, so nothing says what it answers"


@dataclass(frozen=True)
class Beside:
    """What the user gave beside the model; paths, None where nothing was given."""

    code: Path | None = None
    inputs: Path | None = None
    outputs: Path | None = None
    weights: Path | None = None


def proof_text(migration: Migration, beside: Beside) -> str:
    """The proof of a migration that worked, as JSON in ASCII.

    Raises:
        UsageError: a file that was given beside the model cannot be read any more.
    """
    return json.dumps(document(migration, beside), indent=2, ensure_ascii=True) + "\n"


def document(migration: Migration, beside: Beside) -> dict[str, Any]:
    """The proof as plain values."""
    result, source = migration.result, migration.source
    assert result is not None
    assert source is not None
    at = migration.baseline
    subject = migration.checked.subject
    return {
        "format": FORMAT,
        "schema": SCHEMA,
        "crossload": __version__,
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "source": {
            "name": tidy(subject.path.name),
            "format": str(subject.format),
            "sha256": source.payload_sha256,
            "bytes": source.payload_bytes,
            "given": {
                name: _given(path)
                for name, path in (
                    ("custom_objects", beside.code),
                    ("weights", beside.weights),
                    ("inputs", beside.inputs),
                    ("outputs", beside.outputs),
                )
                if path is not None
            },
        },
        "proved": migration.has_outputs,
        "unproved_because": "" if migration.has_outputs else UNPROVED,
        "answers_from": None if at is None else _environment(migration, at),
        "target": _environment(migration, migration.target.id),
        "result": {
            "format": str(result.final.cell.format),
            "sha256": result.save.payload_sha256,
            "bytes": result.save.payload_bytes,
            "loads_with": _loads_with(result),
        },
        "carried": str(result.carried),
        "changes": [tidy(one) for one in result.changes],
        "lost": list(result.final.lost),
        "path": _path(migration, result),
        "verified": _verified(result),
    }


def _given(path: Path) -> dict[str, str]:
    try:
        digest = file_sha256(path)
    except OSError as error:
        raise UsageError(
            f"{str(path)!r} can no longer be read: {error.strerror or error}",
            "put it back and migrate again: what was measured is kept",
        ) from error
    return {"name": tidy(path.name), "sha256": digest}


def _loads_with(result: Result) -> str:
    """What loading the new file in the target needs besides the file; usually nothing."""
    strategy = result.final.strategy
    return "" if strategy is None else STRATEGIES[strategy].takes


def _path(migration: Migration, result: Result) -> list[dict[str, Any]]:
    return [
        {
            "environment": _environment(migration, step.environment),
            "loaded": str(step.loaded),
            "strategy": None if step.strategy is None else str(step.strategy),
            "saved": str(step.saved),
            "bundle_sha256": step.artifact,
            "sha256": step.payload_sha256,
            "bytes": step.payload_bytes,
        }
        for step in result.steps
    ]


def _verified(result: Result) -> dict[str, Any]:
    """The load in the target that proves the file, check by check; differences are relative."""
    final = result.final
    weights = [
        one.difference for one in result.attempt.outcome.checks if one.check is Check.WEIGHTS
    ]
    return {
        "environment": final.cell.loader,
        "strategy": None if final.strategy is None else str(final.strategy),
        "verdict": str(final.verdict),
        "outputs_difference": final.difference,
        "weights_difference": weights[0] if weights else None,
        "tolerance": final.tolerance,
        "noise": result.save.noise,
        "checks": [
            {
                "check": str(one.check),
                "status": str(one.status),
                "difference": one.difference,
                "detail": tidy(one.detail),
            }
            for one in result.attempt.outcome.checks
            if one.check is not Check.LAYERS
        ],
    }


def _environment(migration: Migration, name: str) -> dict[str, Any]:
    record = next(one for one in migration.environments if one.id == name)
    return {"id": name, "digest": record.digest, "versions": dict(record.versions)}
