"""What a cell says of code: that a file's own code ran, and what printed code calls the file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.runner.analysis import Evidence, judge_cell
from crossload.runner.analysis.runs import names_of
from crossload.runner.records import Attempt, SubjectRecord, Tolerances
from crossload.runner.words import Format, SubjectTask
from tests.analysis.examples import CELL, SAVED, failed, loaded


@pytest.mark.parametrize(
    ("file_format", "attempt", "noted"),
    [
        (Format.H5, loaded(), True),
        (Format.SAVEDMODEL, loaded(outputs=0.5), True),
        (Format.H5, failed(), False),
        (Format.WEIGHTS_H5, loaded(), False),
        (Format.EXPORT, loaded(), False),
    ],
)
def test_a_plain_load_that_runs_code_from_the_file_is_noted(
    file_format: Format,
    attempt: Attempt,
    noted: bool,  # noqa: FBT001 - a case of a table
) -> None:
    evidence = Evidence(SAVED, (attempt,), own_reload=(loaded(),), has_code=True)
    cell = judge_cell(CELL._replace(format=file_format), evidence, Tolerances())
    said = "a plain load runs the Python code in the file without asking"
    assert (said in cell.detail) is noted
    without = judge_cell(cell.cell, replace(evidence, has_code=False), Tolerances())
    assert said not in without.detail


@pytest.mark.parametrize(
    ("task", "given", "file"),
    [
        (SubjectTask.ADOPT, (), "my model.h5"),
        (SubjectTask.BUILD, (), "model.keras"),
        (SubjectTask.ADOPT, (("weights", "w.h5"),), "model.keras"),
    ],
)
def test_printed_code_names_the_file_as_its_user_does(
    task: SubjectTask, given: tuple[tuple[str, str], ...], file: str
) -> None:
    subject = SubjectRecord("it", "models/my model.h5", task, given)
    save = replace(SAVED, payload_name="model.keras")
    assert names_of(save, subject).file == file
    assert names_of(save, None).file == "model.keras"
