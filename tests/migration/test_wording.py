"""Foreign messages as they are told: on one line, and not too long."""

from __future__ import annotations

import pytest

from crossload.runner.migration.wording import LIMIT, error_told, refused_told, tidy
from crossload.runner.records import JobReport, ProbeError, SaveOutcome
from crossload.runner.words import JobStatus


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("two\n  lines", "two lines"),
        ("a payload/ of its own", "a payload/ of its own"),
        ("bell\x07 and \x1b[31mred", "bell\\u0007 and \\u001b[31mred"),
    ],
)
def test_a_message_becomes_one_line(said: str, told: str) -> None:
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
