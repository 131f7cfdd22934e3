"""Which ways of loading apply to a model in a format, and which one to try next.

Owns that decision only; how a strategy loads is the probes' business, what an attempt means for
the verdict is `runner.analysis`'s.
"""

from __future__ import annotations

from collections.abc import Sequence

from runner.probing.catalogue import ModelTraits
from runner.records import Attempt, AttemptOutcome
from runner.words import Check, CheckStatus, Format, JobStatus, Strategy

_BY_FORMAT: dict[Format, tuple[Strategy, ...]] = {
    Format.H5: (
        Strategy.PLAIN,
        Strategy.NO_COMPILE,
        Strategy.CUSTOM_OBJECTS,
        Strategy.UNSAFE,
        Strategy.REBUILD_WEIGHTS,
    ),
    Format.KERAS: (
        Strategy.PLAIN,
        Strategy.NO_COMPILE,
        Strategy.CUSTOM_OBJECTS,
        Strategy.UNSAFE,
        Strategy.REBUILD_WEIGHTS,
    ),
    Format.SAVEDMODEL: (
        Strategy.PLAIN,
        Strategy.NO_COMPILE,
        Strategy.CUSTOM_OBJECTS,
        Strategy.REBUILD_WEIGHTS,
        Strategy.SERVING,
    ),
    Format.WEIGHTS_H5: (Strategy.PLAIN, Strategy.REBUILD_WEIGHTS),
}


def applicable(traits: ModelTraits, file_format: Format) -> tuple[Strategy, ...]:
    """Return the strategies that make sense, in the order in which they are tried."""
    wanted = {
        Strategy.NO_COMPILE: traits.compiled,
        Strategy.CUSTOM_OBJECTS: traits.custom,
        Strategy.UNSAFE: traits.code,
    }
    return tuple(strategy for strategy in _BY_FORMAT[file_format] if wanted.get(strategy, True))


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
    traits: ModelTraits, file_format: Format, attempts: Sequence[Attempt], tolerance: float
) -> Strategy | None:
    """Return what to try after `attempts`, or None when one of them settled it or all are used."""
    if any(outputs_agree(attempt.outcome, tolerance) for attempt in attempts):
        return None
    tried = {attempt.strategy for attempt in attempts}
    return next(
        (strategy for strategy in applicable(traits, file_format) if strategy not in tried), None
    )
