"""Foreign messages as they are told: without the machine's folders, addresses, line breaks."""

from __future__ import annotations

import pytest

from crossload.runner.migration.wording import LIMIT, error_told, refused_told, tidy
from crossload.runner.records import JobReport, ProbeError, SaveOutcome
from crossload.runner.words import JobStatus


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("filepath=/scratch/4215860/payload/model. Keras 3", "filepath=model. Keras 3"),
        ("'/home/a/.crossload/scratch/x/payload/my.h5' is", "'my.h5' is"),
        ("/artifacts/0af/payload/model/variables/variables", "model/variables/variables"),
        ("<Functional object at 0x7fdfa372a8d0> of type", "<Functional> of type"),
        ("<F at 0x7fdfa372a8d0>", "<F>"),
        ("two\n  lines", "two lines"),
        ("a payload/ of its own", "a payload/ of its own"),
        ("bell\x07 and \x1b[31mred", "bell\\u0007 and \\u001b[31mred"),
    ],
)
def test_what_belongs_to_this_machine_is_taken_out(said: str, told: str) -> None:
    assert tidy(said) == told


def test_a_long_message_is_cut() -> None:
    assert len(tidy("word " * 100_000)) == LIMIT


def test_an_exception_without_a_message_is_its_name() -> None:
    assert error_told(ProbeError("EOFError", "")) == "EOFError"
    assert error_told(ProbeError("framework.errors_impl.BadError", "no")) == "BadError: no"


def test_the_reason_for_a_missing_file_is_always_given() -> None:
    assert refused_told(None) == "the environment could not be used"
    assert refused_told(SaveOutcome(JobReport(JobStatus.CRASHED))) == "it gave no answer"
    died = SaveOutcome(JobReport(JobStatus.CRASHED, detail="killed by signal 9"))
    assert refused_told(died) == "killed by signal 9"
