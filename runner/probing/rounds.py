"""What follows when all work of a call of `run_probes` is done: more work, for the same workers.

Owns the shape of a round. A worker that has imported its framework goes on with the next round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.probing.backlog import Backlog
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.tasks import (
    Known,
    ProbeListener,
    ProbeSink,
    ProbeTask,
    SilentListener,
)


@dataclass(frozen=True)
class Round:
    """The arguments of `run_probes`, together; all rounds of a call share folders and limits."""

    tasks: Sequence[ProbeTask]
    known: Known
    sink: ProbeSink
    settings: ProbeSettings
    listener: ProbeListener = field(default_factory=SilentListener)

    def backlog(self) -> Backlog:
        """What of it is not known yet."""
        store = ArtifactStore(self.settings.artifacts)
        return Backlog(self.tasks, self.known, store, self.settings)

    def waiting(self) -> set[str]:
        """The environments (by id) that have something to do, or that wait for another's file."""
        queues = self.backlog().queues
        return {one.environment for one in queues if one.ready or one.blocked}


# Asked when a round has ended; None is the end. Called in the event loop, which waits for it.
Following = Callable[[], "Round | None"]


def nothing_follows() -> None:
    """One round is all."""
