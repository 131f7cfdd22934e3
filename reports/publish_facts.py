"""The content of `published.json`: when, how and on what kind of machine a run was measured.

Owns that file's shape. It never identifies the machine itself.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import psutil

from crossload.reports.document import EnvironmentRow, Report
from crossload.reports.measured_days import job_reports
from crossload.runner.environments.model import current_platform
from crossload.runner.hashing import file_sha256
from crossload.runner.ledger import RunSnapshot
from crossload.runner.provenance import MeasuredAlike
from crossload.runner.words import Verdict

FORMAT = "crossload-published"
SCHEMA = 1


def facts_text(
    snapshot: RunSnapshot,
    report: Report,
    folder: Path,
    lock_folders: Sequence[Path],
    alike: MeasuredAlike,
) -> str:
    """The file's text.

    Args:
        snapshot: the run as it was exported.
        report: the same, judged.
        folder: where it will stand; the files there are listed with size and sha256.
        lock_folders: where to look for the environments' locks.
        alike: what of it the probes of this crossload measured.
    """
    start = snapshot.run.start
    counts = Counter(row.verdict for row in report.cells)
    digests = {one.id: one.digest for one in snapshot.environments}
    facts = {
        "format": FORMAT,
        "schema": SCHEMA,
        "version": SCHEMA,  # what it was called at first
        "crossload": start.crossload,
        "command": start.command,
        "profile": start.profile,
        "started": report.run.started,
        "finished": report.run.finished,
        "measured": _span(report.environments),
        # Inside the probes, whichever runs measured it; jobs ran side by side.
        "job_seconds": round(sum(one.total_seconds for _, one in job_reports(snapshot))),
        "machine": {
            "platform": current_platform(),
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9),
        },
        "tolerances": asdict(start.tolerances),
        "limits": asdict(start.limits),
        "cells": len(report.cells),
        # An older probe may have measured the others.
        "measured_cells": {"all": alike.measured, "by_these_probes": len(alike.cells)},
        "attempts": sum(len(row.attempts) for row in report.cells),
        "models": len(report.models),
        "verdicts": {str(one): counts[one] for one in Verdict if counts[one]},
        "environments": [
            _environment(row, digests.get(row.id, ""), lock_folders) for row in report.environments
        ],
        "files": {
            path.relative_to(folder).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": file_sha256(path),
            }
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    return json.dumps(facts, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _environment(
    row: EnvironmentRow, digest: str, lock_folders: Sequence[Path]
) -> dict[str, object]:
    """`digest` is the environment's identity (lock, Python, platform); `lock_sha256` its lock's."""
    return {
        "id": row.id,
        "state": str(row.state),
        "python": row.python,
        "platform": row.platform,
        "backend": row.backend,
        "digest": digest,
        "lock_sha256": _lock(row, lock_folders),
        "measured": row.measured,
        "versions": dict(row.versions),
    }


def _span(rows: Sequence[EnvironmentRow]) -> tuple[str, str] | None:
    """The first and the last day of the run's results, which earlier runs may have measured."""
    days = [day for row in rows for day in row.measured or ()]
    return (min(days), max(days)) if days else None


def _lock(row: EnvironmentRow, lock_folders: Sequence[Path]) -> str | None:
    for folder in lock_folders:
        path = folder / row.platform / f"{row.id}.txt"
        if path.is_file():
            return file_sha256(path)
    return None
