"""Which ways of loading apply to a model in a format, and which one to try next.

Owns that decision only: the probes carry out a strategy, `runner.analysis` says what an attempt
means for the verdict.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossload.runner.formats import FORMATS
from crossload.runner.models.traits import ModelTraits
from crossload.runner.records import Attempt, AttemptOutcome
from crossload.runner.strategies import STRATEGIES, Part, strategies_that_need
from crossload.runner.words import Check, CheckStatus, Format, JobStatus, Strategy, Verdict

_BESIDE = (Part.OWN_CLASSES, Part.TF_KERAS, Part.BUILDER)


def is_distinct(traits: ModelTraits, file_format: Format) -> bool:
    """Whether saving the model in that format can give another file than the format's base does."""
    return traits.compiled or not file_format.drops_optimizer


def applicable(
    traits: ModelTraits, file_format: Format, *, legacy: bool = False
) -> tuple[Strategy, ...]:
    """Return the strategies that make sense, in the order in which they are tried.

    Args:
        traits: the model's.
        file_format: how it was saved.
        legacy: whether the loader has tf-keras beside its own Keras.
    """
    has = {
        Part.TRAINING: traits.compiled,
        Part.CODE: traits.code,
        Part.OWN_CLASSES: traits.custom,
        Part.TF_KERAS: legacy,
        Part.BUILDER: traits.builds,
    }
    there = {one for one in FORMATS[file_format].parts if has.get(one, True)}
    there |= {one for one in _BESIDE if has[one]}
    if traits.own and FORMATS[file_format].holds_model:  # a user's file may have any name
        there.add(Part.NAME)
    chosen = [one for one in Strategy if STRATEGIES[one].needs <= there]
    if traits.own:  # who gives the model's code wants it used, before anything is left out
        chosen.sort(key=_given_first)
    return tuple(chosen)


def _given_first(strategy: Strategy) -> tuple[bool, bool]:
    return (not strategy.is_plain, not STRATEGIES[strategy].gives_code)


def outputs_agree(outcome: AttemptOutcome, tolerance: float) -> bool:
    """Tell whether the loaded model answered as the saved one did.

    `tolerance` is relative, as the measured difference is; a probe may also have said "agrees".
    """
    if outcome.report.status is not JobStatus.DONE:
        return False
    for check in outcome.checks:
        if check.check is Check.OUTPUTS:
            if check.status is CheckStatus.MEASURED:
                return check.difference is not None and check.difference <= tolerance
            return check.status is CheckStatus.AGREES
    return False


def strategy_after(
    traits: ModelTraits,
    file_format: Format,
    attempts: Sequence[Attempt],
    *,
    legacy: bool,
    tolerance: float,
) -> Strategy | None:
    """Return what to try next at a load; None where it is settled. See `applicable`."""
    strategies = applicable(traits, file_format, legacy=legacy)
    return next_strategy(strategies, attempts, tolerance)


def next_strategy(
    strategies: Sequence[Strategy], attempts: Sequence[Attempt], tolerance: float
) -> Strategy | None:
    """Return which of `strategies` to try after `attempts`; None when nothing is left to find out.

    A user chooses between ways that ask different things of them, so one way of each kind is
    looked for: a changed call, a translation, a serving signature. The model's code, which gives
    no more than its weights, is for files that no other way reads. Where the file loads plainly,
    its signature is called as well, because it may fail there unnoticed, and the model's classes
    are passed: a class that Keras finds by itself may be another one.
    """
    tried = {attempt.strategy for attempt in attempts}
    passing = [one for one in strategies if STRATEGIES[one].gives_code and one not in tried]
    if passing and any(_loads_plainly(one) for one in attempts):
        return passing[0]
    agreeing = [one for one in attempts if outputs_agree(one.outcome, tolerance)]
    settled = {STRATEGIES[one.strategy].verdict for one in agreeing if _keeps_all(one)}
    if Verdict.SAME in {STRATEGIES[one.strategy].verdict for one in agreeing}:
        settled = set(Verdict) - {Verdict.PREDICTS}
    elif agreeing:  # nobody is asked without need to run a file's code or to find the model's own
        tried |= set(strategies_that_need(Part.CODE)) | set(strategies_that_need(Part.BUILDER))
    return next(
        (one for one in strategies if one not in tried and STRATEGIES[one].verdict not in settled),
        None,
    )


def _loads_plainly(attempt: Attempt) -> bool:
    return attempt.strategy.is_plain and attempt.outcome.report.status is JobStatus.DONE


def _keeps_all(attempt: Attempt) -> bool:
    """Whether no check says that something was lost, so that a like strategy cannot do better."""
    lost = {CheckStatus.DISAGREES, CheckStatus.LOST, CheckStatus.ERROR}
    return not any(one.status in lost for one in attempt.outcome.checks)
