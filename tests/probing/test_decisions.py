"""When a worker is replaced, and when its death is certainly the job's doing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crossload.runner.probing.deaths import Death
from crossload.runner.probing.schedule import _Scheduler
from crossload.runner.probing.worker import Worker
from crossload.runner.words import JobStatus

JOB: Any = SimpleNamespace(id="7")
CRASH = Death(JobStatus.CRASHED, "killed by SIGSEGV")
BAD_ANSWER = Death(JobStatus.BAD_ANSWER, "bad answer")


@pytest.mark.parametrize(
    ("first", "now", "replaced"),
    [
        (100, 1000, False),  # as large as the limit
        (100, 1001, True),
        (700, 1001, False),  # less than half as large again as after its first job
        (667, 1001, True),
        (None, 1001, True),
        (100, None, False),
    ],
)
def test_a_worker_that_has_grown_past_the_limit_is_replaced(
    first: int | None, now: int | None, *, replaced: bool
) -> None:
    limits = SimpleNamespace(memory_mb=4000)
    scheduler = SimpleNamespace(_settings=SimpleNamespace(recycle_mb=1000, limits=limits))
    seat, worker = SimpleNamespace(first_mb=first), SimpleNamespace(rss_mb=now)
    assert _too_big(scheduler, seat, worker) is replaced


def test_the_limit_is_three_quarters_of_a_small_memory() -> None:
    limits = SimpleNamespace(memory_mb=400)
    scheduler = SimpleNamespace(_settings=SimpleNamespace(recycle_mb=1000, limits=limits))
    seat = SimpleNamespace(first_mb=100)
    assert not _too_big(scheduler, seat, SimpleNamespace(rss_mb=300))
    assert _too_big(scheduler, seat, SimpleNamespace(rss_mb=301))


def _too_big(*arguments: Any) -> bool:
    return _Scheduler._too_big(*arguments)


@pytest.mark.parametrize(
    ("death", "served", "doomed", "began", "certain"),
    [
        (CRASH, 3, False, True, True),
        (CRASH, 3, False, False, False),  # the worker was gone before the job began
        (CRASH, 3, True, False, True),  # killed for what this job used
        (BAD_ANSWER, 0, False, False, True),
        (BAD_ANSWER, 1, False, True, False),  # an earlier job may have written it
    ],
)
def test_a_death_is_a_jobs_own_once_it_has_begun(
    tmp_path: Path, death: Death, served: int, *, doomed: bool, began: bool, certain: bool
) -> None:
    if began:
        (tmp_path / JOB.id).mkdir()
    place = SimpleNamespace(scratch=tmp_path)
    worker = SimpleNamespace(_served=served, _doom=CRASH if doomed else None, place=place)
    assert Worker._certain(cast("Worker", worker), death, JOB) is certain
