"""What runs when, what is never run twice, and how a run ends: well, given up, cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from dataclasses import replace

import psutil
import pytest

from crossload.runner.errors import StorageError
from crossload.runner.probing.rounds import Round
from crossload.runner.probing.schedule import run_probes
from crossload.runner.probing.tasks import ProbeSummary
from crossload.runner.words import EnvironmentCause, EnvironmentState, JobStatus, Strategy
from tests.probing.bench import Bench, MemorySink


def test_a_saver_loads_its_own_file_before_it_saves_the_next(bench: Bench) -> None:
    bench.run(bench.task("a", ["one", "two"], ["a/one", "a/two"]))
    assert bench.ledger.order[0] == "a:save one"
    assert sorted(bench.ledger.order[1:]) == ["a:plain", "a:plain", "a:save two"]


def test_a_load_in_another_environment_starts_as_soon_as_its_file_is_there(bench: Bench) -> None:
    # Enough of them to give the other environment the time to start on a busy machine.
    saves = [f"slow.{number}" for number in range(30)]
    bench.run(bench.task("a", saves), bench.task("b", (), ["a/slow.0"]), jobs=2)
    lines = bench.diary.lines
    assert lines.index("b < plain a/slow.0.h5/b: done") < lines.index("a > save slow.29.h5")


def test_the_next_job_is_out_before_the_last_one_is_recorded(bench: Bench) -> None:
    bench.run(bench.task("a", ["one", "two"]))
    lines = bench.diary.lines
    assert lines.index("a > save two.h5") < lines.index("a < save one.h5: done")


def test_one_strategy_of_each_kind_is_tried_until_its_outputs_agree(bench: Bench) -> None:
    bench.run(bench.task("a", ["one"], ["a/one"], FAKE_AGREES="no-compile"))
    tried = [key.strategy for key in bench.ledger.tries]
    assert tried == [Strategy.PLAIN, Strategy.NO_COMPILE, Strategy.TRANSLATED]


def test_a_crash_of_one_strategy_does_not_keep_the_next_from_being_tried(bench: Bench) -> None:
    bench.run(bench.task("a", ["load-segv"], ["a/load-segv"], FAKE_AGREES="translated"))
    ended = [
        (str(key.strategy), outcome.report.status) for key, outcome in bench.ledger.tries.items()
    ]
    assert ended == [
        ("plain", JobStatus.CRASHED),
        ("no-compile", JobStatus.DONE),
        ("translated", JobStatus.DONE),
    ]


def test_a_crash_that_the_worker_outlives_needs_no_other_worker(bench: Bench) -> None:
    summary = bench.run(bench.task("a", ["one", "told", "two"]))
    outcomes = bench.ledger.by_model()
    assert (outcomes["told"].report.status, outcomes["told"].report.detail) == (
        JobStatus.CRASHED,
        "killed by SIGSEGV",
    )
    assert outcomes["two"].report.status is JobStatus.DONE
    assert (summary.saves, summary.workers_started) == (3, 1)


def test_a_crash_that_does_not_happen_again_is_not_recorded(bench: Bench) -> None:
    summary = bench.run(bench.task("a", ["passes"]))
    assert bench.ledger.by_model()["passes"].report.status is JobStatus.DONE
    assert (summary.saves, summary.workers_started) == (1, 1)


def test_nothing_is_loaded_of_what_could_not_be_saved(bench: Bench) -> None:
    summary = bench.run(bench.task("a", ["refused"], ["a/refused"]))
    assert (summary.saves, summary.attempts) == (1, 0)
    assert bench.ledger.tries == {}


def test_when_everything_is_known_no_worker_is_started(bench: Bench) -> None:
    tasks = (bench.task("a", ["one", "refused"], ["a/one", "a/refused"]),)
    bench.run(*tasks)
    bench.diary.lines.clear()
    assert bench.run(*tasks) == ProbeSummary()
    assert bench.diary.lines == []


def test_only_what_is_missing_is_done(bench: Bench) -> None:
    bench.run(bench.task("a", ["one", "two"], ["a/one"]))
    del bench.ledger.saves[bench.key("two")]
    bench.ledger.order.clear()
    bench.run(bench.task("a", ["one", "two"], ["a/one"]), bench.task("b", (), ["a/one"]))
    assert sorted(bench.ledger.order) == ["a:save two", "b:plain"]


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_damaged_artifact_is_saved_again_when_it_is_needed(bench: Bench, harm: str) -> None:
    bench.run(bench.task("a", ["one"], ["a/one"]))
    artifact = bench.ledger.by_model()["one"].artifact
    assert artifact is not None
    stored = bench.folder / "artifacts" / artifact
    if harm == "gone":
        shutil.rmtree(stored)
    else:
        (stored / "payload" / "model.h5").write_text("modem one")
    bench.ledger.order.clear()
    bench.run(bench.task("a", ["one"], ["a/one"]), bench.task("b", (), ["a/one"]))
    assert bench.ledger.order == ["a:save one", "b:plain"]
    assert (stored / "payload" / "model.h5").read_text() == "model one"


def test_two_environments_with_one_digest_share_their_work(bench: Bench) -> None:
    first = bench.task("a", ["one"], ["a/one"])
    twin = replace(first, target=replace(first.target, id="twin"))
    summary = bench.run(first, twin)
    assert (summary.saves, summary.attempts) == (1, 1)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("failed", "import failed with ImportError: no numpy here"),
        ("exit", "ended with exit status 5 before its greeting"),
        ("babble", "bad greeting: line: invalid json: expected value at line 1 column 1"),
    ],
)
def test_an_environment_that_does_not_start_is_given_up(
    any_bench: Bench, how: str, message: str
) -> None:
    bench = any_bench
    broken = bench.task("a", ["one", "two"], ["a/one"], FAKE_START=how)
    summary = bench.run(broken, bench.task("b", ["one"], ["a/one", "b/one"]))
    assert bench.diary.lines.count(f"a failed: {message}") == 3
    problem = bench.ledger.problems["a"]
    assert problem.message == f"the probe does not start in 'a': {message}"
    assert (problem.state, problem.cause) == (
        EnvironmentState.UNAVAILABLE,
        EnvironmentCause.PROBE_FAILED,
    )
    assert ("about to leave" in problem.log_tail) == (how == "exit")
    assert summary.given_up == ("a",)
    assert summary.unsettled == 4
    assert sorted(bench.ledger.order) == ["b:plain", "b:save one"]


def test_a_worker_that_never_greets_is_killed_in_time(bench: Bench) -> None:
    bench.start_seconds = 0.2
    bench.run(bench.task("a", ["one"], FAKE_START="hang"))
    assert "no greeting within 0.2 s" in bench.ledger.problems["a"].message


def test_a_missing_interpreter_is_a_problem_of_that_environment(any_bench: Bench) -> None:
    task = any_bench.task("a", ["one"])
    target = replace(task.target, python=any_bench.folder / "no" / "python")
    any_bench.run(replace(task, target=target))
    assert "no/python" in any_bench.ledger.problems["a"].log_tail


def test_idle_workers_make_room_when_memory_is_short(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [bench.task(name, ["one", "two"], ["a/one"]) for name in "abc"]
    bench.memory_budget_mb = 30
    counts = []

    def count(environment: str, job: str) -> None:
        del environment, job
        mine = psutil.Process().children()
        counts.append(sum(child.status() != psutil.STATUS_ZOMBIE for child in mine))

    monkeypatch.setattr(bench.diary, "job_started", count)
    bench.run(*tasks)
    assert len(bench.ledger.saves) == 6
    assert len(bench.ledger.tries) == 3
    assert max(counts) <= 2  # one at work, and at most one on its way out


def test_a_full_disk_ends_the_run_with_a_clear_error(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("crossload.runner.artifacts.store._copy_bundle", full)
    with pytest.raises(StorageError, match=r"cannot write to the artifact store .*No space left"):
        bench.run(bench.task("a", ["one"]))
    assert bench.ledger.saves == {}
    assert psutil.Process().children() == []


def test_cancelling_kills_all_workers_and_records_nothing_more(any_bench: Bench) -> None:
    bench = any_bench
    tasks = [bench.task(name, ["one", "hang", "two"]) for name in ("a", "b")]

    async def cancel_when_busy() -> None:
        running = asyncio.ensure_future(bench.run_async(tasks, jobs=2))
        while sum("> save hang" in line for line in bench.diary.lines) < 2:  # noqa: ASYNC110 - a diary has no event
            await asyncio.sleep(0.01)
        while len(bench.ledger.order) < 2:  # noqa: ASYNC110 - what came before is written meanwhile
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    asyncio.run(cancel_when_busy())
    assert psutil.Process().children() == []
    assert sorted(bench.ledger.order) == ["a:save one", "b:save one"]
    assert list((bench.folder / "scratch").iterdir()) == []


def test_what_a_killed_run_left_is_cleared(bench: Bench) -> None:
    dead = bench.folder / "scratch" / "probing-999999999-abcd"
    (dead / "0-1").mkdir(parents=True)
    bench.run(bench.task("a", ["one"]))
    assert list((bench.folder / "scratch").iterdir()) == []


def test_workers_go_on_into_the_rounds_that_follow(bench: Bench) -> None:
    first = (bench.task("a", ["one"], ["a/one"]), bench.task("b", (), ["a/one"]))
    later = [
        (bench.task("b", ["two"], ["b/two"]), bench.task("a", (), ["b/two"])),
        (bench.task("a", ["one"], ["a/one"]),),  # known by then: nothing is left of this one
        (bench.task("a", ["three"], ["a/three"]), bench.task("c", (), ["a/three"])),
    ]
    bench.write_probes()

    def following() -> Round | None:
        if not later:
            return None
        return Round(
            later.pop(0), bench.ledger, MemorySink(bench.ledger), bench.settings, bench.diary
        )

    sink = MemorySink(bench.ledger)
    summary = asyncio.run(
        run_probes(first, bench.ledger, sink, bench.settings, bench.diary, following)
    )
    starts = [line for line in bench.diary.lines if line.endswith(" starting")]
    assert sorted(starts) == ["a starting", "b starting", "c starting"]
    assert (summary.workers_started, summary.saves, summary.attempts) == (3, 3, 6)


def test_when_the_time_is_over_nothing_is_begun_and_the_rest_is_done_another_time(
    bench: Bench,
) -> None:
    bench.write_probes()
    begun = bench.diary.lines
    settings = replace(bench.settings, is_over=lambda: any("> save" in line for line in begun))
    tasks = [bench.task("a", ["one", "two"], ["a/one"])]
    sink = MemorySink(bench.ledger)
    done = asyncio.run(run_probes(tasks, bench.ledger, sink, settings, bench.diary))
    assert (done.saves, done.attempts, done.is_cut_short) == (1, 0, True)
    assert bench.ledger.order == ["a:save one"]
    rest = asyncio.run(run_probes(tasks, bench.ledger, sink, bench.settings, bench.diary))
    assert (rest.saves, rest.is_cut_short) == (1, False)
    assert "a:save two" in bench.ledger.order


def test_a_round_in_which_all_is_known_is_skipped_without_a_worker(bench: Bench) -> None:
    task = bench.task("a", ["one"], ["a/one"])
    bench.run(task)
    rounds = [Round((task,), bench.ledger, MemorySink(bench.ledger), bench.settings)]
    summary = asyncio.run(
        run_probes(
            (task,),
            bench.ledger,
            MemorySink(bench.ledger),
            bench.settings,
            following=lambda: rounds.pop() if rounds else None,
        )
    )
    assert summary == ProbeSummary()
    assert rounds == []
