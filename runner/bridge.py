"""Between probing and the ledger: what is known already, and where new results go.

Owns the keys of a run's saves and loads. Probing knows nothing of SQLite and the ledger nothing
of workers; both meet here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.environments.libraries import library_folders
from crossload.runner.environments.model import BuiltEnvironment
from crossload.runner.environments.variables import probe_variables
from crossload.runner.ledger import KnownAttempt, Ledger
from crossload.runner.plan import Plan, PlannedSave
from crossload.runner.probing.material import Material
from crossload.runner.probing.strategies import strategy_after
from crossload.runner.probing.tasks import LoadTask, ProbeTask
from crossload.runner.records import (
    Attempt,
    AttemptKey,
    AttemptOutcome,
    Cell,
    EnvironmentProblem,
    JobReport,
    Limits,
    LoadKey,
    ProbeDigests,
    SaveKey,
    SaveOutcome,
)
from crossload.runner.sandbox.target import ProbeTarget
from crossload.runner.words import Api, Backend, JobStatus


@dataclass(frozen=True)
class KeyMaker:
    """Makes the keys of a run from environment ids.

    `probes` has the digest of the scripts that each model's jobs depend on, `options` that of
    what they are given.
    """

    built: Mapping[str, BuiltEnvironment]
    probes: Mapping[str, ProbeDigests]
    options: str

    def save(self, save: PlannedSave) -> SaveKey:
        return SaveKey(
            saver=self.built[save.saver].digest,
            model=save.model,
            format=save.format,
            probe=self.probes[save.model].saving,
            options=self.options,
        )

    def save_of(self, cell: Cell) -> SaveKey:
        return self.save(PlannedSave(cell.saver, cell.model, cell.format))

    def task(self, cell: Cell) -> LoadTask:
        """What settles a cell."""
        return LoadTask(cell, self.save_of(cell), self.probes[cell.model])


def probe_tasks(plan: Plan, keys: KeyMaker) -> tuple[ProbeTask, ...]:
    """What the plan wants of each environment that is there, in matrix order.

    A cell needs both its environments; without one of them it is not a task but a verdict.
    """
    saves: dict[str, list[SaveKey]] = {one.id: [] for one in plan.environments}
    loads: dict[str, list[LoadTask]] = {one.id: [] for one in plan.environments}
    for save in plan.saves:
        if save.saver in keys.built:
            saves[save.saver].append(keys.save(save))
    for cell in plan.cells:
        if cell.saver in keys.built and cell.loader in keys.built:
            loads[cell.loader].append(keys.task(cell))
    return tuple(
        ProbeTask(target_of(keys.built[one.id]), tuple(saves[one.id]), tuple(loads[one.id]))
        for one in plan.environments
        if one.id in keys.built
    )


def target_of(built: BuiltEnvironment) -> ProbeTarget:
    """A built environment as the home of a worker."""
    spec, prefix = built.environment.spec, built.prefix
    variables = probe_variables(spec, prefix)
    return ProbeTarget(
        id=built.environment.id,
        digest=built.digest,
        python=built.python,
        prefix=prefix,
        base_prefix=built.base_prefix,
        api=str(spec.api),
        backend=str(spec.backend),
        variables=tuple(variables.items()),
        import_seconds=built.import_seconds,
        readable=(*library_folders(spec.libraries, prefix), *_imported_from(built)),
        legacy=_has_legacy_beside(built, variables),
        image=built.environment.image,
    )


def _imported_from(built: BuiltEnvironment) -> tuple[Path, ...]:
    adopted = built.environment.adopted
    return () if adopted is None else adopted.readable


def _has_legacy_beside(built: BuiltEnvironment, variables: Mapping[str, str]) -> bool:
    """Whether tf-keras is installed and is not what the environment uses anyway."""
    spec = built.environment.spec
    uses_it = spec.api is Api.TF_KERAS or variables.get("TF_USE_LEGACY_KERAS") in {"1", "true"}
    return spec.backend is Backend.TENSORFLOW and not uses_it and "tf_keras" in dict(built.versions)


@dataclass(frozen=True)
class Settling:
    """Says whether the attempts at a load leave nothing to find out."""

    materials: Mapping[str, Material]
    tolerance: float

    def __call__(self, target: ProbeTarget, load: LoadTask, attempts: Sequence[Attempt]) -> bool:
        following = strategy_after(
            self.materials[load.save.model].traits,
            load.save.format,
            attempts,
            legacy=target.legacy,
            tolerance=self.tolerance,
        )
        return following is None


class LedgerKnown:
    """What earlier runs found out, read from the ledger in few queries, and one for each save.

    A save whose file is gone counts as long as all loads of it are known and settled: nobody needs
    the file then. Otherwise it is forgotten, and with it the loads, since a file that is saved
    again may have other bytes.
    """

    def __init__(
        self,
        ledger: Ledger,
        run_id: int,
        tasks: Sequence[ProbeTask],
        limits: Limits,
        is_stored: Callable[[str], bool],
        is_settled: Settling,
    ) -> None:
        self._ledger, self._run_id, self._limits = ledger, run_id, limits
        wanted = (key for task in tasks for key in task.saves)
        self._saves = ledger.adopt_saves(run_id, wanted, limits)
        self._attempts: dict[LoadKey, tuple[KnownAttempt, ...]] = {}
        gone = {
            key
            for key, outcome in self._saves.items()
            if outcome.artifact is not None and not is_stored(outcome.artifact)
        }
        for key in self._needed(gone, tasks, is_settled):
            ledger.forget_save(key)
            del self._saves[key]
        loads = [self._key(task, load) for task in tasks for load in task.loads]
        self._attempts = ledger.adopt_attempts(run_id, filter(None, loads), limits)

    def _needed(
        self, gone: Collection[SaveKey], tasks: Sequence[ProbeTask], is_settled: Settling
    ) -> set[SaveKey]:
        """Those of these saves of which a load is to be measured."""
        loads = [
            (task.target, load, key)
            for task in tasks
            for load in task.loads
            if load.save in gone and (key := self._key(task, load)) is not None
        ]
        self._attempts = self._ledger.known_attempts((key for *_, key in loads), self._limits)
        return {
            load.save
            for target, load, key in loads
            if not is_settled(target, load, self.attempts(key))
        }

    def recall(self, keys: Collection[LoadKey]) -> None:
        """Take up what is known of loads whose artifact was not known before."""
        self._attempts.update(self._ledger.adopt_attempts(self._run_id, keys, self._limits))

    def saved(self, key: SaveKey) -> SaveOutcome | None:
        return self._saves.get(key)

    def attempts(self, key: LoadKey) -> Sequence[Attempt]:
        known = self._attempts.get(key, ())
        return tuple(_as_attempt(one) for one in known)

    def _key(self, task: ProbeTask, load: LoadTask) -> LoadKey | None:
        """The key of a load; None where no file is known."""
        outcome = self._saves.get(load.save)
        if outcome is None or outcome.artifact is None:
            return None
        return load.key(outcome.artifact, task.target.digest)


def _as_attempt(known: KnownAttempt) -> Attempt:
    """As much of the attempt as the choice of the next strategy looks at."""
    checks = () if known.outputs is None else (known.outputs,)
    return Attempt(known.strategy, AttemptOutcome(JobReport(known.status), checks))


class LedgerSink:
    """Commits every result of a run as it arrives."""

    def __init__(
        self,
        ledger: Ledger,
        run_id: int,
        unusable: Callable[[str, EnvironmentProblem], None],
    ) -> None:
        self._ledger = ledger
        self._run_id = run_id
        self._unusable = unusable

    def saved(self, key: SaveKey, outcome: SaveOutcome) -> None:
        self._ledger.record_save(self._run_id, key, outcome)

    def attempted(self, key: AttemptKey, outcome: AttemptOutcome) -> None:
        self._ledger.record_attempt(self._run_id, key, outcome)

    def unusable(self, environment: str, problem: EnvironmentProblem) -> None:
        self._unusable(environment, problem)


def unsettled_units(task: ProbeTask, known: LedgerKnown, is_settled: Settling) -> int:
    """How many saves and cells of a task are still to be measured, in whole or in part."""
    count = sum(known.saved(key) is None for key in task.saves)
    for load in task.loads:
        save = known.saved(load.save)
        if save is None:
            count += 1
        elif save.artifact is not None and save.report.status is JobStatus.DONE:
            attempts = known.attempts(load.key(save.artifact, task.target.digest))
            count += not is_settled(task.target, load, attempts)
    return count
