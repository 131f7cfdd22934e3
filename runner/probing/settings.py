"""What holds for a whole call of `run_probes`.

Owns the values and their defaults; the caller decides them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from crossload.runner.probing.executor import Executor
from crossload.runner.probing.material import Material
from crossload.runner.records import Limits, Tolerances
from crossload.runner.sandbox.containment import Sandbox

_MOST_MEMORY_MB = 8000.0


def never() -> bool:
    """There is as much time as it takes."""
    return False


@dataclass(frozen=True)
class ProbeSettings:
    """What holds for a whole call of `run_probes`.

    `memory_budget_mb` bounds all live workers together (None: 8 GB or half of the memory,
    whichever is less); `recycle_mb` is the size from which a worker is replaced between two jobs.
    `materials` has that of every model among the tasks, by name. `sandbox` is detected when the
    first worker is to be started, unless given. `is_over` is asked before each save or load; once
    it is true, none is begun, and those that are under way are waited for.
    """

    probes: Path
    artifacts: Path
    scratch: Path
    limits: Limits = Limits()  # noqa: RUF009 - frozen, so sharing one default is safe
    tolerances: Tolerances = Tolerances()  # noqa: RUF009 - same
    jobs: int = 1
    memory_budget_mb: int | None = None
    recycle_mb: int = 1500
    start_seconds: float = 180.0
    script: str = "start.py"
    sandbox: Sandbox | None = None
    materials: Mapping[str, Material] = field(default_factory=dict)
    is_over: Callable[[], bool] = never
    executor: Executor | None = None

    @property
    def budget_mb(self) -> float:
        """What all live workers may use together."""
        if self.memory_budget_mb is not None:
            return float(self.memory_budget_mb)
        return min(_MOST_MEMORY_MB, psutil.virtual_memory().total / 2 / 1_000_000)
