"""Whatever was measured, there is a verdict; and measuring something worse never helps."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.analysis import Evidence, JudgedCell, advice_for, judge_cell
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    Cell,
    CheckOutcome,
    EnvironmentProblem,
    JobReport,
    ProbeError,
    SaveOutcome,
    Tolerances,
)
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
    Verdict,
)
from tests.analysis.examples import CELL, SAVED, failed, loaded

GOOD = [Verdict.SAME, Verdict.PARTIAL, Verdict.ASSISTED]

texts = st.text(max_size=20)
differences = st.none() | st.sampled_from([0.0, 1e-9, 1e-6, 1e-3, 0.5]) | st.floats()
reports = st.builds(
    JobReport,
    status=st.sampled_from(JobStatus),
    error=st.none() | st.builds(ProbeError, texts, texts, texts),
    detail=texts,
)
checks = st.builds(
    CheckOutcome, st.sampled_from(Check), st.sampled_from(CheckStatus), differences, texts
)
outcomes = st.builds(
    AttemptOutcome,
    reports,
    st.lists(checks, max_size=7).map(tuple),
    st.sampled_from([(), ("no-compile",), ("other",)]),
)
attempts = st.builds(Attempt, st.sampled_from(Strategy), outcomes)
some_attempts = st.lists(attempts, max_size=6).map(tuple)
saves = st.builds(SaveOutcome, reports, st.none() | texts, noise=differences)
problems = st.builds(
    EnvironmentProblem, st.sampled_from(EnvironmentState), st.sampled_from(EnvironmentCause), texts
)
evidence = st.builds(
    Evidence,
    st.none() | saves,
    some_attempts,
    some_attempts,
    st.none() | problems,
    st.none() | problems,
)
cells = st.builds(
    Cell,
    st.just(CELL.saver),
    st.just(CELL.model),
    st.sampled_from(Format),
    st.sampled_from([CELL.saver, CELL.loader]),
)

# Attempts at one strategy, best first; an answer that is silently wrong is worse than none.
LADDER: list[Callable[[Strategy], Attempt]] = [
    lambda strategy: loaded(strategy, outputs=0.0),
    lambda strategy: loaded(strategy, outputs=0.0, step=CheckStatus.DISAGREES),
    failed,
    lambda strategy: failed(strategy, JobStatus.CRASHED),
    lambda strategy: loaded(strategy, outputs=0.5),
]
rungs = st.integers(0, len(LADDER) - 1)
plans = st.dictionaries(st.sampled_from(Strategy), rungs).map(
    lambda plan: {Strategy.PLAIN: 0, **plan}
)


def judge_plan(plan: dict[Strategy, int]) -> JudgedCell:
    tried = tuple(LADDER[rung](strategy) for strategy, rung in plan.items())
    return judge_cell(CELL, Evidence(SAVED, tried), Tolerances())


def goodness(judged: JudgedCell) -> int:
    """Higher is better; all verdicts under which the model cannot be used are alike."""
    return -GOOD.index(judged.verdict) if judged.verdict in GOOD else -len(GOOD)


@given(cells, evidence)
def test_there_is_always_a_verdict_and_a_sentence(cell: Cell, found: Evidence) -> None:
    judged = judge_cell(cell, found, Tolerances())
    assert isinstance(judged.verdict, Verdict)
    assert judged.detail
    assert advice_for(judged)


@given(evidence)
def test_a_good_verdict_always_names_a_strategy_that_agrees(found: Evidence) -> None:
    judged = judge_cell(CELL, found, Tolerances())
    if judged.verdict in GOOD:
        assert judged.strategy in [one.strategy for one in judged.tried if one.result == "agrees"]


@given(plans, st.sampled_from(Strategy), rungs)
def test_a_worse_attempt_never_improves(
    plan: dict[Strategy, int], strategy: Strategy, rung: int
) -> None:
    plan = {strategy: 0, **plan}
    worse = {**plan, strategy: max(rung, plan[strategy])}
    assert goodness(judge_plan(worse)) <= goodness(judge_plan(plan))


@given(plans, st.sampled_from(Strategy), st.integers(2, len(LADDER) - 1))
def test_one_more_attempt_that_does_not_agree_never_improves(
    plan: dict[Strategy, int], strategy: Strategy, rung: int
) -> None:
    more = {strategy: rung, **plan}
    assert goodness(judge_plan(more)) <= goodness(judge_plan(plan))


@given(
    st.permutations(list(Strategy)), st.lists(rungs, min_size=len(Strategy), max_size=len(Strategy))
)
def test_the_order_of_recording_does_not_matter(order: list[Strategy], found: list[int]) -> None:
    plan = dict(zip(Strategy, found, strict=True))
    shuffled = {strategy: plan[strategy] for strategy in order}
    assert judge_plan(shuffled) == judge_plan(plan)
