"""The worker's wire protocol, and that nothing a model does breaks it; around a toy framework."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.probes.worker_driver import PROBES, VARIABLES, WorkerDriver

Start = Callable[..., WorkerDriver]
needs_fork = pytest.mark.skipif(
    sys.platform != "linux", reason="workers fork only where they can count their threads"
)


def save(worker: WorkerDriver) -> Path:
    assert worker.save("1", "twin-dense", "h5")["status"] == "done"
    return worker.scratch / "1" / "bundle"


def load(worker: WorkerDriver, strategy: str = "plain", **job: Any) -> dict[str, Any]:
    return worker.load("2", "twin-dense", "h5", strategy, save(worker), **job)


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    return {check["check"]: check["status"] for check in answer["checks"]}


def test_the_first_line_says_who_answers(start_toy: Start) -> None:
    worker = start_toy()
    assert worker.hello["kind"] == "hello"
    assert worker.hello["protocol"] == 1
    assert worker.hello["pid"] == worker.process.pid
    assert worker.hello["versions"]["keras"] == "2.2.4"
    assert worker.hello["import_seconds"] > 0


def test_a_failed_import_is_reported_and_ends_the_worker(start_toy: Start) -> None:
    worker = start_toy("no-import")
    assert worker.hello["kind"] == "failed"
    assert worker.hello["error"]["type"] == "ImportError"
    assert worker.hello["error"]["message"] == "the toy was told not to be there"
    assert worker.process.wait(10) == 3


def test_the_worker_ends_well_when_its_jobs_end(start_toy: Start) -> None:
    assert start_toy().close() == 0


def test_a_save_leaves_a_bundle_and_says_what_it_measured(start_toy: Start) -> None:
    worker = start_toy()
    answer = worker.save("17", "twin-dense", "h5")
    assert answer["kind"] == "saved"
    assert answer["id"] == "17"
    assert answer["status"] == "done"
    assert answer["error"] is None
    assert answer["bundle"] == "17/bundle"
    assert answer["payload"] == "model.h5"
    assert answer["noise"] == 0.0
    assert answer["rss_mb"] > 0
    assert set(answer["seconds"]) == {"build", "train", "predict", "save", "observe", "step"}
    bundle = worker.scratch / "17" / "bundle"
    names = sorted(str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file())
    assert names == ["expected.json", "expected.npz", "payload/model.h5"]


def test_output_goes_to_the_jobs_log_and_warnings_into_the_answer(start_toy: Start) -> None:
    worker = start_toy()
    answer = worker.save("1", "twin-dense", "h5")
    log = (worker.scratch / "1" / "output.log").read_text()
    assert "written by the framework to descriptor 1\n" in log
    assert "and to sys.stderr\n" in log
    assert "UserWarning: a toy format \\ud800" in answer["warnings"]


def test_a_load_that_works_compares_everything(start_toy: Start) -> None:
    worker = start_toy()
    answer = load(worker)
    assert answer["kind"] == "loaded"
    assert answer["status"] == "done"
    assert answer["concessions"] == []
    assert statuses(answer) == {
        "structure": "agrees",
        "weights": "measured",
        "outputs": "measured",
        "layers": "not-applicable",
        "compile": "not-applicable",
        "optimizer": "not-applicable",
        "step": "not-applicable",
        "metrics": "not-applicable",
        "re-save": "agrees",
    }
    assert {check["difference"] for check in answer["checks"]} == {None, 0.0}


def test_an_artifact_is_loaded_from_a_copy_that_is_gone_afterwards(start_toy: Start) -> None:
    worker = start_toy()
    load(worker)
    assert worker.load("3", "twin-dense", "h5", "no-such", worker.scratch / "1/bundle")  # a barrier
    assert not (worker.scratch / "2" / "payload").exists()
    assert (worker.scratch / "1" / "bundle" / "payload" / "model.h5").is_file()


def test_the_copy_of_a_read_only_artifact_is_writable(
    probe: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    artifact = tmp_path / "artifact"
    inner = artifact / "payload" / "model" / "variables"
    inner.mkdir(parents=True)
    (inner / "data").write_text("x")
    (inner / "data").chmod(0o444)
    inner.chmod(0o555)
    (tmp_path / "job").mkdir()
    copy = Path(probe("jobs.loading").copy_payload(str(artifact), str(tmp_path / "job")))
    assert copy == tmp_path / "job" / "payload" / "model"
    assert (copy / "variables").stat().st_mode & 0o200
    assert (copy / "variables" / "data").stat().st_mode & 0o200


@pytest.mark.parametrize(
    ("order", "kind", "message"),
    [
        ("exit", "SystemExit", "a model that leaves"),
        ("unreadable", "keras.Unreadable", "(its message cannot be read: ValueError)"),
        (
            "object",
            "crossload.CannotPredict",
            "load_model returned builtins.object, which is not a model",
        ),
    ],
)
def test_what_a_model_raises_is_a_refusal_and_the_next_job_is_answered(
    start_toy: Start, order: str, kind: str, message: str
) -> None:
    worker = start_toy(order)
    answer = load(worker)
    assert answer["status"] == "refused"
    assert answer["error"]["type"] == kind
    assert answer["error"]["message"] == message
    assert worker.save("5", "twin-dense", "h5")["status"] == "done"


def test_an_output_that_is_not_a_number_disagrees(start_toy: Start) -> None:
    assert statuses(load(start_toy("nan")))["outputs"] == "disagrees"


@pytest.mark.parametrize("file_format", ["keras", "savedmodel"])
def test_a_format_that_the_framework_does_not_write_is_refused(
    start_toy: Start, file_format: str
) -> None:
    answer = start_toy().save("1", "twin-dense", file_format)
    assert answer["status"] == "refused"
    assert answer["error"]["type"] == "crossload.NotWritten"
    assert answer["payload"] is None


def test_an_unknown_kind_of_job_is_refused(start_toy: Start) -> None:
    answer = start_toy().ask(kind="dance", id="9")
    assert answer["status"] == "refused"
    assert answer["error"]["message"] == "unknown kind of job 'dance'"


@needs_fork
def test_an_endless_loop_dies_of_its_cpu_limit(start_toy: Start) -> None:
    worker = start_toy("loop")
    assert load(worker, cpu_seconds=1) == {"kind": "died", "code": 128 + signal.SIGXCPU}


@needs_fork
def test_a_crash_is_reported_and_the_next_job_needs_no_new_import(start_toy: Start) -> None:
    worker = start_toy("abort")
    first = worker.process.pid
    for _ in range(3):
        assert load(worker) == {"kind": "died", "code": 128 + signal.SIGABRT}
    assert worker.process.poll() is None
    assert worker.process.pid == first
    assert worker.close() == 0


@needs_fork
def test_a_job_that_ends_the_process_quietly_ends_the_worker(start_toy: Start) -> None:
    worker = start_toy("exit-0")
    assert load(worker) == {}
    assert worker.process.wait(10) == 0


@pytest.mark.parametrize(("order", "code"), [("", 0), ("no-import", 3)])
def test_the_import_check_writes_versions_or_the_error(
    toy_python: Path, tmp_path: Path, order: str, code: int
) -> None:
    out = tmp_path / "facts.json"
    command = [str(toy_python), "-I", "-B", str(PROBES / "start.py"), "facts", "--api", "keras"]
    done = subprocess.run(
        [*command, "--backend", "theano", "--out", str(out)],
        env={**VARIABLES, "HOME": str(tmp_path), "CROSSLOAD_FAKE": order},
        check=False,
    )
    facts = json.loads(out.read_text())
    assert done.returncode == code
    if code:
        assert set(facts) == {"error"}
        assert set(facts["error"]) == {"type", "message", "traceback"}
    else:
        assert set(facts) == {"python", "versions", "import_seconds"}
        assert facts["versions"]["keras"] == "2.2.4"
        assert math.isfinite(facts["import_seconds"])
