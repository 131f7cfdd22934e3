"""What is still to be done, per environment, and what becomes possible when something ends.

Owns readiness and order: a load waits for its artifact, the saver's own load goes before the
others, the next strategy follows at once. Pure bookkeeping; which environment's turn it is, is
decided in `choice`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.strategies import strategy_after
from crossload.runner.probing.tasks import Known, LoadTask, ProbeTask
from crossload.runner.records import Attempt, AttemptOutcome, SaveKey, SaveOutcome
from crossload.runner.words import JobStatus, Strategy


@dataclass(eq=False)
class PendingSave:
    """A save to be done; `requeued` if it is done again, since its end may not be its own fault.

    `losses` counts the hosts that were lost while they did it.
    """

    key: SaveKey
    requeued: bool = False
    losses: int = 0

    def __str__(self) -> str:
        return f"save {self.key.model}.{self.key.format}"


@dataclass(eq=False)
class PendingLoad:
    """A cell to be settled, with what has been tried so far and what comes next."""

    task: LoadTask
    queue: Queue
    artifact: str = ""
    strategy: Strategy = Strategy.PLAIN
    attempts: list[Attempt] = field(default_factory=list)
    requeued: bool = False
    losses: int = 0

    def __str__(self) -> str:
        return f"{self.strategy} {self.task.cell}"


Pending = PendingSave | PendingLoad


@dataclass(eq=False)
class Queue:
    """One environment's work: what can be done now, in order, and what waits for others.

    `legacy`: it has tf-keras beside its own Keras.
    """

    environment: str
    digest: str
    legacy: bool = False
    urgent: deque[Pending] = field(default_factory=deque)
    saves: deque[PendingSave] = field(default_factory=deque)
    loads: deque[PendingLoad] = field(default_factory=deque)
    blocked: int = 0

    @property
    def ready(self) -> bool:
        return bool(self.urgent or self.saves or self.loads)

    @property
    def pending_saves(self) -> int:
        return len(self.saves) + sum(isinstance(one, PendingSave) for one in self.urgent)

    @property
    def pending_loads(self) -> int:
        urgent = sum(isinstance(one, PendingLoad) for one in self.urgent)
        return len(self.loads) + urgent + self.blocked

    def take(self) -> Pending:
        """Remove and return what comes next; a second strategy and the own file go first."""
        if self.urgent:
            return self.urgent.popleft()
        return self.saves.popleft() if self.saves else self.loads.popleft()

    def put_back(self, item: Pending) -> None:
        """Undo `take`."""
        self.urgent.appendleft(item)


class Backlog:
    """The queues of all environments, and the loads that wait for a save."""

    def __init__(
        self,
        tasks: Sequence[ProbeTask],
        known: Known,
        store: ArtifactStore,
        settings: ProbeSettings,
    ) -> None:
        self._known = known
        self._store = store
        self._settings = settings
        self._waiting: dict[SaveKey, list[PendingLoad]] = {}
        self._seen: set[tuple[SaveKey, str]] = set()
        self._savers: dict[SaveKey, Queue] = {}
        self.queues = [
            Queue(task.target.id, task.target.digest, task.target.legacy) for task in tasks
        ]
        for queue, task in zip(self.queues, tasks, strict=True):
            for key in task.saves:
                self._savers.setdefault(key, queue)
        for key in self._savers:
            if known.saved(key) is None:
                self._redo(key)
        for queue, task in zip(self.queues, tasks, strict=True):
            for load in task.loads:
                self._add(load, queue)

    @property
    def ready(self) -> bool:
        return any(queue.ready for queue in self.queues)

    def saved(self, key: SaveKey, outcome: SaveOutcome) -> None:
        """Let the loads that waited for this save go on, or drop them: there is nothing to load.

        The same bytes may have been saved before, perhaps on another machine: then what is known
        of them holds.
        """
        waiting = self._waiting.pop(key, ())
        for load in waiting:
            load.queue.blocked -= 1
        if outcome.artifact is None or outcome.report.status is not JobStatus.DONE:
            return
        self._known.recall([load.task.key(outcome.artifact, load.queue.digest) for load in waiting])
        for load in waiting:
            self._enqueue(load, outcome.artifact)

    def attempted(self, load: PendingLoad, outcome: AttemptOutcome) -> None:
        """Note an attempt; if it did not settle the cell, the next one goes first."""
        load.attempts.append(Attempt(load.strategy, outcome))
        following = self._following(load)
        if following is not None:
            load.strategy = following
            load.requeued = False
            load.queue.urgent.append(load)

    def drop(self, item: Pending) -> int:
        """Let an item go that was taken, and what waits for it; return how much stays undone."""
        count = 1
        if isinstance(item, PendingSave):
            for load in self._waiting.pop(item.key, ()):
                load.queue.blocked -= 1
                count += 1
        return count

    def abandon(self, queue: Queue) -> int:
        """Drop an environment's work and what waits for it; return how much stays undone."""
        count = queue.pending_saves + queue.pending_loads
        for key, saver in self._savers.items():
            if saver is queue:
                for load in self._waiting.pop(key, ()):
                    load.queue.blocked -= 1
                    count += load.queue is not queue
        queue.urgent.clear()
        queue.saves.clear()
        queue.loads.clear()
        return count

    def _redo(self, key: SaveKey) -> None:
        self._waiting[key] = []
        self._savers[key].saves.append(PendingSave(key))

    def _add(self, task: LoadTask, queue: Queue) -> None:
        if (task.save, queue.digest) in self._seen:
            return  # two environments with one digest share their results
        self._seen.add((task.save, queue.digest))
        load = PendingLoad(task, queue)
        outcome = self._known.saved(task.save)
        if task.save not in self._waiting:
            if outcome is None or outcome.artifact is None:
                return  # nobody can save it, or it was refused: there is nothing to load
            load.artifact = outcome.artifact
            load.attempts = self._known_attempts(load)
            if self._following(load) is None:
                return
            if self._store.intact(outcome.artifact):
                self._enqueue(load, outcome.artifact)
                return
            if task.save not in self._savers:
                return
            load.attempts = []
            self._redo(task.save)
        self._waiting[task.save].append(load)
        queue.blocked += 1

    def _enqueue(self, load: PendingLoad, artifact: str) -> None:
        load.artifact = artifact
        load.attempts = self._known_attempts(load)
        following = self._following(load)
        if following is None:
            return
        load.strategy = following
        if load.task.save.saver == load.queue.digest:
            load.queue.urgent.append(load)
        else:
            load.queue.loads.append(load)

    def _known_attempts(self, load: PendingLoad) -> list[Attempt]:
        return list(self._known.attempts(load.task.key(load.artifact, load.queue.digest)))

    def _following(self, load: PendingLoad) -> Strategy | None:
        key = load.task.save
        return strategy_after(
            self._settings.materials[key.model].traits,
            key.format,
            load.attempts,
            legacy=load.queue.legacy,
            tolerance=self._settings.tolerances.relative,
        )
