"""What is merged: homes, ledgers, exports and parcels, each as the export of one run.

Owns telling them apart, and which run of a ledger is meant: its latest `crossload run`.
"""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.errors import BusyError, UsageError
from crossload.runner.home import Home, exclusive_run
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.ledger.hiding import Hide
from crossload.runner.merging.parcel import is_parcel, unpack
from crossload.runner.words import RunKind

_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True)
class Source:
    """One run to be merged, as `name` on the command line; `artifacts` is where its files may be.

    `digest` is that of the export: equal sources have equal ones.
    """

    name: str
    export: Path
    digest: str
    artifacts: Path | None


def read_source(path: Path, staging: Path, hide: Hide, held: Home) -> Source:
    """The source at a path.

    Args:
        path: a home, a ledger, an export or a parcel.
        staging: a folder of this source alone, for what has to be written.
        hide: replaces what names a machine.
        held: the home whose run lock the caller holds.

    Raises:
        UsageError: there is nothing at that path, or no run in it.
        ExportError, LedgerError: it is damaged.
        BusyError: its run is still going.
        StorageError: staging cannot be written.
    """
    staging.mkdir()
    if path.is_dir():
        home = Home(path)
        export = _exported(home.ledger, home, staging, hide, held)
        return _source(path, export, home.artifacts)
    if not path.is_file():
        raise UsageError(
            f"there is no file or folder {str(path)!r}",
            "name homes (.crossload), ledgers, or files that `crossload ledger export` wrote",
        )
    if is_parcel(path):
        unpacked = unpack(path, staging / "unpacked")
        return _source(path, unpacked.export, unpacked.artifacts)
    with path.open("rb") as stream:
        is_ledger = stream.read(len(_SQLITE)) == _SQLITE
    if is_ledger:
        home = Home(path.parent)
        export = _exported(path, home if path == home.ledger else None, staging, hide, held)
        return _source(path, export, home.artifacts)
    return _source(path, path, None)


def _source(path: Path, export: Path, artifacts: Path | None) -> Source:
    digest = hashlib.sha256(export.read_bytes()).hexdigest()
    return Source(str(path), export, digest, artifacts)


def _exported(ledger_path: Path, home: Home | None, staging: Path, hide: Hide, held: Home) -> Path:
    target = staging / "run.jsonl.xz"
    with Ledger.open(ledger_path, read_only=True) as ledger:
        runs = [one for one in ledger.runs() if one.start.kind is RunKind.RUN]
        if not runs:
            raise UsageError(
                f"the ledger {str(ledger_path)!r} holds no `crossload run`",
                "leave it out, or run it first",
            )
        latest = runs[-1]
        is_running = latest.state is RunState.RUNNING
        if is_running and home is None:
            raise BusyError(
                f"run {latest.id} of {str(ledger_path)!r} is still going, or was killed",
                "wait until it has ended, or repeat it",
            )
        # A run that was killed says that it is running; only the lock tells the two apart.
        is_ours = home is not None and home.root.resolve() == held.root.resolve()
        lock = exclusive_run(home) if is_running and home and not is_ours else nullcontext()
        with lock:
            ledger.export_run(target, latest.id, hide)
    return target
