"""Verdicts: what a cell says, given everything that was measured for it.

Owns the rules, as pure functions that give an answer for whatever they are given.
`runner.analysis.scale` has the numbers, `runner.analysis.sentences` the wording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crossload.runner.altering import altered
from crossload.runner.analysis import sentences
from crossload.runner.analysis.judged import JudgedCell, Names, Tried, TryResult
from crossload.runner.analysis.scale import Scale, scale_of
from crossload.runner.formats import FORMATS
from crossload.runner.records import (
    Attempt,
    Cell,
    EnvironmentProblem,
    ProbeError,
    SaveOutcome,
    Tolerances,
)
from crossload.runner.strategies import STRATEGIES, Part
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
    Verdict,
)

_WITHOUT_ANSWER = {
    JobStatus.REFUSED: TryResult.REFUSED,
    JobStatus.CRASHED: TryResult.CRASHED,
    JobStatus.TIMED_OUT: TryResult.TIMED_OUT,
    JobStatus.OUT_OF_MEMORY: TryResult.OUT_OF_MEMORY,
    JobStatus.BAD_ANSWER: TryResult.BAD_ANSWER,
}

_NOTHING_LOADS = {
    TryResult.UNPROVED: Verdict.NOT_RUN,
    TryResult.REFUSED: Verdict.FAILS,
    TryResult.CRASHED: Verdict.CRASHES,
    TryResult.OUT_OF_MEMORY: Verdict.CRASHES,
    TryResult.BAD_ANSWER: Verdict.CRASHES,
    TryResult.TIMED_OUT: Verdict.TIMES_OUT,
}

# Outputs decide by themselves; layers only say where a difference of outputs begins.
_NO_LOSS = frozenset({Check.OUTPUTS, Check.WEIGHTS, Check.LAYERS})
# What cannot agree between two runs of a model whose outputs are random.
_FROM_OUTPUTS = frozenset({Check.METRICS, Check.STEP})


JudgeTry = Callable[[Attempt, Scale], Tried]
_NO_NAMES = Names()
# As tuples, because iterating over the classes themselves is slow.
_CHECKS, _STRATEGIES, _VERDICTS = tuple(Check), tuple(Strategy), tuple(Verdict)
# The probe's errors where it has no recipe, and where it loads a file that has no known outputs.
_NOT_APPLICABLE = "crossload.NotApplicable"
_NOTHING_TO_COMPARE = "crossload.NothingToCompare"


@dataclass(frozen=True)
class Evidence:
    """Everything that bears on one cell.

    `own_reload` is the saver's at loading the same file. `has_code` says that the model holds
    Python byte code, which goes into every file with its architecture.
    """

    save: SaveOutcome | None = None
    attempts: tuple[Attempt, ...] = ()
    own_reload: tuple[Attempt, ...] = ()
    saver_problem: EnvironmentProblem | None = None
    loader_problem: EnvironmentProblem | None = None
    has_code: bool = False

    @property
    def noise(self) -> float | None:
        return None if self.save is None else self.save.noise

    @property
    def has_problem(self) -> bool:
        """Whether one of the two environments cannot be used."""
        return self.saver_problem is not None or self.loader_problem is not None

    @property
    def is_saved(self) -> bool:
        """Whether there is a file to load."""
        return self.save is not None and self.save.report.status is JobStatus.DONE


def judge_cell(cell: Cell, evidence: Evidence, tolerances: Tolerances) -> JudgedCell:
    """Judge one cell; never raises, whatever was measured.

    Results win over an environment's problem: what was measured stays true when the environment
    is gone.
    """
    scale = scale_of(evidence.noise, evidence.own_reload, tolerances)
    if cell.saver == cell.loader:
        baseline = None
    else:
        own = altered(evidence, attempts=evidence.own_reload, loader_problem=evidence.saver_problem)
        baseline = judge_alone(cell._replace(loader=cell.saver), own, scale).verdict
    return with_baseline(judge_alone(cell, evidence, scale), baseline)


def with_baseline(
    judged: JudgedCell, baseline: Verdict | None, names: Names = _NO_NAMES
) -> JudgedCell:
    """The judgement with the verdict of the saver's own reload, and with the user's names."""
    if judged.is_reload:
        return altered(judged, baseline=judged.verdict, names=names)
    detail = sentences.with_baseline(judged, baseline)
    return altered(judged, baseline=baseline, detail=detail, names=names)


def judge_alone(
    cell: Cell, evidence: Evidence, scale: Scale, judge_try: JudgeTry | None = None
) -> JudgedCell:
    """Judge one cell without looking at the saver's own reload.

    `judge_try` is `judge_attempt`, or gives the same and remembers it.
    """
    save = evidence.save
    if not evidence.attempts and evidence.has_problem:
        return _unusable(cell, evidence)
    if save is None:
        return JudgedCell(cell, Verdict.NOT_RUN, detail=sentences.NOT_SAVED_YET)
    if save.report.status is not JobStatus.DONE:
        return JudgedCell(
            cell, Verdict.UNSAVED, error=save.report.error, detail=sentences.unsaved(save.report)
        )
    tried = _all_tried(evidence.attempts, scale, judge_try or judge_attempt)
    if evidence.has_code:
        tried = tuple(_with_code(one, cell.format) for one in tried)
    if not tried or not tried[0].strategy.is_plain:
        detail = sentences.NOT_LOADED_YET if not tried else sentences.NO_PLAIN_YET
        return JudgedCell(cell, Verdict.NOT_RUN, tried=tried, detail=detail)
    judged = _loaded(cell, tried, scale)
    return altered(judged, detail=sentences.loaded(judged, evidence.attempts))


def _unusable(cell: Cell, evidence: Evidence) -> JudgedCell:
    sides = (("saver", evidence.saver_problem), ("loader", evidence.loader_problem))
    problems = [(side, problem) for side, problem in sides if problem is not None]
    impossible = any(one.state is EnvironmentState.IMPOSSIBLE for _, one in problems)
    verdict = Verdict.IMPOSSIBLE if impossible else Verdict.UNAVAILABLE
    ids = {"saver": cell.saver, "loader": cell.loader}
    return JudgedCell(
        cell,
        verdict,
        detail=sentences.unusable(cell, problems),
        unusable=tuple(dict.fromkeys(ids[side] for side, _ in problems)),
    )


def _loaded(cell: Cell, tried: Sequence[Tried], scale: Scale) -> JudgedCell:
    """Judge a cell by its attempts, the first of which is the plain one.

    Only a plain load can be silently wrong: where it is refused and another strategy gives
    different outputs, the error was the warning.
    """
    tried = _beside(tried)
    plain, *others = tried
    agreeing = [one for one in others if one.result is TryResult.AGREES]
    helper = min(agreeing, key=_ease, default=None)
    decisive = plain
    strategy = None if helper is None else helper.strategy
    if plain.result is TryResult.AGREES:
        verdict = Verdict.PARTIAL if plain.lost else Verdict.SAME
        strategy = Strategy.PLAIN
    elif plain.result is TryResult.DIFFERS:
        verdict = Verdict.DIFFERS
    elif helper is not None:
        verdict, decisive = STRATEGIES[helper.strategy].verdict, helper
    else:
        verdict = _NOTHING_LOADS[plain.result]
    return JudgedCell(
        cell=cell,
        verdict=verdict,
        strategy=strategy,
        lost=decisive.lost,
        difference=decisive.difference,
        tolerance=scale.outputs,
        error=plain.error,
        tried=tuple(tried),
    )


def _beside(tried: Sequence[Tried]) -> Sequence[Tried]:
    """The attempts; a plain load that is right has notes on others that are not, or are better."""
    plain, *others = tried
    if plain.result is not TryResult.AGREES:
        return tried
    notes = (sentences.beside_plain(plain, one) for one in others)
    return [altered(plain, notes=(*plain.notes, *filter(None, notes))), *others]


def _ease(tried: Tried) -> tuple[int, int]:
    """How much a strategy asks of a user, then how much it loses."""
    return _VERDICTS.index(STRATEGIES[tried.strategy].verdict), len(tried.lost)


def _all_tried(attempts: Sequence[Attempt], scale: Scale, judge_try: JudgeTry) -> tuple[Tried, ...]:
    """Every attempt, judged, in the order of `Strategy`; the last of each strategy counts.

    What the probe found not to apply to the file was no attempt.
    """
    by_strategy = {one.strategy: one for one in attempts if not _is_idle(one)}
    return tuple(
        judge_try(by_strategy[strategy], scale)
        for strategy in _STRATEGIES
        if strategy in by_strategy
    )


def _is_idle(attempt: Attempt) -> bool:
    error = attempt.outcome.report.error
    is_told = error is not None and error.type == _NOT_APPLICABLE
    return is_told and not attempt.strategy.is_plain


def judge_attempt(attempt: Attempt, scale: Scale) -> Tried:
    """Judge one attempt by itself."""
    report = attempt.outcome.report
    if report.error is not None and report.error.type == _NOTHING_TO_COMPARE:
        return Tried(attempt, TryResult.UNPROVED)
    if report.status is not JobStatus.DONE:
        return Tried(attempt, _WITHOUT_ANSWER[report.status])
    outputs = attempt.outcome.outputs
    if outputs is None or outputs.status is CheckStatus.ERROR:
        # A model that cannot predict does not give wrong answers: it gives none.
        return Tried(attempt, TryResult.REFUSED, notes=(sentences.LOADS_BUT_CANNOT_PREDICT,))
    if scale.repeats:
        agrees = scale.agrees(outputs)
    else:  # such a model is known by its weights alone
        agrees = not _disagreeing(attempt, Check.WEIGHTS, scale)
    return Tried(
        attempt,
        TryResult.AGREES if agrees else TryResult.DIFFERS,
        difference=outputs.difference if scale.repeats else None,
        lost=_lost(attempt, scale),
        notes=_notes(attempt, scale, outputs_agree=agrees),
    )


def _with_code(tried: Tried, file_format: Format) -> Tried:
    """A plain load of a file with code, with a note: nobody was asked, and the code ran."""
    ran = tried.strategy.is_plain and tried.result in {TryResult.AGREES, TryResult.DIFFERS}
    if not ran or Part.ARCHITECTURE not in FORMATS[file_format].parts:
        return tried
    return altered(tried, notes=(*tried.notes, sentences.RUNS_CODE))


def _lost(attempt: Attempt, scale: Scale) -> tuple[Check, ...]:
    """Checks that did not survive; weights kept in another layout are no loss by themselves."""
    failed = {one.check for one in attempt.outcome.checks if not scale.agrees(one)} - _NO_LOSS
    if not scale.repeats:
        failed = (failed - _FROM_OUTPUTS) | {Check.OUTPUTS}
    return tuple(check for check in _CHECKS if check in failed) if failed else ()


def _notes(attempt: Attempt, scale: Scale, *, outputs_agree: bool) -> tuple[str, ...]:
    outputs = attempt.outcome.outputs
    notes: tuple[str, ...] = () if scale.repeats else (sentences.NOT_REPEATABLE,)
    if outputs is not None and outputs.detail and not outputs_agree:
        notes += (outputs.detail,)
    moved = 0.0 if outputs is None or not scale.repeats else outputs.difference or 0.0
    if outputs_agree and moved > scale.constant:
        notes += (sentences.WITHIN_NOISE,)
    if not _disagreeing(attempt, Check.WEIGHTS, scale):
        return notes
    return (*notes, sentences.OTHER_LAYOUT if outputs_agree else sentences.OTHER_WEIGHTS)


def _disagreeing(attempt: Attempt, check: Check, scale: Scale) -> bool:
    return any(one.check is check and not scale.agrees(one) for one in attempt.outcome.checks)


def error_of(judged: JudgedCell) -> ProbeError | None:
    """The error that best explains the cell: the plain attempt's, else the first there is."""
    if judged.error is not None:
        return judged.error
    return next((one.error for one in judged.tried if one.error is not None), None)
