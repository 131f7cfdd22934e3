"""How close is close enough for one saved file: its noise floor, and the tolerances from it.

Owns the numbers. `runner.analysis.judge` decides what follows from a check that agrees or not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from crossload.runner.records import Attempt, CheckOutcome, Tolerances
from crossload.runner.words import Check, CheckStatus, JobStatus

_AMPLIFIED = frozenset({Check.OPTIMIZER, Check.METRICS, Check.STEP})


@dataclass(frozen=True)
class Scale:
    """Relative tolerances for one saved file, and the noise floor they stand on.

    `constant` is what the noise floor may have widened to `outputs`. `repeats` is False where the
    saver's own two predictions differ by more than any tolerance: its outputs, and what follows
    from them, cannot be compared with anything.
    """

    outputs: float
    step: float
    floor: float
    repeats: bool = True
    constant: float = 0.0

    def agrees(self, outcome: CheckOutcome) -> bool:
        """Whether a check agrees; what does not apply cannot disagree."""
        if outcome.status is CheckStatus.MEASURED:
            tolerance = self.step if outcome.check in _AMPLIFIED else self.outputs
            return outcome.difference is not None and 0 <= outcome.difference <= tolerance
        return outcome.status in {CheckStatus.AGREES, CheckStatus.NOT_APPLICABLE}


def scale_of(noise: float | None, own_reload: Iterable[Attempt], tolerances: Tolerances) -> Scale:
    """The scale of one saved file.

    What exceeds the ceiling is no noise: the environment itself is wrong, and widens nothing.

    Args:
        noise: how far the outputs vary in the saver (relative), if measured.
        own_reload: the attempts at loading the file in its saver.
        tolerances: as the run was asked to use.
    """
    candidates = (noise, _best(own_reload))
    floor = max(
        (one for one in candidates if one is not None and 0 <= one <= tolerances.ceiling),
        default=0.0,
    )
    outputs = max(tolerances.relative, tolerances.noise_factor * floor)
    repeats = noise is None or noise <= tolerances.ceiling
    return Scale(outputs, max(tolerances.step, outputs), floor, repeats, tolerances.relative)


def _best(attempts: Iterable[Attempt]) -> float | None:
    """The least difference of outputs among attempts that loaded; None where none was measured.

    A difference that is no number (the outputs were not finite, or not of one shape) is taken as
    boundless.
    """
    differences = []
    for attempt in attempts:
        outputs = attempt.outcome.outputs
        if attempt.outcome.report.status is not JobStatus.DONE or outputs is None:
            continue
        if outputs.status is CheckStatus.AGREES:
            differences.append(0.0)
        elif outputs.status is CheckStatus.MEASURED and outputs.difference is not None:
            differences.append(_number(outputs.difference))
        elif outputs.status in {CheckStatus.MEASURED, CheckStatus.DISAGREES}:
            differences.append(math.inf)
    return min(differences, default=None)


def _number(difference: float) -> float:
    return difference if difference >= 0 else math.inf  # also for NaN
