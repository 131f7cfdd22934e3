"""What connects probing with the ledger: keys, tasks, what is known, where results go."""

from __future__ import annotations

import os
import socket
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.bridge import (
    KeyMaker,
    LedgerKnown,
    LedgerSink,
    Settling,
    probe_tasks,
    target_of,
    unsettled_units,
)
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.record import environment_record
from crossload.runner.ledger import Ledger, RunStart
from crossload.runner.models.traits import ModelTraits
from crossload.runner.plan import Plan, PlannedSave
from crossload.runner.probing.backlog import Backlog
from crossload.runner.probing.material import Material
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.tasks import ProbeTask
from crossload.runner.records import (
    AttemptKey,
    AttemptOutcome,
    Cell,
    EnvironmentProblem,
    JobReport,
    Limits,
    LoadKey,
    ProbeDigests,
    SaveKey,
    Tolerances,
)
from crossload.runner.words import Format, JobStatus, Strategy
from tests import runs
from tests.runs import ARTIFACT, LOADED, MISSING, SAVED, A, B, C

LIMITS = Limits()
PROBE = ProbeDigests("saving", "loading", "translating")
SAVE_A = SaveKey("digest of a", "dense", Format.H5, "saving", "options")
CHANGED = ProbeDigests("changed", "changed", "changed")
LOAD = LoadKey(ARTIFACT, "digest of b", PROBE, "options")
SAVE_B = replace(SAVE_A, saver="digest of b")
IS_SETTLED = Settling({"dense": Material(ModelTraits("dense"))}, Tolerances().relative)


