"""From pending work to the job that a worker is given.

Owns a job's name and what goes into it; `protocol` owns its spelling.
"""

from __future__ import annotations

import random

from crossload.runner.probing.backlog import Pending, PendingSave
from crossload.runner.probing.protocol import Job, LoadJob, SaveJob
from crossload.runner.probing.settings import ProbeSettings


def job_of(item: Pending, number: int, settings: ProbeSettings) -> Job:
    """The job that does an item next; `number` is unique within a call of `run_probes`."""
    # Not to be guessed: a model could write the answers to jobs that are yet to come.
    name = f"{number}{random.SystemRandom().randrange(10**6):06d}"
    key = item.key if isinstance(item, PendingSave) else item.task.save
    material = settings.materials[key.model]
    if isinstance(item, PendingSave):
        return SaveJob(name, key.model, key.format, material, settings.tolerances)
    return LoadJob(
        name, key.model, key.format, item.strategy, item.artifact, material, settings.tolerances
    )
