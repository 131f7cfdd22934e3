"""What probing needs to know of a built environment, and where a worker finds its folders.

Owns these two values only; how environments are built is `runner.environments`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runner.records import Limits

INSIDE_PROBES = Path("/probes")
INSIDE_ARTIFACTS = Path("/artifacts")
INSIDE_SCRATCH = Path("/scratch")


@dataclass(frozen=True)
class ProbeTarget:
    """One environment as a worker's home: its interpreter, and how it uses Keras.

    `variables` is the allow-list of environment variables that a probe gets; nothing else of the
    caller's environment reaches it. `import_seconds` only feeds estimates.
    """

    id: str
    digest: str
    python: Path
    prefix: Path
    base_prefix: Path
    api: str
    backend: str
    variables: tuple[tuple[str, str], ...] = ()
    import_seconds: float = 3.0


@dataclass(frozen=True)
class Place:
    """The folders of one worker, as the host sees them; `slot` numbers workers that live at once.

    `scratch` is the only one a worker may write; `log` takes what is said before the worker
    redirects its own output (the sandbox's complaints, above all).
    """

    probes: Path
    artifacts: Path
    scratch: Path
    log: Path
    slot: int = 0


@dataclass(frozen=True)
class ProbeSettings:
    """What holds for a whole call of `run_probes`.

    `probe` and `options` are the digests that enter the keys of results. `memory_budget_mb` bounds
    all live workers together (None: 8 GB or half of the memory, whichever is less);
    `recycle_mb` is the size from which a worker is replaced between two jobs.
    """

    probes: Path
    artifacts: Path
    scratch: Path
    probe: str
    options: str
    limits: Limits = Limits()  # noqa: RUF009 - frozen, so sharing one default is safe
    tolerance: float = 1e-5
    jobs: int = 1
    memory_budget_mb: int | None = None
    recycle_mb: int = 1500
    start_seconds: float = 180.0
    script: str = "probe_worker.py"
