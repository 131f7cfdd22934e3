"""A migration as JSON, for programs.

Owns the keys; `schema` increases with every change that would break a reader. The proof in it is
the document that lies beside the new file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crossload.reports.cleaning import clean_line
from crossload.reports.migrate.text import advice
from crossload.runner.migration.model import Migration, Trial
from crossload.runner.migration.wording import refused_told

SCHEMA = 1


def as_json(migration: Migration, output: Path, proof: Path | None) -> str:
    """What was found, in ASCII; `proof` is None if no file could be written."""
    return json.dumps(document(migration, output, proof), indent=2, ensure_ascii=True)


def document(migration: Migration, output: Path, proof: Path | None) -> dict[str, Any]:
    """The same as plain values."""
    checked, target = migration.checked, migration.target.id
    there = migration.in_target
    failed = proof is None
    return {
        "schema": SCHEMA,
        "exit_code": int(migration.exit_code),
        "model": clean_line(str(checked.subject.path)),
        "target": target,
        "baseline": migration.baseline,
        "output": None if failed else clean_line(str(output)),
        "proof_path": None if proof is None else clean_line(str(proof)),
        "proof": None if proof is None else json.loads(proof.read_text(encoding="ascii")),
        "tried": [_trial(one) for one in migration.trials],
        "refusals": [
            {"environment": one.environment, "error": refused_told(one.outcome)}
            for one in checked.refusals
        ],
        "loads_unproved": None if migration.unproved is None else str(migration.unproved),
        "cause": there.cause.id if failed and there is not None and there.cause else None,
        "advice": advice(checked, there) if failed else [],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "path": [
            {"environment": one.environment.id, "saved": str(one.format)} for one in trial.legs
        ],
        "environment": trial.environment,
        "stage": str(trial.stage),
        "error": clean_line(trial.why),
        "cause": trial.cause or None,
        "weights_only": trial.rebuilt,
    }
