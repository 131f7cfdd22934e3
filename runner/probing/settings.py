"""What holds for a whole call of `run_probes`.

Owns the values and their defaults; the caller decides them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crossload.runner.probing.material import Material
from crossload.runner.records import Limits, Tolerances
from crossload.runner.sandbox.containment import Sandbox


@dataclass(frozen=True)
class ProbeSettings:
    """What holds for a whole call of `run_probes`.

    `memory_budget_mb` bounds all live workers together (None: 8 GB or half of the memory,
    whichever is less); `recycle_mb` is the size from which a worker is replaced between two jobs.
    `materials` has that of every model among the tasks, by name. `sandbox` is detected when the
    first worker is to be started, unless given.
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
