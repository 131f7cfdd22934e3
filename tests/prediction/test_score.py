"""How the score of the shipped rules is counted, and the inspections it is counted from."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from benchmarks.prediction import INSPECTIONS, RUN, compare_wild
from crossload.runner.atlas import Atlas
from crossload.runner.prediction import Outcome, Prediction, Predictor, recorded
from crossload.runner.prediction.recorded import InspectionsFileError
from crossload.runner.prediction.scoring import Judged, score_of
from crossload.runner.records import Cell
from crossload.runner.words import Format
from tests.wild import WILD, needs_wild

BOUND = 0.95


@needs_wild
def test_precision_and_recall_on_files_of_others() -> None:
    score = compare_wild(WILD, Predictor(Atlas.load())).score
    assert score.total > 100
    assert score.precision >= BOUND
    assert score.recall >= BOUND


def test_the_inspections_tell_nothing_of_a_machine_or_a_moment() -> None:
    for one in recorded.read(INSPECTIONS).values():
        assert one.inspection.origin.date is None
        text = one.inspection.to_json()
        assert not any(place in text for place in ("/tmp", "/home/", "/root", "/Users/"))


def test_what_is_written_is_read_again_and_gives_the_same_bytes(tmp_path: Path) -> None:
    before = dict(list(recorded.read(INSPECTIONS).items())[::40])
    paths = tmp_path / "a", tmp_path / "b"
    recorded.write(paths[0], before)
    recorded.write(paths[1], dict(reversed(before.items())))
    assert recorded.read(paths[0]) == before
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("damage", ["cut", "empty", "other", "missing"])
def test_a_damaged_file_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "inspections.jsonl.xz"
    content = INSPECTIONS.read_bytes()
    if damage != "missing":
        path.write_bytes({"cut": content[:1000], "empty": b"", "other": RUN.read_bytes()}[damage])
    with pytest.raises(InspectionsFileError, match="cannot read the inspections") as raised:
        recorded.read(path)
    assert raised.value.advice


def test_a_number_of_no_object_is_damage(tmp_path: Path) -> None:
    one = next(iter(recorded.read(INSPECTIONS).items()))
    recorded.write(tmp_path / "good", dict([one]))
    text = lzma.decompress((tmp_path / "good").read_bytes()).decode().replace(",0]\n", ",7]\n")
    (tmp_path / "bad").write_bytes(lzma.compress(text.encode()))
    with pytest.raises(InspectionsFileError, match="damaged"):
        recorded.read(tmp_path / "bad")


def judged(*, fails: bool, outcome: Outcome) -> Judged:
    cell = Cell("a", "dense", Format.H5, "b")
    return Judged(cell, fails, Prediction("b", outcome))


def test_precision_and_recall_count_what_they_say() -> None:
    score = score_of(
        [
            *[judged(fails=True, outcome=Outcome.FAILS)] * 6,
            *[judged(fails=False, outcome=Outcome.FAILS)] * 2,
            *[judged(fails=True, outcome=Outcome.LOADS)] * 3,
            judged(fails=False, outcome=Outcome.LOADS),
            judged(fails=True, outcome=Outcome.UNKNOWN),
        ]
    )
    assert (score.precision, score.recall) == (6 / 8, 6 / 9)
    assert (score.total, score.unknown) == (12, 1)


def test_no_prediction_is_never_wrong() -> None:
    assert (score_of([]).precision, score_of([]).recall) == (1.0, 1.0)


def test_a_recorded_file_keeps_the_ending_of_its_name() -> None:
    endings = {(file.format.base, one.suffix) for file, one in recorded.read(INSPECTIONS).items()}
    assert (Format.KERAS, ".keras") in endings
    assert (Format.SAVEDMODEL, "") in endings
