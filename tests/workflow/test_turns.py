"""A run on a disk that holds only some of its environments: nothing is left out, none is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from crossload.runner import workflow
from crossload.runner.environments import keeping
from crossload.runner.environments.building import BuildResult
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.errors import EnvironmentsError
from crossload.runner.home import Home
from crossload.runner.ledger import RunState
from crossload.runner.probing.tasks import ProbeSink, ProbeTask
from crossload.runner.records import SaveKey
from crossload.runner.words import Strategy
from crossload.runner.workflow import run
from tests import runs
from tests.merging.machines import stored
from tests.runs import LOADED, MISSING, SAVED, A, B, C
from tests.workflow.stage import Stage, damage

D = runs.environment("d")
ALL = (A, B, C, D)
GB = 10**9


@dataclass
class Disk:
    """Environments of one gigabyte each, and everything that happens to them, by name."""

    stage: Stage
    events: list[str] = field(default_factory=list)
    saved: dict[SaveKey, str] = field(default_factory=dict)
    loaded: set[tuple[SaveKey, str]] = field(default_factory=set)
    in_use: set[str] = field(default_factory=set)
    most: int = 0

    @property
    def envs(self) -> Path:
        return self.stage.folder / ".crossload" / "envs"

    def present(self, one: Environment, *_: object) -> BuiltEnvironment | None:
        return runs.build(one) if (self.envs / one.id).is_dir() else None

    def build_all(self, environments: Sequence[Environment], *_: object) -> Iterator[BuildResult]:
        for one in environments:
            if self.present(one) is None:
                self.events.append(f"build {one.spec.name}")
                (self.envs / one.id).mkdir()
            self.most = max(self.most, len(list(self.envs.iterdir())))
            yield BuildResult(one, runs.build(one), 0.0, self.stage.folder / "log")

    def remove(self, _: object, environment_id: str, __: object) -> None:
        self.events.append(f"remove {environment_id[0]}")
        shutil.rmtree(self.envs / environment_id)

    def measure(self, tasks: Sequence[ProbeTask], sink: ProbeSink) -> None:
        """What the scheduler would do: everything that is not known and whose file is there."""
        for task in tasks:
            assert (self.envs / task.target.id).is_dir()
            for key in task.saves:
                if key not in self.saved:
                    self.saved[key] = stored(Home(self.stage.folder / ".crossload"), key.saver)
                    sink.saved(key, replace(SAVED, artifact=self.saved[key]))
        for task in tasks:
            for load in task.loads:
                where = (load.save, task.target.digest)
                if load.save in self.saved and where not in self.loaded:
                    self.loaded.add(where)
                    self.events.append(f"{load.cell.saver[0]}>{load.cell.loader[0]}")
                    tried = load.key(self.saved[load.save], task.target.digest)
                    sink.attempted(tried.attempt(Strategy.PLAIN), LOADED)

    def run(
        self, keep: int | None, jobs: int = 1, is_over: Callable[[], bool] | None = None
    ) -> int:
        request = replace(self.stage.request(*ALL), keep_bytes=keep, jobs=jobs)
        if is_over is not None:
            request = replace(request, is_over=is_over)
        return run(request, self.stage.ledger, self.stage.screen)


@pytest.fixture
def disk(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk(stage)
    damage(monkeypatch)
    stage.probes(made.measure)
    monkeypatch.setattr(workflow, "build_all", made.build_all)
    for module in (workflow, keeping):
        monkeypatch.setattr(module, "present", made.present)
    monkeypatch.setattr(keeping, "remove", made.remove)
    monkeypatch.setattr(keeping, "needed_mb", lambda _: 1000)
    monkeypatch.setattr(keeping, "folder_bytes", lambda _: GB)
    monkeypatch.setattr(keeping, "is_in_use", lambda prefix: prefix.name in made.in_use)
    return made


def test_environments_take_turns_and_adjacent_ones_meet_first(disk: Disk) -> None:
    run_id = disk.run(2 * GB)
    assert disk.events == [
        *("build a", "a>a"),
        *("build b", "a>b", "b>b"),
        *("b>a", "remove a", "build c", "a>c", "b>c", "c>c"),
        *("c>b", "remove b", "build d", "a>d", "b>d", "c>d", "d>d"),
        *("d>c", "remove d", "build b", "d>b"),
        *("remove c", "build a", "c>a", "d>a"),
    ]
    assert disk.most == 2
    assert len(disk.stage.ledger.snapshot(run_id).attempts) == 16
    assert disk.stage.state is RunState.FINISHED


def test_one_environment_at_a_time_is_enough(disk: Disk) -> None:
    run_id = disk.run(GB)
    assert disk.most == 1
    assert len(disk.stage.ledger.snapshot(run_id).attempts) == 16


def test_as_many_are_built_together_as_there_are_jobs(disk: Disk) -> None:
    run_id = disk.run(2 * GB, jobs=2)
    assert disk.events[:6] == ["build a", "build b", "a>a", "b>a", "a>b", "b>b"]
    assert disk.most == 2
    assert len(disk.stage.ledger.snapshot(run_id).attempts) == 16


def test_all_stay_if_there_is_room(disk: Disk) -> None:
    disk.run(4 * GB)
    assert [one for one in disk.events if one.startswith(("build", "remove"))] == [
        *("build a", "build b", "build c", "build d"),
    ]


def test_what_is_known_needs_no_environment(disk: Disk) -> None:
    disk.run(2 * GB)
    kept = sorted(path.name[0] for path in disk.envs.iterdir())
    disk.events.clear()
    run_id = disk.run(4 * GB)
    assert kept == ["a", "b"]
    assert not [one for one in disk.events if ">" in one or one.startswith("remove")]
    assert len(disk.stage.ledger.snapshot(run_id).attempts) == 16


def test_an_environment_in_use_is_never_removed(disk: Disk) -> None:
    disk.in_use = {A.id}
    run_id = disk.run(2 * GB)
    assert "remove a" not in disk.events
    assert disk.events.count("build a") == 1
    assert len(disk.stage.ledger.snapshot(run_id).attempts) == 16


def test_environments_of_another_home_are_never_removed(disk: Disk) -> None:
    theirs = disk.stage.folder / "theirs"
    disk.envs.rename(theirs)
    disk.envs.symlink_to(theirs)
    run_id = disk.run(2 * GB)
    assert not [one for one in disk.events if one.startswith("remove")]
    assert len(disk.stage.ledger.snapshot(run_id).attempts) == 16


def test_a_run_that_cannot_make_room_says_so_once(disk: Disk) -> None:
    disk.in_use = {one.id for one in ALL}
    disk.run(2 * GB)
    told = [one for one in disk.stage.screen.lines if one.startswith("keeping more")]
    assert told == [
        f"keeping more than the limit for {C.id}: nothing else can be removed",
    ]


def test_an_environment_that_comes_into_use_meanwhile_stays(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def is_in_use(prefix: Path) -> bool:
        asked.append(prefix.name)
        return asked.count(A.id) > 1 and prefix.name == A.id

    monkeypatch.setattr(keeping, "is_in_use", is_in_use)
    disk.run(2 * GB)
    assert f"{A.id} stays: a process uses it" in disk.stage.screen.lines
    assert (disk.envs / A.id).is_dir()


def test_a_run_whose_time_is_up_is_interrupted_and_continued(disk: Disk) -> None:
    disk.run(2 * GB, is_over=lambda: len(disk.loaded) > 5)
    assert len(disk.loaded) < 16
    run_id = disk.run(2 * GB)
    states = [one.state for one in disk.stage.ledger.runs()]
    assert states == [RunState.INTERRUPTED, RunState.FINISHED]
    assert len(disk.stage.ledger.snapshot(run_id).attempts) == 16


def test_without_a_usable_environment_it_fails(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    def build_all(environments: Sequence[Environment], *_: object) -> Iterator[BuildResult]:
        for one in environments:
            yield BuildResult(one, MISSING, 0.0, disk.stage.folder / "log")

    monkeypatch.setattr(workflow, "build_all", build_all)
    with pytest.raises(EnvironmentsError, match="no environment of this plan could be used"):
        disk.run(2 * GB)
    assert disk.stage.state is RunState.FAILED
