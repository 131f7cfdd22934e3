"""How long the saves and loads of a plan take: as measured in an earlier run, else as estimated.

Owns the constants of the estimate. All times are whole milliseconds, so that every machine computes
the same sums. Where a run's export is given, what it measured counts; the ledger of the machine
never does, since it differs from machine to machine.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from crossload.runner.ledger.importing import Saved, Tried, items
from crossload.runner.plan import PlannedSave
from crossload.runner.records import EnvironmentRecord, JobReport

# What the work of the published reference takes on average on one core.
SAVE_MS = 400
CELL_MS = 100
BUILD_MS = 20_000  # one environment: download, install, import once


@dataclass(frozen=True)
class Durations:
    """What an earlier run measured, by environment id; empty where nothing is known."""

    saves: dict[PlannedSave, int] = field(default_factory=dict)
    loads: dict[tuple[PlannedSave, str], int] = field(default_factory=dict)

    def of(self, save: PlannedSave, loaders: list[str]) -> int:
        """Milliseconds for saving one file and loading it in each of the loaders.

        A file that could not be saved is loaded nowhere, and a load that is not known takes the
        estimate.
        """
        known = self.saves.get(save)
        loads = [self.loads.get((save, loader)) for loader in loaders]
        if known is not None and all(one is None for one in loads):
            return known
        total = SAVE_MS if known is None else known
        return total + sum(CELL_MS if one is None else one for one in loads)


def read_durations(path: Path) -> Durations:
    """The durations of an exported run.

    Raises:
        ExportError: the file cannot be used.
    """
    ids: dict[str, list[str]] = defaultdict(list)
    files: dict[str, list[PlannedSave]] = defaultdict(list)
    saves: dict[PlannedSave, int] = {}
    loads: dict[tuple[PlannedSave, str], int] = defaultdict(int)
    for item in items(path):
        if isinstance(item, EnvironmentRecord):
            ids[item.digest].append(item.id)
        elif isinstance(item, Saved):
            for saver in ids[item.key.saver]:
                save = PlannedSave(saver, item.key.model, item.key.format)
                saves[save] = _milliseconds(item.outcome.report)
                if item.outcome.artifact is not None:
                    files[item.outcome.artifact].append(save)
        elif isinstance(item, Tried):
            for save in files[item.key.artifact]:
                for loader in ids[item.key.loader]:
                    loads[save, loader] += _milliseconds(item.outcome.report)
    return Durations(saves, dict(loads))


def _milliseconds(report: JobReport) -> int:
    return round(1000 * report.total_seconds)
