"""How good the shipped rules are, from the published run and the inspections beside it alone."""

from __future__ import annotations

from pathlib import Path

from benchmarks.prediction import INSPECTIONS
from crossload.runner.atlas import Atlas
from crossload.runner.ledger.snapshot import RunSnapshot
from crossload.runner.prediction import Predictor, recorded
from crossload.runner.prediction.scoring import compare, is_whole
from crossload.runner.words import JobStatus

ROOT = Path(__file__).resolve().parent.parent.parent
BOUND = 0.95


def test_precision_and_recall_of_the_published_run(published: RunSnapshot) -> None:
    compared = compare(published, recorded.read(INSPECTIONS), Predictor(Atlas.load()))
    score = compared.score
    assert set(compared.left_out) <= {"the atlas has no such loader"}
    assert sum(compared.left_out.values()) < score.total / 15
    assert score.unknown == 0
    assert score.total > 22_000
    assert score.precision >= BOUND
    assert score.recall >= BOUND

    said = (ROOT / "docs" / "prediction.md").read_text(encoding="utf-8")
    numbers = f"| {score.total:,} | {score.precision:.4f} | {score.recall:.4f} |"
    assert f"Another {sum(compared.left_out.values()):,} attempts are left out" in said
    assert numbers in said  # `python benchmarks/prediction.py` prints all that the page shows


def test_every_saved_file_of_the_published_run_was_inspected(published: RunSnapshot) -> None:
    inspected = recorded.read(INSPECTIONS)
    saved = {
        file
        for file, outcome in published.saves.items()
        if is_whole(file.format) and outcome.report.status is JobStatus.DONE
    }
    assert set(inspected) == saved
