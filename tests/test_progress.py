"""What a run says of itself while it measures."""

from __future__ import annotations

from dataclasses import dataclass, field

from crossload.runner.progress import ProbeProgress
from crossload.runner.words import JobStatus


@dataclass
class Said:
    """A display that keeps the lines which stay visible."""

    lines: list[str] = field(default_factory=list)

    def phase(self, title: str, total: int) -> None: ...

    def advance(self, units: int = 1) -> None: ...

    def environment(self, environment_id: str, state: str, *, final: bool = False) -> None: ...

    def message(self, text: str) -> None:
        self.lines.append(text)


def test_crashes_are_told_once_at_the_end() -> None:
    said = Said()
    progress = ProbeProgress(said, 3)
    for status in (JobStatus.CRASHED, JobStatus.DONE, JobStatus.TIMED_OUT, JobStatus.CRASHED):
        progress.job_ended("tf2.16", "unsafe tf2.15/a.h5/tf2.16", status)
    progress.remaining(0, 1)
    assert said.lines == []
    progress.over()
    progress.over()
    assert said.lines == ["2 attempts crashed and 1 did not end in time; recorded as results"]


def test_a_run_without_crashes_says_nothing_of_them() -> None:
    said = Said()
    progress = ProbeProgress(said, 1)
    progress.job_ended("tf2.16", "plain tf2.15/a.h5/tf2.16", JobStatus.REFUSED)
    progress.over()
    assert said.lines == []


def test_an_answer_of_no_sense_is_told_at_once() -> None:
    said = Said()
    progress = ProbeProgress(said, 1)
    progress.job_ended("tf2.16", "plain tf2.15/a.h5/tf2.16", JobStatus.BAD_ANSWER)
    assert said.lines == ["tf2.16: plain tf2.15/a.h5/tf2.16: bad-answer"]
