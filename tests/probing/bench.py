"""A bench to run fake workers on: targets, tasks, an in-memory ledger, ways to fail."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crossload.runner.models.traits import ModelTraits
from crossload.runner.probing.material import Material
from crossload.runner.probing.schedule import run_probes
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.tasks import LoadTask, ProbeListener, ProbeSummary, ProbeTask
from crossload.runner.records import (
    Attempt,
    AttemptKey,
    AttemptOutcome,
    Cell,
    EnvironmentProblem,
    Limits,
    LoadKey,
    ProbeDigests,
    SaveKey,
    SaveOutcome,
)
from crossload.runner.sandbox.containment import Sandbox
from crossload.runner.sandbox.target import ProbeTarget
from crossload.runner.words import Format, JobStatus

PROBE = ProbeDigests("p", "p", "p")
FAKE = Path(__file__).with_name("fake_worker")
SMALL = Limits(cpu_seconds=60, wall_seconds=300, memory_mb=400, scratch_mb=20, processes=60)


@dataclass
class MemoryLedger:
    """What a ledger would hold; `order` lists what arrived when."""

    saves: dict[SaveKey, SaveOutcome] = field(default_factory=dict)
    tries: dict[AttemptKey, AttemptOutcome] = field(default_factory=dict)
    problems: dict[str, EnvironmentProblem] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def recall(self, keys: Collection[LoadKey]) -> None:
        """Everything is known at once here."""

    def attempts(self, key: LoadKey) -> Sequence[Attempt]:
        return [
            Attempt(one.strategy, outcome)
            for one, outcome in self.tries.items()
            if one == key.attempt(one.strategy)
        ]

    def saved(self, key: SaveKey) -> SaveOutcome | None:
        return self.saves.get(key)

    def by_model(self) -> dict[str, SaveOutcome]:
        return {key.model: outcome for key, outcome in self.saves.items()}


@dataclass
class MemorySink:
    """Writes into a `MemoryLedger`; each result may come only once."""

    ledger: MemoryLedger

    def saved(self, key: SaveKey, outcome: SaveOutcome) -> None:
        self.ledger.saves[key] = outcome
        self.ledger.order.append(f"{key.saver}:save {key.model}")

    def attempted(self, key: AttemptKey, outcome: AttemptOutcome) -> None:
        assert key not in self.ledger.tries
        self.ledger.tries[key] = outcome
        self.ledger.order.append(f"{key.loader}:{key.strategy}")

    def unusable(self, environment: str, problem: EnvironmentProblem) -> None:
        assert environment not in self.ledger.problems
        self.ledger.problems[environment] = problem


@dataclass
class Diary:
    """A listener that remembers."""

    lines: list[str] = field(default_factory=list)

    def worker_starting(self, environment: str) -> None:
        self.lines.append(f"{environment} starting")

    def worker_ready(self, environment: str, seconds: float) -> None:
        assert seconds > 0
        self.lines.append(f"{environment} ready")

    def worker_failed(self, environment: str, message: str) -> None:
        self.lines.append(f"{environment} failed: {message}")

    def job_started(self, environment: str, job: str) -> None:
        self.lines.append(f"{environment} > {job}")

    def job_ended(self, environment: str, job: str, status: JobStatus) -> None:
        self.lines.append(f"{environment} < {job}: {status}")

    def remaining(self, saves: int, loads: int) -> None:
        self.lines.append(f"remaining {saves} {loads}")


class EveryModel(dict[str, Material]):
    """Whatever its name, a compiled reference model."""

    def __missing__(self, name: str) -> Material:
        return Material(ModelTraits(name, compiled=True))


@dataclass
class Bench:
    """A project with fake workers."""

    folder: Path
    sandbox: Sandbox
    limits: Limits = SMALL
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    diary: Diary = field(default_factory=Diary)
    start_seconds: float = 300.0
    memory_budget_mb: int | None = None

    @property
    def settings(self) -> ProbeSettings:
        return ProbeSettings(
            start_seconds=self.start_seconds,
            memory_budget_mb=self.memory_budget_mb,
            probes=self.folder / "probes",
            artifacts=self.folder / "artifacts",
            scratch=self.folder / "scratch",
            limits=self.limits,
            sandbox=self.sandbox,
            materials=EveryModel(),
        )

    def target(self, name: str = "a", **variables: str) -> ProbeTarget:
        return ProbeTarget(
            id=name,
            digest=name,
            python=Path(sys.executable),
            prefix=Path(sys.prefix),
            base_prefix=Path(sys.base_prefix),
            api="tf.keras",
            backend="tensorflow",
            variables=tuple(variables.items()),
            import_seconds=0.1,
        )

    def key(self, model: str, saver: str = "a") -> SaveKey:
        return SaveKey(saver, model, Format.H5, PROBE.saving, "o")

    def task(
        self, name: str, saves: Sequence[str] = (), loads: Sequence[str] = (), **variables: str
    ) -> ProbeTask:
        """Make a task; `loads` are "saver/model"."""
        cells = [load.split("/") for load in loads]
        return ProbeTask(
            self.target(name, **variables),
            tuple(self.key(model, name) for model in saves),
            tuple(
                LoadTask(Cell(saver, model, Format.H5, name), self.key(model, saver), PROBE)
                for saver, model in cells
            ),
        )

    def write_probes(self) -> None:
        shutil.copytree(FAKE, self.folder / "probes", dirs_exist_ok=True)

    async def run_async(
        self, tasks: Sequence[ProbeTask], listener: ProbeListener | None = None, jobs: int = 1
    ) -> ProbeSummary:
        self.write_probes()
        settings = replace(self.settings, jobs=jobs)
        sink = MemorySink(self.ledger)
        return await run_probes(tasks, self.ledger, sink, settings, listener or self.diary)

    def run(self, *tasks: ProbeTask, jobs: int = 1) -> ProbeSummary:
        return asyncio.run(self.run_async(tasks, jobs=jobs))

    def save_all(self, *models: str, **variables: str) -> dict[str, SaveOutcome]:
        """Save these models one after the other in one environment."""
        self.run(self.task("a", models, **variables))
        return self.ledger.by_model()


@dataclass(frozen=True)
class Fault:
    """A way to fail, and what must be recorded of it."""

    model: str
    status: JobStatus
    detail: str = ""


FAULTS = [
    Fault("exit0", JobStatus.CRASHED, "ended with exit status 0 before it answered"),
    Fault("exit1", JobStatus.CRASHED, "ended with exit status 1 before it answered"),
    Fault("segv", JobStatus.CRASHED, "killed by SIGSEGV"),
    Fault("killed", JobStatus.CRASHED, "killed by SIGKILL"),
    Fault("told", JobStatus.CRASHED, "killed by SIGSEGV"),
    Fault("abort", JobStatus.OUT_OF_MEMORY, "memory limit of 400 MB (an allocation was refused)"),
    Fault("hang", JobStatus.TIMED_OUT, "wall limit of 2 s"),
    Fault("loop", JobStatus.TIMED_OUT, "CPU limit of 60 s|wall limit of 2 s"),
    Fault("memory", JobStatus.OUT_OF_MEMORY, r"memory limit of 400 MB \(4\d\d MB used\)"),
    Fault(
        "memory-at-once",
        JobStatus.OUT_OF_MEMORY,
        "memory limit of 400 MB (an allocation was refused)",
    ),
    Fault("flood", JobStatus.CRASHED, r"scratch limit of 20 MB \(\d+ MB used\)|killed by SIGXFSZ"),
    Fault("garbage", JobStatus.BAD_ANSWER, "bad answer: line: invalid json: expected value.*"),
    Fault("before", JobStatus.BAD_ANSWER, "bad answer: line holds bytes that are not ASCII"),
    Fault("after", JobStatus.BAD_ANSWER, "bad answer: more than one line"),
    Fault("later", JobStatus.DONE),
    Fault("oversize", JobStatus.BAD_ANSWER, "bad answer: a line of more than 1000000 bytes"),
    Fault("nan", JobStatus.BAD_ANSWER, "bad answer: noise: input should be a finite number"),
    Fault("infinite", JobStatus.BAD_ANSWER, "bad answer: seconds.save: .*finite number"),
    Fault("wrong-id", JobStatus.BAD_ANSWER, r"bad answer: answers job '99999', asked was '\d+'"),
    Fault("extra", JobStatus.BAD_ANSWER, "bad answer: verdict: extra inputs are not permitted"),
    Fault("elsewhere", JobStatus.BAD_ANSWER, r"bad answer: bundle is '\.\./\.\./etc', expected .*"),
    Fault("half", JobStatus.BAD_ANSWER, "bad answer: only half of one, then exit status 0"),
    Fault("closes", JobStatus.BAD_ANSWER, "bad answer: the channel for answers was closed"),
    Fault("leaves", JobStatus.DONE),
    Fault("daemon", JobStatus.CRASHED, "ended with exit status 0 before it answered"),
    Fault("leaves-daemon", JobStatus.DONE),
    Fault("fork-bomb", JobStatus.CRASHED, r"process limit of 60 \(\d+ seen\)"),
    Fault("disk", JobStatus.CRASHED, r"scratch limit of 20 MB \(\d+ MB used\)"),
    Fault("many-files", JobStatus.CRASHED, "scratch limit of 2000 files, 24 levels"),
    Fault("deep", JobStatus.CRASHED, "scratch limit of 2000 files, 24 levels"),
    Fault("locked", JobStatus.DONE),
    Fault("symlink", JobStatus.BAD_ANSWER, ".*'payload/link' is neither a file nor a folder"),
    Fault("fifo", JobStatus.BAD_ANSWER, ".*'payload/fifo' is neither a file nor a folder"),
    Fault("hard-link", JobStatus.BAD_ANSWER, r".*several names \(hard links\)"),
    Fault(
        "dots", JobStatus.BAD_ANSWER, r"bad answer: payload name '\.\.' is not a plain file name"
    ),
    Fault("link-bundle", JobStatus.BAD_ANSWER, "bad answer: bundle cannot be opened: .*"),
    Fault("output-link", JobStatus.DONE),
    Fault("output-fifo", JobStatus.DONE),
    Fault("refused", JobStatus.REFUSED),
    Fault("chatter", JobStatus.DONE),
]


def matches(text: str, pattern: str) -> bool:
    return text == pattern or re.fullmatch(pattern, text, re.DOTALL) is not None
