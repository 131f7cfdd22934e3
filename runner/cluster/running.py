"""A cluster as a run uses it: from its address to builds and workers.

Owns opening and closing it. `workflow` uses what is yielded, which is none of its own types.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

from crossload.runner.cluster.building import build_all
from crossload.runner.cluster.executor import ClusterExecutor, Rules
from crossload.runner.cluster.link import Patience
from crossload.runner.cluster.members import Members
from crossload.runner.cluster.store import SharedStore
from crossload.runner.environments.building import BuildOptions, BuildResult
from crossload.runner.environments.model import Environment
from crossload.runner.environments.project import Project
from crossload.runner.home import Home
from crossload.runner.probing.executor import Executor
from crossload.runner.records import Limits


class DaskCluster:
    """Builds environments and runs workers on the machines that take part in a run."""

    def __init__(self, members: Members) -> None:
        self._members = members

    def build_all(
        self,
        environments: Sequence[Environment],
        project: Project,
        options: BuildOptions | None = None,
    ) -> Generator[BuildResult, None, None]:
        """As `runner.environments.building.build_all`, elsewhere."""
        return build_all(self._members, environments, project, options)

    def executor(self, limits: Limits, *, sandboxed: bool) -> Executor:
        """What starts workers there."""
        return ClusterExecutor(self._members, Rules(limits, sandboxed))


@contextmanager
def dask_cluster(
    address: str,
    store: SharedStore,
    home: Home,
    say: Callable[[str], None],
    patience: Patience | None = None,
) -> Iterator[DaskCluster]:
    """The cluster behind a scheduler, for the length of the block.

    Args:
        address: the scheduler's, such as tcp://10.0.0.1:8786.
        store: where artifacts go.
        home: this machine's, which keeps all artifacts too.
        say: is given a sentence whenever a user should know of something, from any thread.
        patience: how long to wait for what is gone.

    Raises:
        ClusterError: Dask, the scheduler or the store cannot be used.
    """
    members = Members(address, store, home, say, patience)
    members.open()
    try:
        yield DaskCluster(members)
    finally:
        members.close()
