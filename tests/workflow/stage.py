"""A project whose builds and probes are played, for the tests of a run.

Owns the stage and what happens on it; the fixture is in `conftest`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from crossload.runner import workflow
from crossload.runner.environments.building import BuildResult, Outcome
from crossload.runner.environments.integrity import Damage
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.project import Project
from crossload.runner.home import Home
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.probing.rounds import Round
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.tasks import Known, ProbeListener, ProbeSink, ProbeSummary, ProbeTask
from crossload.runner.request import RunRequest
from crossload.runner.words import (
    Strategy,
)
from crossload.runner.workflow import run
from tests import runs
from tests.runs import LOADED, SAVED, A, B


@dataclass
class Screen:
    """A display that remembers."""

    lines: list[str] = field(default_factory=list)

    def phase(self, title: str, total: int) -> None:
        self.lines.append(f"{title}: {total}")

    def advance(self, units: int = 1) -> None:
        self.lines.append(f"+{units}")

    def environment(self, environment_id: str, state: str, *, final: bool = False) -> None:
        if final:
            self.lines.append(f"{environment_id} {state}")

    def message(self, text: str) -> None:
        self.lines.append(text)


@dataclass
class Stage:
    """A project whose builds and probes are played; `built` in the order in which they end."""

    folder: Path
    ledger: Ledger
    monkeypatch: pytest.MonkeyPatch
    screen: Screen = field(default_factory=Screen)
    seen: list[ProbeSettings] = field(default_factory=list)
    builds_ended: bool = False

    def builds(
        self, *built: tuple[Environment, Outcome], then: BaseException | None = None
    ) -> None:
        def build_all(environments: Sequence[Environment], *_: object) -> Iterator[BuildResult]:
            wanted = {one.id for one in environments}
            try:
                for one, outcome in built:
                    if one.id in wanted:
                        yield BuildResult(one, outcome, 0.0, self.folder / "log")
                if then is not None:
                    raise then
            finally:
                self.builds_ended = True

        self.monkeypatch.setattr(workflow, "build_all", build_all)

    def probes(self, act: Callable[[Sequence[ProbeTask], ProbeSink], None]) -> None:
        async def run_probes(
            tasks: Sequence[ProbeTask],
            known: Known,
            sink: ProbeSink,
            settings: ProbeSettings,
            listener: ProbeListener,
            following: Callable[[], Round | None],
        ) -> ProbeSummary:
            del known, listener
            self.seen.append(settings)
            act(tasks, sink)
            while (another := following()) is not None:
                self.seen.append(another.settings)
                act(another.tasks, another.sink)
            return ProbeSummary(is_cut_short=settings.is_over())

        self.monkeypatch.setattr(workflow, "run_probes", run_probes)

    def request(self, *environments: Environment) -> RunRequest:
        return RunRequest(
            project=Project(self.folder / "matrix.yaml", Home(self.folder / ".crossload")),
            matrix=runs.matrix(),
            plan=runs.plan(environments or (A, B)),
            command="crossload run",
            jobs=1,
        )

    def run(self, *environments: Environment) -> int:
        return run(self.request(*environments), self.ledger, self.screen)

    @property
    def state(self) -> RunState:
        return self.ledger.runs()[-1].state


def measure_everything(tasks: Sequence[ProbeTask], sink: ProbeSink) -> None:
    """Every save gives a file of its own; every load agrees."""
    artifacts = {}
    for number, key in enumerate(key for task in tasks for key in task.saves):
        artifacts[key] = f"{number:064x}"
        sink.saved(key, replace(SAVED, artifact=artifacts[key]))
    for task in tasks:
        for load in task.loads:
            attempt = load.key(artifacts[load.save], task.target.digest).attempt(Strategy.PLAIN)
            sink.attempted(attempt, LOADED)


def measure_once(stage: Stage, *environments: Environment) -> None:
    """A run that measures everything, and whose files are in the store."""
    stage.probes(measure_everything)
    stage.run(*environments)
    for number in range(2):
        (stage.folder / ".crossload" / "artifacts" / f"{number:064x}" / "payload").mkdir(
            parents=True, exist_ok=True
        )
    stage.screen.lines.clear()
    stage.probes(lambda *_: None)


def damage(monkeypatch: pytest.MonkeyPatch, *ids: str) -> list[str]:
    """From now on these environments are damaged, each until it is asked about once."""
    left = set(ids)
    asked: list[str] = []

    def withdraw_damaged(environments: Iterable[BuiltEnvironment]) -> dict[str, Damage]:
        found = [one.environment.id for one in environments]
        asked.extend(found)
        hit = {one: Damage("keras-2.15.0", "keras/__init__.py", "is missing") for one in found}
        hit = {one: what for one, what in hit.items() if one in left}
        left.difference_update(hit)
        return hit

    monkeypatch.setattr(workflow, "withdraw_damaged", withdraw_damaged)
    return asked


def only(environment: Environment, name: str) -> Environment:
    """One whose identity is its own although all share a lock."""
    spec = environment.spec.model_copy(update={"variables": {"NAME": name}})
    return replace(environment, spec=spec)
