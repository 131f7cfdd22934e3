"""Which ways of loading apply to a model in a format, and which one to try next.

Owns that decision only; how a strategy loads is the probes' business, what an attempt means for
the verdict is `runner.analysis`'s.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossload.runner.models.traits import ModelTraits
from crossload.runner.records import Attempt, AttemptOutcome
from crossload.runner.words import Check, CheckStatus, Format, JobStatus, Strategy

_WHOLE_MODEL = (
    Strategy.PLAIN,
    Strategy.NO_COMPILE,
    Strategy.CUSTOM_OBJECTS,
    Strategy.UNSAFE,
    Strategy.LEGACY,
    Strategy.REBUILD_WEIGHTS,
)
_BY_FORMAT: dict[Format, tuple[Strategy, ...]] = {
    Format.H5: _WHOLE_MODEL,
    Format.KERAS: _WHOLE_MODEL,
    Format.SAVEDMODEL: (
        Strategy.PLAIN,
        Strategy.NO_COMPILE,
        Strategy.CUSTOM_OBJECTS,
        Strategy.LEGACY,
        Strategy.REBUILD_WEIGHTS,
        Strategy.SERVING,
    ),
    Format.WEIGHTS_H5: (Strategy.PLAIN, Strategy.REBUILD_WEIGHTS),
    Format.WEIGHTS_TF: (Strategy.PLAIN, Strategy.REBUILD_WEIGHTS),
    Format.JSON_WEIGHTS: (
        Strategy.PLAIN,
        Strategy.CUSTOM_OBJECTS,
        Strategy.UNSAFE,
        Strategy.LEGACY,
        Strategy.REBUILD_WEIGHTS,
    ),
    Format.EXPORT: (Strategy.PLAIN, Strategy.SERVING),
    Format.SCRIPT: (Strategy.PLAIN,),
}

# Who gives the model's code wants it used, before anything is left out.
_GIVEN_FIRST = {
    one: (one is not Strategy.PLAIN, one is not Strategy.CUSTOM_OBJECTS) for one in Strategy
}


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
    wanted = {
        Strategy.NO_COMPILE: traits.compiled and not file_format.drops_optimizer,
        Strategy.CUSTOM_OBJECTS: traits.custom,
        Strategy.UNSAFE: traits.code,
        Strategy.LEGACY: legacy,
    }
    chosen = [one for one in _BY_FORMAT[file_format.base] if wanted.get(one, True)]
    if traits.own:
        chosen.sort(key=_GIVEN_FIRST.__getitem__)
    return tuple(chosen)


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


def next_strategy(
    strategies: Sequence[Strategy], attempts: Sequence[Attempt], tolerance: float
) -> Strategy | None:
    """Return which of `strategies` to try after `attempts`.

    None when an attempt settled it, or all are used.
    """
    if any(outputs_agree(attempt.outcome, tolerance) for attempt in attempts):
        return None
    tried = {attempt.strategy for attempt in attempts}
    return next((strategy for strategy in strategies if strategy not in tried), None)