def keys(*environments: Environment, probe: ProbeDigests = PROBE) -> KeyMaker:
    return KeyMaker(
        {one.id: runs.build(one) for one in environments},
        defaultdict(lambda: probe),
        "options",
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


def begin(ledger: Ledger, plan: Plan) -> int:
    start = RunStart(
        command="crossload run",
        profile=plan.profile,
        started=datetime.now(timezone.utc),
        host=socket.gethostname(),
        pid=os.getpid(),
        crossload="0",
        tolerances=Tolerances(),
        limits=LIMITS,
    )
    run_id = ledger.begin_run(start)
    ledger.plan_cells(run_id, plan.cells)
    for one in plan.environments:
        ledger.record_environment(run_id, environment_record(one, runs.build(one)))
    return run_id


def attempt(artifact: str, loader: str) -> AttemptKey:
    return AttemptKey(artifact, loader, Strategy.PLAIN, "loading", "options")


def known_of(ledger: Ledger, tasks: tuple[ProbeTask, ...], *, stored: bool = True) -> LedgerKnown:
    run_id = begin(ledger, runs.plan())
    return LedgerKnown(ledger, run_id, tasks, LIMITS, lambda _: stored, IS_SETTLED)


def test_a_save_belongs_to_the_digest_of_its_saver() -> None:
    assert keys(A, B).save(PlannedSave(A.id, "dense", Format.H5)) == SAVE_A
    assert keys(A, B).save_of(Cell(A.id, "dense", Format.H5, B.id)) == SAVE_A


def test_a_load_belongs_to_the_file_and_the_digest_of_its_loader() -> None:
    task = keys(A, B).task(Cell(A.id, "dense", Format.H5, B.id))
    assert task.save == SAVE_A
    assert task.key(ARTIFACT, "digest of b") == LOAD


def test_only_what_may_call_the_translator_depends_on_it() -> None:
    translating = {one for one in Strategy if LOAD.attempt(one).probe == "translating"}
    assert translating == {Strategy.TRANSLATED, Strategy.REBUILD_WEIGHTS}
    assert LOAD.attempt(Strategy.PLAIN) == attempt(ARTIFACT, "digest of b")


def test_every_environment_saves_its_own_and_loads_from_all() -> None:
    first, second = probe_tasks(runs.plan(), keys(A, B))
    assert (first.target.id, second.target.id) == (A.id, B.id)
    assert first.saves == (SAVE_A,)
    assert second.saves == (SAVE_B,)
    assert [str(load.cell) for load in second.loads] == [
        f"{A.id}/dense.h5/{B.id}",
        f"{B.id}/dense.h5/{B.id}",
    ]
    assert [load.save for load in second.loads] == [SAVE_A, SAVE_B]


def test_a_probe_knows_how_its_environment_uses_keras() -> None:
    target = probe_tasks(runs.plan(), keys(A, B))[0].target
    assert (target.api, target.backend) == ("tf.keras", "tensorflow")
    assert dict(target.variables)["KERAS_BACKEND"] == "tensorflow"


def unsettled(tasks: Iterable[ProbeTask], known: LedgerKnown) -> int:
    return sum(unsettled_units(one, known, IS_SETTLED) for one in tasks)


def test_tasks_come_in_the_order_of_the_matrix() -> None:
    made = probe_tasks(runs.plan((A, B, C)), keys(C, A, B))
    assert [task.target.id for task in made] == [A.id, B.id, C.id]


def test_cells_without_both_environments_are_not_tasks() -> None:
    first, second = probe_tasks(runs.plan((A, B, C)), keys(A, C))
    cells = {str(load.cell) for task in (first, second) for load in task.loads}
    assert cells == {
        f"{saver}/dense.h5/{loader}" for saver in (A.id, C.id) for loader in (A.id, C.id)
    }


def test_an_empty_ledger_knows_nothing(ledger: Ledger) -> None:
    tasks = probe_tasks(runs.plan(), keys(A, B))
    known = known_of(ledger, tasks)
    assert known.saved(SAVE_A) is None
    assert known.attempts(LOAD) == ()
    assert unsettled(tasks, known) == 2 + 4


def test_what_one_run_recorded_the_next_one_knows(ledger: Ledger) -> None:
    tasks = probe_tasks(runs.plan(), keys(A, B))
    sink = LedgerSink(ledger, begin(ledger, runs.plan()), lambda *_: None)
    sink.saved(SAVE_A, SAVED)
    sink.attempted(attempt(ARTIFACT, "digest of b"), LOADED)
    known = known_of(ledger, tasks)
    saved = known.saved(SAVE_A)
    assert saved is not None
    assert saved.artifact == ARTIFACT
    (tried,) = known.attempts(LOAD)
    assert tried.strategy is Strategy.PLAIN
    assert tried.outcome.checks == LOADED.checks
    # Left: the save of b, a's own reload, and two loads of b's file.
    assert unsettled(tasks, known) == 1 + 1 + 2


def test_a_run_that_adopts_results_shows_them_as_its_own(ledger: Ledger) -> None:
    tasks = probe_tasks(runs.plan(), keys(A, B))
    sink = LedgerSink(ledger, begin(ledger, runs.plan()), lambda *_: None)
    sink.saved(SAVE_A, SAVED)
    sink.attempted(attempt(ARTIFACT, "digest of b"), LOADED)
    known_of(ledger, tasks)
    snapshot = ledger.snapshot()
    assert len(snapshot.saves) == 1
    assert [str(cell) for cell in snapshot.attempts] == [f"{A.id}/dense.h5/{B.id}"]


def test_a_save_whose_file_is_gone_is_forgotten_where_a_load_of_it_is_missing(
    ledger: Ledger,
) -> None:
    tasks = probe_tasks(runs.plan(), keys(A, B))
    sink = LedgerSink(ledger, begin(ledger, runs.plan()), lambda *_: None)
    sink.saved(SAVE_A, SAVED)
    sink.attempted(attempt(ARTIFACT, "digest of a"), LOADED)
    assert known_of(ledger, tasks, stored=False).saved(SAVE_A) is None
    assert known_of(ledger, tasks, stored=True).saved(SAVE_A) is None


def test_a_file_that_is_gone_is_not_saved_again_where_all_loads_of_it_are_known(
    ledger: Ledger,
) -> None:
    tasks = probe_tasks(runs.plan(), keys(A, B))
    sink = LedgerSink(ledger, begin(ledger, runs.plan()), lambda *_: None)
    sink.saved(SAVE_A, SAVED)
    for loader in ("digest of a", "digest of b"):
        sink.attempted(attempt(ARTIFACT, loader), LOADED)
    known = known_of(ledger, tasks, stored=False)
    saved = known.saved(SAVE_A)
    assert saved is not None
    assert saved.artifact == ARTIFACT
    assert unsettled(tasks, known) == 1 + 2  # the save of b and its two loads
    cells = {str(cell) for cell in ledger.snapshot().attempts}
    assert cells == {f"{A.id}/dense.h5/{one.id}" for one in (A, B)}


def test_a_file_saved_again_with_the_same_bytes_is_not_loaded_again(
    ledger: Ledger, tmp_path: Path
) -> None:
    tasks = probe_tasks(runs.plan(), keys(A, B))
    sink = LedgerSink(ledger, begin(ledger, runs.plan()), lambda *_: None)
    sink.saved(SAVE_A, SAVED)
    sink.attempted(attempt(ARTIFACT, "digest of b"), LOADED)
    # The results came from elsewhere, without the files.
    known = known_of(ledger, tasks, stored=False)
    settings = ProbeSettings(
        probes=tmp_path,
        artifacts=tmp_path / "artifacts",
        scratch=tmp_path,
        limits=LIMITS,
        materials={"dense": Material(ModelTraits("dense"))},
    )
    backlog = Backlog(tasks, known, ArtifactStore(tmp_path / "artifacts"), settings)
    own, other = backlog.queues
    backlog.saved(SAVE_A, SAVED)
    assert [str(one) for one in own.urgent] == [f"plain {A.id}/dense.h5/{A.id}"]
    assert not other.urgent
    assert not other.loads
    assert [str(cell) for cell in ledger.snapshot().attempts] == [f"{A.id}/dense.h5/{B.id}"]


def test_a_refused_save_has_no_file_that_could_be_gone(ledger: Ledger) -> None:
    tasks = probe_tasks(runs.plan(), keys(A, B))
    refused = runs.spoilt(SAVED, JobStatus.REFUSED)
    LedgerSink(ledger, begin(ledger, runs.plan()), lambda *_: None).saved(SAVE_A, refused)
    known = known_of(ledger, tasks, stored=False)
    assert known.saved(SAVE_A) == refused
    assert unsettled(tasks, known) == 1 + 2  # what a could not save, nobody loads


def test_other_probes_know_nothing_of_it(ledger: Ledger) -> None:
    LedgerSink(ledger, begin(ledger, runs.plan()), lambda *_: None).saved(SAVE_A, SAVED)
    changed = probe_tasks(runs.plan(), keys(A, B, probe=CHANGED))
    assert unsettled(changed, known_of(ledger, changed)) == 6


def test_a_cell_of_which_one_attempt_is_to_be_repeated_is_unsettled(ledger: Ledger) -> None:
    sink = LedgerSink(ledger, begin(ledger, runs.plan()), lambda *_: None)
    sink.saved(SAVE_A, SAVED)
    refused = AttemptOutcome(JobReport(JobStatus.REFUSED))
    plain = attempt(ARTIFACT, "digest of b")
    sink.attempted(plain, refused)
    sink.attempted(replace(plain, strategy=Strategy.TRANSLATED, probe="translating"), LOADED)
    tasks = probe_tasks(runs.plan(), keys(A, B))
    before = unsettled(tasks, known_of(ledger, tasks))
    newer = keys(A, B, probe=replace(PROBE, translating="a newer translator"))
    tasks = probe_tasks(runs.plan(), newer)
    assert unsettled(tasks, known_of(ledger, tasks)) == before + 1


def test_news_of_an_unusable_environment_go_to_the_caller(ledger: Ledger) -> None:
    heard: list[tuple[str, EnvironmentProblem]] = []
    sink = LedgerSink(ledger, 1, lambda *news: heard.append(news))
    sink.unusable(A.id, MISSING)
    assert heard == [(A.id, MISSING)]


BOTH = (("keras", "3.6.0"), ("tf_keras", "2.18.0"))


@pytest.mark.parametrize(
    ("options", "versions", "legacy"),
    [
        ({}, BOTH, True),
        ({}, BOTH[:1], False),
        ({"api": "keras", "keras": "3.6.0"}, BOTH, True),
        ({"api": "tf_keras", "tf_keras": "2.18.0"}, BOTH, False),
        ({"variables": {"TF_USE_LEGACY_KERAS": "1"}}, BOTH, False),
        ({"variables": {"TF_USE_LEGACY_KERAS": "0"}}, BOTH, True),
    ],
    ids=["beside", "absent", "beside-standalone", "in-use", "in-use-by-variable", "not-in-use"],
)
def test_tf_keras_is_an_alternative_only_alongside_another_keras(
    options: dict[str, object], versions: tuple[tuple[str, str], ...], *, legacy: bool
) -> None:
    form = {"name": "a", "tensorflow": "2.18.0", "python": "3.12", **options}
    spec = EnvironmentSpec.model_validate(form)
    environment = Environment(id="a-py3.12", spec=spec, python="3.12", interpreter=None)
    built = BuiltEnvironment(
        environment, "digest", Path("env"), Path("env/python"), Path("base"), versions, 1.0
    )
    assert target_of(built).legacy is legacy
