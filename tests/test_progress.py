"""What a run says of itself while it measures."""

from __future__ import annotations

import pytest

from crossload.runner.progress import ProbeProgress
from crossload.runner.words import JobStatus
from tests.workflow.stage import Screen


@pytest.mark.parametrize("status", [one for one in JobStatus if one != "bad-answer"])
def test_a_result_is_left_to_the_report(status: JobStatus) -> None:
    screen = Screen()
    progress = ProbeProgress(screen, 3)
    progress.job_ended("tf2.16", "unsafe tf2.15/a.h5/tf2.16", status)
    progress.remaining(0, 1)
    assert screen.lines == ["+2"]


def test_an_answer_of_no_sense_is_told_at_once() -> None:
    screen = Screen()
    progress = ProbeProgress(screen, 1)
    progress.job_ended("tf2.16", "plain tf2.15/a.h5/tf2.16", JobStatus.BAD_ANSWER)
    assert screen.lines == ["tf2.16: plain tf2.15/a.h5/tf2.16: bad-answer"]
