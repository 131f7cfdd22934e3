"""Why a step failed, in one sentence that fits below others.

Owns the line that is made of a foreign message. Which cause a failure has is `runner.analysis`'s to
find.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.records import ProbeError, SaveOutcome
from crossload.runner.untrusted.text import clean

LIMIT = 240
_NO_ANSWER = "it gave no answer"


def tidy(text: str) -> str:
    """A foreign message as one clean line."""
    return clean(" ".join(text[: 20 * LIMIT].split()), limit=LIMIT)


def error_told(error: ProbeError) -> str:
    """An exception in one line, by its name without the module."""
    name = error.type.rpartition(".")[2] or error.type
    return tidy(f"{name}: {error.message}" if error.message else name)


def refused_told(outcome: SaveOutcome | None) -> str:
    """Why an environment made no file; None is an environment that could not be used."""
    if outcome is None:
        return "the environment could not be used"
    report = outcome.report
    if report.error is not None:
        return error_told(report.error)
    return tidy(report.detail) or _NO_ANSWER


def verify_told(judged: JudgedCell, changes: Sequence[str]) -> str:
    """Why a new file does not stand the test; no cause of the catalogue is about such a file.

    What was changed of the architecture may be something that no file can hold.
    """
    why = tidy(judged.detail) or _NO_ANSWER
    return f"{why}; it was rebuilt: {tidy('; '.join(changes))}" if changes else why


def cell_told(judged: JudgedCell) -> str:
    """Why a load is not what it should be."""
    if judged.cause is not None:
        return tidy(judged.cause.sentence)
    return tidy(judged.detail) or _NO_ANSWER
