"""A small supervisor for tests: start a worker over two pipes, send jobs, read answers.

Owns nothing of the sandbox; the real supervisor is `runner.probing`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

PROBES = Path(__file__).resolve().parents[2] / "probes"
VARIABLES = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PATH": os.defpath,
}


class WorkerDriver:
    """One running worker; a context manager that ends it."""

    def __init__(
        self, python: Path, scratch: Path, *, api: str = "tf.keras", **variables: str
    ) -> None:
        self.scratch = scratch
        scratch.mkdir(parents=True, exist_ok=True)
        jobs_read, jobs_write = os.pipe()
        answers_read, answers_write = os.pipe()
        environment = {**VARIABLES, "HOME": tempfile.mkdtemp(dir=scratch), **variables}
        command = [
            *(str(python), "-I", "-B", str(PROBES / "start.py"), "worker"),
            *("--api", api, "--backend", variables.get("KERAS_BACKEND", "tensorflow")),
            *("--jobs-fd", str(jobs_read), "--answers-fd", str(answers_write)),
            *("--scratch", str(scratch)),
        ]
        self.process = subprocess.Popen(
            command, env=environment, pass_fds=(jobs_read, answers_write)
        )
        os.close(jobs_read)
        os.close(answers_write)
        self.jobs = os.fdopen(jobs_write, "w")
        self.answers = os.fdopen(answers_read)
        self.hello = self.read()

    def read(self) -> dict[str, Any]:
        """The next answer; an empty one if the worker is gone."""
        line = self.answers.readline()
        answer: dict[str, Any] = json.loads(line) if line else {}
        return answer

    def ask(self, **job: Any) -> dict[str, Any]:
        """Send a job and wait for its answer."""
        job.setdefault("cpu_seconds", 60)
        job.setdefault("tolerances", {"relative": 1e-5, "noise_factor": 4.0})
        self.jobs.write(json.dumps(job) + "\n")
        self.jobs.flush()
        return self.read()

    def save(self, name: str, model: str, file_format: str) -> dict[str, Any]:
        return self.ask(kind="save", id=name, model=model, format=file_format)

    def load(
        self, name: str, model: str, file_format: str, strategy: str, artifact: Path, **job: Any
    ) -> dict[str, Any]:
        return self.ask(
            kind="load",
            id=name,
            model=model,
            format=file_format,
            strategy=strategy,
            artifact=str(artifact),
            **job,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> int:
        """End the worker by closing its jobs, and return its exit code."""
        with contextlib.suppress(BrokenPipeError):
            self.jobs.close()
        self.answers.close()
        return self.process.wait(60)
