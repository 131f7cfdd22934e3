"""Finds one cell of the ledger by its id, with everything around it that tells more.

Owns the choice of the run and of the cells to judge: those of the same model, which bear on its
causes and remedies. Nothing is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from reports.document import CellRow, EnvironmentRow, Report
from reports.gather import gather
from runner.config.selection import Selection, pattern_hint
from runner.errors import LedgerError, UsageError
from runner.ledger import Ledger, RunSnapshot
from runner.ledger.importing import read_snapshot
from runner.ledger.snapshot import SavedFile
from runner.records import Cell, SaveOutcome

_MOST_NAMED = 8


@dataclass(frozen=True)
class Source:
    """Where to look: an exported file, else the ledger; its run, None for the latest with it."""

    ledger: Path
    run: int | None = None
    export: Path | None = None


@dataclass(frozen=True)
class Found:
    """A cell, what its saver did, and the report of all cells of its model."""

    row: CellRow
    save: SaveOutcome | None
    report: Report
    snapshot: RunSnapshot

    def environment(self, name: str) -> EnvironmentRow | None:
        """The environment of that id as the run recorded it."""
        return next((one for one in self.report.environments if one.id == name), None)


def find_cell(wanted: str, source: Source) -> Found:
    """The cell of that id, or the only one that a pattern selects.

    Raises:
        UsageError: no such cell, several of them, no ledger, no such run.
        LedgerError: the ledger, or the exported file, cannot be read.
    """
    snapshot, cell = _find(wanted, source)
    around = tuple(one for one in snapshot.cells if one.model == cell.model)
    narrow = replace(snapshot, cells=around)
    report = gather(narrow)
    row = next(one for one in report.cells if one.id == str(cell))
    return Found(row, snapshot.saves.get(SavedFile.of(cell)), report, snapshot)


def _find(wanted: str, source: Source) -> tuple[RunSnapshot, Cell]:
    if source.export is not None:
        if source.run is not None:
            raise UsageError("--run belongs to the ledger, not to --from", "leave --run out")
        snapshot = read_snapshot(source.export)
        return snapshot, _only_one(wanted, snapshot)
    return _in_ledger(wanted, source)


def _in_ledger(wanted: str, source: Source) -> tuple[RunSnapshot, Cell]:
    path = source.ledger
    if not path.exists() or path.stat().st_size == 0:
        raise UsageError(f"there is no ledger at {str(path)!r}", "run `crossload run` first")
    with Ledger.open(path, read_only=True) as ledger:
        known = [facts.id for facts in ledger.runs()]
        if not known:
            raise UsageError(f"the ledger {str(path)!r} has no run", "run `crossload run` first")
        if source.run is not None and source.run not in known:
            raise UsageError(
                f"the ledger {str(path)!r} has no run {source.run}",
                f"its runs are {known[0]} to {known[-1]}; leave --run out for the last",
            )
        first: UsageError | None = None
        for run_id in [source.run] if source.run is not None else reversed(known):
            snapshot = ledger.snapshot(run_id)
            try:
                return snapshot, _only_one(wanted, snapshot)
            except UsageError as error:
                first = first or error
                if any(_selects(wanted, cell) for cell in snapshot.cells):
                    raise
    raise first or LedgerError(f"the ledger {str(path)!r} has no run")


def _selects(wanted: str, cell: Cell) -> bool:
    return str(cell) == wanted or Selection.parse([wanted])(str(cell))


def _only_one(wanted: str, snapshot: RunSnapshot) -> Cell:
    """The cell that is meant; globs may mean it where they leave no choice."""
    found = [cell for cell in snapshot.cells if _selects(wanted, cell)]
    if len(found) == 1:
        return found[0]
    run = snapshot.run.id
    if found:
        named = ", ".join(str(cell) for cell in found[:_MOST_NAMED])
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise UsageError(
            f"{wanted!r} selects {len(found)} cells of run {run}, expected one",
            f"name one of {named}{more}",
        )
    raise UsageError(
        f"run {run} has no cell {wanted!r}{_nearest(wanted, snapshot)}",
        "a cell is called saver/model.format/loader; `crossload plan --json` lists them",
    )


def _nearest(wanted: str, snapshot: RunSnapshot) -> str:
    """A hint part by part: among tens of thousands of ids the whole would not be found."""
    saver, _, rest = wanted.partition("/")
    file, _, loader = rest.partition("/")
    cells = snapshot.cells
    hints = [
        pattern_hint(part, dict.fromkeys(known))
        for part, known in (
            (saver, [one.saver for one in cells]),
            (file, [f"{one.model}.{one.format}" for one in cells]),
            (loader, [one.loader for one in cells]),
        )
        if part and part not in known
    ]
    return "".join(dict.fromkeys(hints))
