"""The environments of a run, built on the machines of a cluster.

Owns who builds what first. Each environment is built once here; when a machine takes over work
later, it builds what it lacks by itself. Locks are made on the machine that runs the plan.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace

from crossload.runner.cluster import remote
from crossload.runner.cluster.members import Members
from crossload.runner.cluster.orders import BuildOrder, Built, Refusal
from crossload.runner.environments.building import (
    BuildOptions,
    BuildResult,
    Outcome,
    log_file,
)
from crossload.runner.environments.failures import FOLDER
from crossload.runner.environments.frameworks import DATA, knowledge_file
from crossload.runner.environments.locking import ensure_lock
from crossload.runner.environments.marker import environment_digest
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.project import Project
from crossload.runner.probing.executor import Host, HostLostError
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause, EnvironmentState

_POLL_SECONDS = 0.5


@dataclass(eq=False)
class _Wanted:
    environment: Environment
    order: BuildOrder
    started: float = 0.0
    refused: dict[Host, EnvironmentProblem] = field(default_factory=dict)


_Running = dict[Future[Built], tuple[_Wanted, Host]]


def build_all(
    members: Members,
    environments: Sequence[Environment],
    project: Project,
    options: BuildOptions | None = None,
) -> Generator[BuildResult, None, None]:
    """Have every environment built on one machine; yields each result as it ends.

    Raises:
        ClusterError: no machine can be used.
    """
    listener = (options or BuildOptions()).listener
    pending: list[_Wanted] = []
    running: _Running = {}
    for environment in environments:
        order = order_of(environment, project)
        if isinstance(order, BuildOrder):
            members.orders[environment.id] = order
            pending.append(_Wanted(environment, order))
        else:
            yield BuildResult(environment, order, 0.0, log_file(project, environment.id))
    try:
        while pending or running:
            members.check()
            for wanted in _begin(members, pending, running):
                if listener is not None:
                    listener.started(wanted.environment)
            for wanted, outcome in _ended(members, pending, running):
                seconds = time.monotonic() - wanted.started
                log = log_file(project, wanted.environment.id)
                result = BuildResult(wanted.environment, outcome, seconds, log)
                if listener is not None:
                    listener.finished(result)
                yield result
    finally:
        for future in running:
            future.cancel()


def order_of(environment: Environment, project: Project) -> BuildOrder | EnvironmentProblem:
    """What another machine needs to build an environment; or why it cannot be built anywhere."""
    if environment.problem is not None:
        return environment.problem
    if environment.interpreter is None or environment.adopted is not None:
        return EnvironmentProblem(
            EnvironmentState.UNAVAILABLE,
            EnvironmentCause.MISSING_INTERPRETER,
            f"{environment.id!r} has no lock of Python packages, which a cluster needs",
            "name its requirements instead (`requirements:`), or measure it with a local run",
        )
    lock = ensure_lock(environment, project.lock_folders, failures=project.home.cache / FOLDER)
    if isinstance(lock, EnvironmentProblem):
        return lock
    knowledge = knowledge_file(project.matrix)
    is_own = knowledge != DATA and knowledge.is_file()
    spec = environment.spec.model_copy(update={"requirements": None, "python": environment.python})
    return BuildOrder(
        id=environment.id,
        spec=spec,
        digest=environment_digest(environment, lock),
        python=environment.interpreter.full,
        lock=lock.path.read_text("utf-8"),
        knowledge=knowledge.read_text("utf-8") if is_own else None,
    )


def _begin(members: Members, pending: list[_Wanted], running: _Running) -> list[_Wanted]:
    """Have what can be begun be built; returns what is begun for the first time."""
    first = []
    for wanted, host in _matches(pending, running, members.hosts):
        pending.remove(wanted)
        if not wanted.started:
            wanted.started = time.monotonic()
            first.append(wanted)
        running[members.call(host, remote.build, wanted.order)] = (wanted, host)
    return first


def _ended(
    members: Members, pending: list[_Wanted], running: _Running
) -> Iterator[tuple[_Wanted, Outcome]]:
    """What has ended by now; what another machine is to try is pending again."""
    if not running:
        time.sleep(_POLL_SECONDS)
    for future in wait(running, _POLL_SECONDS, FIRST_COMPLETED).done:
        wanted, host = running.pop(future)
        outcome = _outcome(future, wanted, host, members.hosts)
        if outcome is None:
            pending.append(wanted)
        else:
            yield wanted, outcome


def _matches(
    pending: Sequence[_Wanted], running: _Running, hosts: Sequence[Host]
) -> list[tuple[_Wanted, Host]]:
    """What may be begun where: as many as a machine has jobs, on that with the fewest first."""
    load = Counter(host for _, host in running.values())
    matches = []
    for wanted in pending:
        able = [one for one in hosts if load[one] < one.jobs and one not in wanted.refused]
        if able:
            host = min(able, key=lambda one: (load[one] / one.jobs, len(one.built or ())))
            load[host] += 1
            matches.append((wanted, host))
    return matches


def _outcome(
    future: Future[Built], wanted: _Wanted, host: Host, hosts: Sequence[Host]
) -> Outcome | None:
    """What a build came to; None if another machine is to try it."""
    try:
        built = future.result()
    except HostLostError:
        return None
    if isinstance(built, Refusal):
        wanted.refused[host] = built.problem
        return None if any(one not in wanted.refused for one in hosts) else built.problem
    if isinstance(built, BuiltEnvironment):
        assert host.built is not None
        host.built.add(wanted.order.id)
        return replace(built, environment=wanted.environment)
    return built
