"""One hostile or broken job costs exactly that job, in the sandbox and without it."""

from __future__ import annotations

import re
from dataclasses import replace

import psutil

from crossload.runner.words import JobStatus
from tests.probing.bench import Bench, Fault


def test_a_fault_is_recorded_as_what_it_was(fault_bench: Bench, fault: Fault) -> None:
    report = fault_bench.ledger.by_model()[fault.model].report
    assert report.status is fault.status, report
    assert report.detail == fault.detail or re.fullmatch(fault.detail, report.detail), report


def test_the_jobs_after_the_faults_were_answered(fault_bench: Bench) -> None:
    outcomes = fault_bench.ledger.by_model()
    for number in range(4):
        assert outcomes[f"fine-{number}"].report.status is JobStatus.DONE
        assert outcomes[f"fine-{number}"].artifact is not None


def test_nothing_survives_the_faults(fault_bench: Bench) -> None:
    mine = psutil.Process().children(recursive=True)
    assert [process for process in mine if process.status() != psutil.STATUS_ZOMBIE] == []
    folder = str(fault_bench.folder)
    left = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        text = " ".join(process.info["cmdline"] or []) + str(process.info["cwd"])
        if folder in text:
            left.append(text)
    assert left == []


def test_no_scratch_survives_the_faults(fault_bench: Bench) -> None:
    assert list((fault_bench.folder / "scratch").iterdir()) == []
    stored = [path.name for path in (fault_bench.folder / "artifacts").iterdir()]
    assert [name for name in stored if not re.fullmatch("[0-9a-f]{64}", name)] == []


def test_output_is_kept_and_made_harmless(fault_bench: Bench) -> None:
    outcomes = fault_bench.ledger.by_model()
    assert outcomes["segv"].report.output_tail == "working on segv"
    assert outcomes["chatter"].report.output_tail == "working on chatter\nred \\u202e \\u0000 end"
    assert outcomes["output-link"].report.output_tail == ""
    assert outcomes["output-fifo"].report.output_tail == ""
    assert len(outcomes["flood"].report.output_tail) <= 2000


def test_foreign_messages_are_made_harmless(fault_bench: Bench) -> None:
    error = fault_bench.ledger.by_model()["refused"].report.error
    assert error is not None
    assert (error.type, error.message) == ("ValueError", "no such\\u202e layer")


def test_an_endless_loop_is_stopped_by_its_cpu_time_on_however_busy_a_machine(
    any_bench: Bench,
) -> None:
    any_bench.limits = replace(any_bench.limits, cpu_seconds=0)
    report = any_bench.save_all("loop")["loop"].report
    assert (report.status, report.detail) == (JobStatus.TIMED_OUT, "CPU limit of 0 s")
