"""How good predictions are: each held against what plain loading really did.

Owns the counts of precision and recall for "fails", and which attempts of a run count. What the
files say of themselves comes from `recorded`, and the caller prints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crossload.runner.formats import WHOLE_FORMATS
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.prediction.model import Outcome, Prediction
from crossload.runner.prediction.predicting import Predictor
from crossload.runner.prediction.recorded import Recorded
from crossload.runner.records import Attempt, Cell
from crossload.runner.words import Format, JobStatus


def is_whole(file_format: Format) -> bool:
    """Whether a file of that format holds a whole model, of which `inspect` predicts something."""
    return file_format.base in WHOLE_FORMATS


@dataclass(frozen=True)
class Judged:
    """One prediction beside what was measured; `error` is the type of what was raised."""

    cell: Cell
    fails: bool
    prediction: Prediction
    error: str = ""

    @property
    def said_to_fail(self) -> bool:
        return self.prediction.outcome is Outcome.FAILS

    @property
    def because(self) -> str:
        """The first reason of the prediction."""
        first = next(iter(self.prediction.reasons), None)
        return f"{first.rule}: {first.sentence}" if first else ""


@dataclass
class Score:
    """Counts of what was predicted and what was measured; a file that is not judged is apart."""

    right_fails: list[Judged] = field(default_factory=list)
    right_loads: list[Judged] = field(default_factory=list)
    missed: list[Judged] = field(default_factory=list)
    false_alarms: list[Judged] = field(default_factory=list)
    unknown: int = 0

    def add(self, one: Judged) -> None:
        if one.prediction.outcome is Outcome.UNKNOWN:
            self.unknown += 1
        elif one.fails:
            (self.right_fails if one.said_to_fail else self.missed).append(one)
        else:
            (self.false_alarms if one.said_to_fail else self.right_loads).append(one)

    @property
    def total(self) -> int:
        return len(self.right_fails) + len(self.right_loads) + len(self.wrong)

    @property
    def wrong(self) -> list[Judged]:
        return self.missed + self.false_alarms

    @property
    def precision(self) -> float:
        """How often "fails" is true where it is said; 1 where it is never said."""
        said = len(self.right_fails) + len(self.false_alarms)
        return len(self.right_fails) / said if said else 1.0

    @property
    def recall(self) -> float:
        """How often "fails" is said where it is true; 1 where nothing fails."""
        fails = len(self.right_fails) + len(self.missed)
        return len(self.right_fails) / fails if fails else 1.0


@dataclass
class Compared:
    """All predictions for a run, and by reason how many attempts could not be compared."""

    judged: list[Judged] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def score(self) -> Score:
        return score_of(self.judged)


def score_of(judged: list[Judged]) -> Score:
    """The score of some predictions."""
    score = Score()
    for one in judged:
        score.add(one)
    return score


def compare(
    run: RunSnapshot, recorded: Mapping[SavedFile, Recorded], predictor: Predictor
) -> Compared:
    """Predict every plain attempt of a run at a file that holds a whole model.

    Args:
        run: what was measured.
        recorded: what its files say of themselves.
        predictor: of the atlas; loaders that it lacks are left out.
    """
    compared = Compared()
    loaders = {one.id for one in predictor.atlas.environments}
    for cell, attempt in _plain_attempts(run):
        one = recorded.get(SavedFile.of(cell))
        if cell.loader not in loaders:
            compared.left_out["the atlas has no such loader"] += 1
        elif one is None:
            compared.left_out["the file was not inspected"] += 1
        else:
            prediction = predictor.predict(one.inspection, cell.loader, one.suffix)
            report = attempt.outcome.report
            error = report.error.type if report.error else str(report.status)
            fails = report.status is not JobStatus.DONE
            compared.judged.append(Judged(cell, fails, prediction, error if fails else ""))
    return compared


def _plain_attempts(run: RunSnapshot) -> Iterator[tuple[Cell, Attempt]]:
    for cell, attempts in run.attempts.items():
        if is_whole(cell.format):
            yield from ((cell, one) for one in attempts if one.strategy.is_plain)
