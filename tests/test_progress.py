"""What a run says of itself while it measures."""

from __future__ import annotations

from crossload.runner.progress import ProbeProgress
from crossload.runner.words import JobStatus
from tests.workflow.stage import Screen


def test_crashes_are_told_once_at_the_end() -> None:
    screen = Screen()
    progress = ProbeProgress(screen, 3)
    for status in (JobStatus.CRASHED, JobStatus.DONE, JobStatus.TIMED_OUT, JobStatus.CRASHED):
        progress.job_ended("tf2.16", "unsafe tf2.15/a.h5/tf2.16", status)
    progress.remaining(0, 1)
    assert screen.lines == ["+2"]
    progress.over()
    progress.over()
    assert screen.lines[1:] == ["2 attempts crashed and 1 did not end in time; recorded as results"]


def test_a_run_without_crashes_says_nothing_of_them() -> None:
    screen = Screen()
    progress = ProbeProgress(screen, 1)
    progress.job_ended("tf2.16", "plain tf2.15/a.h5/tf2.16", JobStatus.REFUSED)
    progress.over()
    assert screen.lines == []


def test_an_answer_of_no_sense_is_told_at_once() -> None:
    screen = Screen()
    progress = ProbeProgress(screen, 1)
    progress.job_ended("tf2.16", "plain tf2.15/a.h5/tf2.16", JobStatus.BAD_ANSWER)
    assert screen.lines == ["tf2.16: plain tf2.15/a.h5/tf2.16: bad-answer"]
