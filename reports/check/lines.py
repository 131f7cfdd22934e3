"""One line of a check: a cell in a few words, for the model's user.

Owns that wording, and the prediction from the file alone if no known cause was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from crossload.reports.cleaning import clean_line
from crossload.reports.document import CellRow
from crossload.runner.analysis.sentences import losing
from crossload.runner.atlas import Atlas
from crossload.runner.config.problems import shortened
from crossload.runner.prediction import Outcome, Prediction, Predictor
from crossload.runner.strategies import STRATEGIES
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Verdict

_LONGEST_ERROR = 300


@dataclass(frozen=True)
class Line:
    """One cell as the model's user sees it; for `verdict`, passing their code is plain loading.

    `asked` is false for a cell measured only for comparison. `predicted` is the predicted problem,
    if no known cause was found. `instead` replaces the cell's own detail if that would mislead.
    `self_reported` means that code from the file could run in the process that reported this.
    `unusable` are the environments that prevented a measurement.
    """

    row: CellRow
    verdict: Verdict
    fine: bool
    asked: bool = True
    predicted: str = ""
    instead: str = ""
    self_reported: bool = False
    unusable: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The one thing to know besides the verdict, or an empty text."""
        row = self.row
        if self.instead:
            return self.instead
        if self.verdict.works or self.verdict is Verdict.DIFFERS:
            return _loaded(self.verdict, row)
        if row.cause is not None:
            return row.cause.sentence
        if row.error is not None:
            return error_text(row.error.type, row.error.message)
        return row.detail


def _loaded(verdict: Verdict, row: CellRow) -> str:
    if verdict is Verdict.SAME:
        return "" if row.verdict is Verdict.SAME else "with your code"
    if verdict is Verdict.PARTIAL:
        return losing(row.lost)
    how = STRATEGIES[row.strategy].loads if row.strategy else ""
    if verdict.needs_help:
        return f"{how}; {losing(row.lost)}" if row.lost else how
    said = (
        "different outputs" if row.difference is None else f"outputs differ by {row.difference:.1e}"
    )
    return f"{said} (the same if it {how})" if how else said


def error_text(kind: str, message: str) -> str:
    """An exception in one line."""
    return shortened(clean_line(f"{kind}: {message}" if message else kind), _LONGEST_ERROR)


@dataclass(frozen=True)
class Predicted:
    """What is predicted from a file for each environment."""

    subject: Subject

    def reason(self, environment: str) -> str:
        """Why the file is predicted to fail in an environment, or an empty text."""
        found = self._by_environment.get(environment)
        if found is None or found.outcome is not Outcome.FAILS:
            return ""
        return clean_line(found.reasons[0].sentence)

    @cached_property
    def _by_environment(self) -> dict[str, Prediction]:
        inspection = self.subject.inspection
        if inspection is None:
            return {}
        found = Predictor(Atlas.load()).predict_all(inspection, self.subject.path.suffix)
        return {one.environment: one for one in found}
