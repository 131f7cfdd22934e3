"""Scripted cases on their way to a worker: what their results depend on, and long ones."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.models.traits import ModelTraits
from crossload.runner.probing.material import Material, Scripts
from crossload.runner.probing.protocol import LoadJob, SaveJob
from crossload.runner.probing.schedule import run_probes
from crossload.runner.probing.strategies import applicable
from crossload.runner.probing.tasks import LoadTask, ProbeTask
from crossload.runner.records import AttemptOutcome, Cell, SaveKey, SaveOutcome
from crossload.runner.words import Format, JobStatus, Strategy
from tests.probing.bench import PROBE, Bench, MemorySink

SAVE, LOAD = "# save\noutputs = 1", "# load\noutputs = 1"


def task(bench: Bench, *names: str) -> ProbeTask:
    keys = [SaveKey("a", name, Format.SCRIPT, PROBE.saving, "o") for name in names]
    loads = [LoadTask(Cell("a", key.model, Format.SCRIPT, "a"), key, PROBE) for key in keys]
    return ProbeTask(bench.target(), tuple(keys), tuple(loads))


def run(bench: Bench, *tasks: ProbeTask, **scripts: Scripts) -> None:
    bench.write_probes()
    materials = {
        name: Material(ModelTraits(name), each)
        for name, each in ((name.replace("_", "-"), each) for name, each in scripts.items())
    }
    settings = replace(bench.settings, materials=materials)
    asyncio.run(run_probes(tasks, bench.ledger, MemorySink(bench.ledger), settings, bench.diary))


def message(outcome: SaveOutcome | AttemptOutcome) -> str:
    assert outcome.report.error is not None
    return outcome.report.error.message


def test_each_job_brings_its_own_script(bench: Bench) -> None:
    scripts = Scripts(SAVE, LOAD)
    run(bench, task(bench, "scripted", "load-scripted"), scripted=scripts, load_scripted=scripts)
    saves = bench.ledger.by_model()
    assert message(saves["scripted"]) == "18:# save\noutputs = 1"
    assert saves["load-scripted"].report.status is JobStatus.DONE
    (tried,) = bench.ledger.tries.items()
    assert tried[0].strategy is Strategy.PLAIN
    assert message(tried[1]) == "18:# load\noutputs = 1"


@pytest.mark.parametrize("size", [70_000, 200_000])
def test_a_script_that_no_pipe_takes_at_once_arrives(bench: Bench, size: int) -> None:
    long = "é" * (size // 2)
    run(bench, task(bench, "scripted", "one"), scripted=Scripts(long, ""), one=Scripts("", ""))
    saves = bench.ledger.by_model()
    assert message(saves["scripted"]) == f"{len(long)}:{long[:20]}"
    assert saves["one"].report.status is JobStatus.DONE
    assert sum("starting" in line for line in bench.diary.lines) == 1


def test_a_worker_that_dies_while_it_is_sent_a_script_costs_that_job(bench: Bench) -> None:
    deaf = replace(task(bench, "exit0", "one"), loads=())
    run(bench, deaf, exit0=Scripts("#" * 200_000, ""), one=Scripts("", ""))
    saves = bench.ledger.by_model()
    assert saves["exit0"].report.status is JobStatus.CRASHED
    assert saves["one"].report.status is JobStatus.DONE


def test_a_case_is_loaded_plainly_and_no_other_way() -> None:
    assert applicable(ModelTraits("case"), Format.SCRIPT) == (Strategy.PLAIN,)


def test_only_jobs_of_cases_speak_of_scripts() -> None:
    material = Material(ModelTraits("case"), Scripts(SAVE, LOAD))
    save = SaveJob("1", "dense", Format.H5).line(1, Path("/artifacts"))
    load = LoadJob("1", "case", Format.SCRIPT, Strategy.PLAIN, "f" * 64, material)
    assert b"script" not in save
    assert b'"script":"# load\\noutputs = 1"' in load.line(1, Path("/artifacts"))
