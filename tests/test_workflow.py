"""The steps of a run, with builds and probes that only pretend; the ledger is a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from crossload.runner import workflow
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments import recalling
from crossload.runner.environments.building import BuildResult, Outcome
from crossload.runner.environments.integrity import Damage
from crossload.runner.environments.marker import environment_digest
from crossload.runner.environments.model import BuiltEnvironment, Environment, Lock
from crossload.runner.environments.project import Project
from crossload.runner.environments.record import environment_record
from crossload.runner.errors import EnvironmentsError, ExitCode
from crossload.runner.home import Home
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.probing.rounds import Round
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.tasks import Known, ProbeListener, ProbeSink, ProbeSummary, ProbeTask
from crossload.runner.records import AttemptKey, EnvironmentProblem, SubjectRecord, Tolerances
from crossload.runner.request import RunRequest, limits_of
from crossload.runner.words import (
    EnvironmentCause,
    EnvironmentState,
    RunKind,
    Strategy,
    SubjectTask,
)
from crossload.runner.workflow import run
from tests import runs
from tests.checking.examples import TF26, subject
from tests.runs import LOADED, MISSING, SAVED, A, B, C


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


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    Home(tmp_path / ".crossload").prepare()
    with Ledger.open(tmp_path / ".crossload" / "ledger.sqlite") as ledger:
        made = Stage(tmp_path, ledger, monkeypatch)
        made.builds((A, runs.build(A)), (B, runs.build(B)))
        made.probes(lambda *_: None)
        yield made


def measure_everything(tasks: Sequence[ProbeTask], sink: ProbeSink) -> None:
    """Every save gives a file of its own; every load agrees."""
    artifacts = {}
    for number, key in enumerate(key for task in tasks for key in task.saves):
        artifacts[key] = f"{number:064x}"
        sink.saved(key, replace(SAVED, artifact=artifacts[key]))
    for task in tasks:
        for load in task.loads:
            attempt = AttemptKey(
                artifacts[load.save],
                task.target.digest,
                Strategy.PLAIN,
                load.save.probe,
                load.save.options,
            )
            sink.attempted(attempt, LOADED)


def test_a_run_that_ends_is_finished_and_has_all_its_cells(stage: Stage) -> None:
    stage.probes(measure_everything)
    run_id = stage.run()
    snapshot = stage.ledger.snapshot(run_id)
    assert stage.state is RunState.FINISHED
    assert (len(snapshot.saves), len(snapshot.attempts), len(snapshot.cells)) == (2, 4, 4)


def test_a_run_whose_time_is_over_is_interrupted_and_says_how_to_go_on(stage: Stage) -> None:
    run(replace(stage.request(), is_over=lambda: True), stage.ledger, stage.screen)
    assert stage.state is RunState.INTERRUPTED
    assert stage.screen.lines[-1] == ("the time is up; the same command continues from here")


def test_events_are_reported_in_order(stage: Stage) -> None:
    stage.run()
    assert stage.screen.lines == [
        "environments: 2",
        f"{A.id} ready: tensorflow 2.15.1, keras 2.15.0",
        "+1",
        f"{B.id} ready: tensorflow 2.15.1, keras 2.15.0",
        "+1",
        "saves and loads: 6",
    ]


def test_probes_get_the_limits_and_tolerances_of_the_matrix(stage: Stage) -> None:
    stage.run()
    (settings,) = stage.seen
    assert settings.limits == runs.matrix().limits.to_limits()
    given = runs.matrix().tolerances
    assert settings.tolerances == Tolerances(given.relative, given.noise_factor, given.ceiling)
    assert settings.sandbox is None  # the best there is


def test_the_sandbox_can_be_refused(stage: Stage) -> None:
    run(replace(stage.request(), sandboxed=False), stage.ledger, stage.screen)
    (settings,) = stage.seen
    assert settings.sandbox is not None
    assert not settings.sandbox.contained


def test_environments_are_recorded_in_matrix_order_however_they_end(stage: Stage) -> None:
    stage.builds((C, runs.build(C)), (B, MISSING), (A, runs.build(A)))
    run_id = stage.run(A, B, C)
    recorded = stage.ledger.snapshot(run_id).environments
    assert [one.id for one in recorded] == [A.id, B.id, C.id]
    assert [one.problem for one in recorded] == [None, MISSING, None]
    assert recorded[0].versions == (("tensorflow", "2.15.1"), ("keras", "2.15.0"))
    assert [one.digest for one in recorded] == ["digest of a", "", "digest of c"]


def test_without_any_environment_the_run_failed_and_still_says_why(stage: Stage) -> None:
    stage.builds((B, MISSING), (A, MISSING))
    with pytest.raises(EnvironmentsError) as caught:
        stage.run()
    assert str(caught.value) == "no environment of this plan could be used"
    assert caught.value.exit_code is ExitCode.ENVIRONMENTS
    assert stage.state is RunState.FAILED
    assert [one.id for one in stage.ledger.snapshot().environments] == [A.id, B.id]


def test_one_usable_environment_is_enough(stage: Stage) -> None:
    stage.builds((A, MISSING), (B, runs.build(B)))
    stage.probes(measure_everything)
    snapshot = stage.ledger.snapshot(stage.run())
    assert [str(cell) for cell in snapshot.attempts] == [f"{B.id}/dense.h5/{B.id}"]
    assert stage.state is RunState.FINISHED


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143)], ids=["ctrl-c", "term"])
def test_an_interruption_while_building_keeps_what_was_built(
    stage: Stage, error: BaseException
) -> None:
    stage.builds((B, runs.build(B)), then=error)
    with pytest.raises(type(error)):
        stage.run()
    assert stage.state is RunState.INTERRUPTED
    assert [one.id for one in stage.ledger.snapshot().environments] == [B.id]


def test_an_interruption_between_two_builds_ends_the_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stage.screen, "environment", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        stage.run()
    # The traceback still holds the loop: waiting for the collector would be too late.
    assert caught.tb is not None
    assert stage.builds_ended


def test_an_interruption_while_measuring_keeps_what_was_measured(stage: Stage) -> None:
    def interrupted(tasks: Sequence[ProbeTask], sink: ProbeSink) -> None:
        sink.saved(tasks[0].saves[0], SAVED)
        raise SystemExit(143)

    stage.probes(interrupted)
    with pytest.raises(SystemExit):
        stage.run()
    assert stage.state is RunState.INTERRUPTED
    assert len(stage.ledger.snapshot().saves) == 1


def test_a_mistake_of_the_program_fails_the_run_and_passes(stage: Stage) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a mistake")

    stage.probes(broken)
    with pytest.raises(RuntimeError, match="a mistake"):
        stage.run()
    assert stage.state is RunState.FAILED


def test_an_environment_that_a_probe_gives_up_is_recorded_with_its_problem(stage: Stage) -> None:
    problem = EnvironmentProblem(
        EnvironmentState.UNAVAILABLE, EnvironmentCause.PROBE_FAILED, "its probe does not start"
    )
    stage.probes(lambda _, sink: sink.unusable(A.id, problem))
    snapshot = stage.ledger.snapshot(stage.run())
    assert [one.problem for one in snapshot.environments] == [problem, None]
    assert f"{A.id} unavailable: its probe does not start" in stage.screen.lines
    assert stage.state is RunState.FINISHED


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


def test_the_next_run_measures_nothing_again(stage: Stage) -> None:
    measure_once(stage)
    run_id = stage.run()
    assert stage.screen.lines[-2:] == [
        "saves and loads: 0",
        "everything is known already; nothing to measure",
    ]
    assert len(stage.ledger.snapshot(run_id).attempts) == 4


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


def test_a_damaged_environment_is_named_and_built_again_before_it_is_used(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(monkeypatch, A.id)
    stage.run()
    lines = stage.screen.lines
    what = "keras/__init__.py of keras-2.15.0 is missing"
    told = lines.index(f"{A.id} has been damaged since it was built: {what}")
    ready = [at for at, line in enumerate(lines) if line.startswith(f"{A.id} ready")]
    assert len(ready) == 2
    assert ready[0] < told < ready[1]
    assert [one for one in lines if one.startswith("environments:")] == ["environments: 2"]
    assert len([one for one in lines if one.startswith(f"{B.id} ready")]) == 1
    assert len(stage.seen) == 1
    assert stage.state is RunState.FINISHED


def test_an_environment_that_is_not_used_is_not_checked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = damage(monkeypatch)
    stage.run()
    assert set(asked) == {A.id, B.id}
    measure_once(stage)
    asked.clear()
    stage.run()
    assert asked == []


def test_files_that_were_deleted_are_saved_again(stage: Stage) -> None:
    stage.probes(measure_everything)
    stage.run()
    stage.screen.lines.clear()
    stage.probes(lambda *_: None)
    stage.run()
    assert stage.screen.lines[-1] == "saves and loads: 6"


def test_a_run_that_follows_goes_on_with_the_same_workers(stage: Stage) -> None:
    stage.probes(measure_everything)
    asked: list[int] = []

    def following(run_id: int) -> RunRequest | None:
        asked.append(run_id)
        assert stage.ledger.snapshot(run_id).saves
        return stage.request(A) if len(asked) == 1 else None

    last = run(stage.request(), stage.ledger, stage.screen, following)
    assert asked == [last - 1, last]
    assert [one.state for one in stage.ledger.runs()] == [RunState.FINISHED] * 2
    assert [one.id for one in stage.ledger.snapshot(last).environments] == [A.id]
    assert stage.screen.lines.count("environments: 2") == 1
    assert not any(line == "environments: 1" for line in stage.screen.lines)


def test_a_following_run_that_builds_something_starts_new_workers(stage: Stage) -> None:
    stage.builds((A, runs.build(A)), (B, runs.build(B)), (C, runs.build(C)))
    more = [stage.request(A, C)]
    last = run(stage.request(A), stage.ledger, stage.screen, lambda _: more.pop() if more else None)
    assert [one.id for one in stage.ledger.snapshot(last).environments] == [A.id, C.id]
    assert stage.screen.lines.count("environments: 2") == 1


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Environment], BuiltEnvironment]:
    """Give every environment a lock; makes what is built from that of an environment."""
    lock = Lock(Path("lock.txt"), "digest of the lock", "", ())
    monkeypatch.setattr(recalling, "find_lock", lambda *_: lock)

    def build(one: Environment) -> BuiltEnvironment:
        return runs.build(one, environment_digest(one, lock))

    return build


def only(environment: Environment, name: str) -> Environment:
    """One whose identity is its own although all share a lock."""
    spec = environment.spec.model_copy(update={"variables": {"NAME": name}})
    return replace(environment, spec=spec)


def test_what_is_known_needs_no_environment(
    stage: Stage, locked: Callable[[Environment], BuiltEnvironment]
) -> None:
    first, second = only(A, "a"), only(B, "b")
    stage.builds((first, locked(first)), (second, locked(second)))
    measure_once(stage, first, second)
    before = stage.ledger.snapshot()
    stage.builds(then=AssertionError("nothing is to be built"))
    stage.run(first, second)
    after = stage.ledger.snapshot()
    assert stage.screen.lines == [
        "saves and loads: 0", "everything is known already; nothing to measure",
    ]  # fmt: skip
    assert after.environments == before.environments
    assert (after.saves, after.attempts) == (before.saves, before.attempts)


def test_only_environments_of_unsettled_cells_are_built(
    stage: Stage, locked: Callable[[Environment], BuiltEnvironment]
) -> None:
    first, second, third = only(A, "a"), only(B, "b"), only(C, "c")
    stage.builds((first, locked(first)), (second, locked(second)))
    measure_once(stage, first, second)
    built: list[str] = []

    def build_all(environments: Sequence[Environment], *_: object) -> Iterator[BuildResult]:
        built.extend(one.id for one in environments)
        return (BuildResult(one, locked(one), 0.0, Path("log")) for one in environments)

    stage.monkeypatch.setattr(workflow, "build_all", build_all)
    stage.run(first)
    assert built == []
    request = stage.request(first, second, third)
    cells = [cell for cell in request.plan.cells if second.id in {cell.saver, cell.loader}]
    plan = replace(request.plan, cells=tuple(cells), saves=request.plan.saves[1:2])
    run(replace(request, plan=plan), stage.ledger, stage.screen)
    assert built[0] == third.id
    assert set(built[1:]) == {second.id, third.id}


def test_a_run_keeps_its_kind_and_the_models_that_a_user_gave(stage: Stage) -> None:
    mine = replace(subject(), path=Path("models/mine.h5"), given=(("inputs", "x.npz"),))
    plain = stage.request(A)
    plan = replace(plain.plan, subjects=(mine,))
    run(replace(plain, plan=plan, kind=RunKind.CHECK), stage.ledger, stage.screen)
    start = stage.ledger.runs()[-1].start
    assert start.kind is RunKind.CHECK
    assert start.subjects == (
        SubjectRecord("mine", "models/mine.h5", SubjectTask.ADOPT, (("inputs", "x.npz"),)),
    )


def test_a_big_user_model_gets_room_and_time(stage: Stage) -> None:
    big = replace(subject(), bytes=50_000_000)
    huge = replace(subject("huge"), bytes=5_000_000_000)
    given = runs.matrix().limits.to_limits()
    request = stage.request()
    found = limits_of(replace(request, plan=replace(request.plan, subjects=(big,))))
    assert found.cpu_seconds == given.cpu_seconds + 50
    assert (found.memory_mb, found.scratch_mb) == (given.memory_mb + 400, given.scratch_mb + 200)
    found = limits_of(replace(request, plan=replace(request.plan, subjects=(big, huge))))
    assert found.wall_seconds == given.wall_seconds + 600
    assert limits_of(request) == given


@pytest.mark.parametrize(
    ("variables", "versions", "more"),
    [
        (
            {"TF_USE_LEGACY_KERAS": "1"},
            {"keras": "3.1.1", "tf_keras": "2.16.0"},
            {"keras_in_use": "2.16.0"},
        ),
        ({"TF_USE_LEGACY_KERAS": "true"}, {"tf_keras": "2.16.0"}, {"keras_in_use": "2.16.0"}),
        ({"TF_USE_LEGACY_KERAS": "0"}, {"keras": "3.1.1", "tf_keras": "2.16.0"}, {}),
        ({}, {"keras": "3.1.1", "tf_keras": "2.16.0"}, {}),
        ({"TF_USE_LEGACY_KERAS": "1"}, {"keras": "3.1.1"}, {}),
    ],
)
def test_a_variable_decides_which_keras_is_in_use(
    variables: dict[str, str], versions: dict[str, str], more: dict[str, str]
) -> None:
    spec = EnvironmentSpec(name="both", tensorflow="2.16.1", python="3.12", variables=variables)
    environment = replace(TF26, spec=spec)
    where = (Path("/prefix"), Path("/python"), Path("/base"))
    built = BuiltEnvironment(environment, "digest", *where, tuple(versions.items()), 1.0)
    assert dict(environment_record(environment, built).versions) == {**versions, **more}
