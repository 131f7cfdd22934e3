"""Finds one cell of the ledger by its id, with related cells.

Owns the choice of the run and of the cells to judge: those of the same model, because they bear on
its causes and remedies. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossload.reports.cleaning import clean_line
from crossload.reports.document import CellRow, EnvironmentRow, Report
from crossload.reports.explain_own import OwnModel, find_own, traits_of
from crossload.reports.gather import gather_judged
from crossload.runner.analysis import judge_run
from crossload.runner.config.nearest import nearest
from crossload.runner.config.selection import Selection
from crossload.runner.errors import UsageError
from crossload.runner.ledger import Ledger, RunSnapshot
from crossload.runner.ledger.importing import planned_cells, read_snapshot
from crossload.runner.ledger.snapshot import SavedFile
from crossload.runner.prose import joined
from crossload.runner.records import Cell, SaveOutcome
from crossload.runner.words import Format

_MOST_NAMED = 8


@dataclass(frozen=True)
class Source:
    """Where to look: an exported file or the ledger, and the run (None: the latest with the cell).

    `artifacts` is the folder of the artifact store; None if there is none.
    """

    ledger: Path
    run: int | None = None
    export: Path | None = None
    artifacts: Path | None = None


@dataclass(frozen=True)
class Found:
    """A cell, what its saver did, and the report of all files its saver wrote of the same model.

    `digests` maps each environment's id to its digest, empty if it has no lock. `own` is what is
    known about a user's model; `command` is the run's.
    """

    row: CellRow
    save: SaveOutcome | None
    report: Report
    digests: Mapping[str, str]
    own: OwnModel | None = None
    command: str = ""

    def environment(self, name: str) -> EnvironmentRow | None:
        """The environment of that id as the run recorded it."""
        return next((one for one in self.report.environments if one.id == name), None)


def find_cell(wanted: str, source: Source) -> Found:
    """The cell of that id, or the only one that a pattern selects.

    Raises:
        UsageError: no such cell, several of them, no ledger, no such run.
        LedgerError: the ledger, or the exported file, cannot be read.
    """
    cell, snapshot = (_in_ledger if source.export is None else _in_file)(wanted, source)
    own = find_own(cell, snapshot, source.artifacts)
    traits = None if own is None else {cell.model: traits_of(cell.model, own)}
    judged = judge_run(snapshot, traits)
    (row,) = gather_judged(snapshot, [one for one in judged if one.cell == cell]).cells
    around = [one for one in judged if one.cell.saver == cell.saver]
    save = snapshot.saves.get(SavedFile.of(cell))
    digests = {one.id: one.digest for one in snapshot.environments}
    command = clean_line(snapshot.run.start.command)
    return Found(row, save, gather_judged(snapshot, around), digests, own, command)


def _in_file(wanted: str, source: Source) -> tuple[Cell, RunSnapshot]:
    assert source.export is not None
    if source.run is not None:
        raise UsageError("--run cannot be combined with --from", "leave out --run")
    where = f"the run in {str(source.export)!r}"
    cells = tuple(planned_cells(source.export))
    found = _selected(wanted, cells)
    if not found:
        raise _no_such_cell(wanted, cells, where)
    cell = _only_one(wanted, found, where)
    return cell, read_snapshot(source.export, model=cell.model)


def _in_ledger(wanted: str, source: Source) -> tuple[Cell, RunSnapshot]:
    path = source.ledger
    if not path.exists() or path.stat().st_size == 0:
        raise UsageError(
            f"there is no ledger at {str(path)!r}",
            "run `crossload run` first, or pass an exported run with --from",
        )
    with Ledger.open(path, read_only=True) as ledger:
        runs = _runs(ledger, source)
        run_id, cell = _planned(wanted, ledger, runs)
        return cell, ledger.snapshot(run_id, model=cell.model)


def _runs(ledger: Ledger, source: Source) -> list[int]:
    """The runs to look into, the latest first."""
    known = [facts.id for facts in ledger.runs()]
    if not known:
        raise UsageError(
            f"the ledger {str(ledger.path)!r} has no runs", "run `crossload run` first"
        )
    if source.run is None:
        return known[::-1]
    if source.run not in known:
        raise UsageError(
            f"the ledger {str(ledger.path)!r} has no run {source.run}",
            f"its runs are {known[0]} to {known[-1]}; leave out --run for the last one",
        )
    return [source.run]


def _planned(wanted: str, ledger: Ledger, runs: Sequence[int]) -> tuple[int, Cell]:
    """The latest run with the cell: an exact id is found at once, a pattern among all ids."""
    exact = _parsed(wanted)
    if exact is not None:
        for run_id in runs:
            if ledger.has_cell(run_id, exact):
                return run_id, exact
    for run_id in runs:
        found = _selected(wanted, ledger.cells(run_id))
        if found:
            return run_id, _only_one(wanted, found, f"run {run_id}")
    raise _no_such_cell(wanted, ledger.cells(runs[0]), f"run {runs[0]}")


def _parsed(wanted: str) -> Cell | None:
    """The cell whose id that is, if it can be one."""
    saver, _, rest = wanted.partition("/")
    file, _, loader = rest.rpartition("/")
    model, _, form = file.rpartition(".")
    if not (saver and model and loader) or form not in set(Format):
        return None
    return Cell(saver, model, Format(form), loader)


def _selected(wanted: str, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cell of that id, else all that it selects as a pattern."""
    exact = _parsed(wanted)
    if exact is not None and exact in cells:
        return (exact,)
    selects = Selection.parse([wanted])
    return tuple(cell for cell in cells if selects(str(cell)))


def _only_one(wanted: str, found: Sequence[Cell], where: str) -> Cell:
    if len(found) == 1:
        return found[0]
    raise UsageError(
        f"{wanted!r} selects {len(found)} cells of {where}, but only one is allowed",
        f"name one of {joined([str(cell) for cell in found], _MOST_NAMED)}",
    )


def _no_such_cell(wanted: str, cells: Sequence[Cell], where: str) -> UsageError:
    return UsageError(
        f"{where} has no cell {wanted!r}{_nearest(wanted, cells)}",
        "a cell's id is saver/model.format/loader; `crossload plan --json` lists all ids",
    )


def _nearest(wanted: str, cells: Sequence[Cell]) -> str:
    """A hint for each part, because matching whole ids among tens of thousands would miss."""
    saver, _, rest = wanted.partition("/")
    file, _, loader = rest.partition("/")
    hints: list[str] = []
    parts: list[str] = []
    for part, known in (
        (saver, dict.fromkeys(one.saver for one in cells)),
        (file, dict.fromkeys(f"{one.model}.{one.format}" for one in cells)),
        (loader, dict.fromkeys(one.loader for one in cells)),
    ):
        close = part if part in known else nearest(part.strip("*?"), known)
        parts.append(close or part)
        if part and close not in (None, part):
            hints.append(f"; did you mean {close!r}")
    whole = "/".join(parts)
    if any(str(one) == whole for one in cells):
        return f"; did you mean {whole!r}"
    return "".join(dict.fromkeys(hints))
