"""Prints the project's numbers, all measured in one run: `python benchmarks/run.py`.

(a) a warm run of the profile over its floor, (b) the same job done by hand over a warm run,
(c) a rerun with nothing changed. The environments are built first, outside every measurement.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from crossload.cli.plan import PlanDocument
from crossload.runner.environments.tools import tool_variables

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
HOME = ROOT / ".crossload"
Job: TypeAlias = "dict[str, str]"
STATUS_OF_DEAD = ("crashed", "timed-out", "out-of-memory", "bad-answer")


@dataclass(frozen=True)
class Floor:
    """Seconds in one process after another, summed over the environments."""

    imports: float
    saves: float
    loads: float
    jobs: int

    @property
    def total(self) -> float:
        return self.imports + self.saves + self.loads


@dataclass(frozen=True)
class ByHand:
    """Seconds for the whole matrix, from `timed` of its `sessions`."""

    seconds: float
    timed: int
    sessions: int


def crossload(*arguments: str, home: Path) -> tuple[float, str]:
    """Run the command line; returns wall seconds and standard output."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "crossload", *arguments, "--home", str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr[-2000:]
        sys.exit(f"crossload {' '.join(arguments)} ended with {done.returncode}:\n{said}")
    return time.monotonic() - started, done.stdout


def rerun(*arguments: str, home: Path) -> tuple[float, float]:
    """Wall and processor seconds of a run that finds everything known."""
    before = os.times()
    wall = crossload("run", *arguments, home=home)[0]
    after = os.times()
    return wall, sum(after[2:4]) - sum(before[2:4])


def fresh_home(work: Path, name: str) -> Path:
    """A home without results that shares the built environments."""
    home = work / name
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    return home


def jobs_of(home: Path) -> dict[str, list[Job]]:
    """By environment id: every save and attempt that the run of this home did and survived."""
    dead = ", ".join(f"'{one}'" for one in STATUS_OF_DEAD)
    with closing(sqlite3.connect(home / "ledger.sqlite")) as database:
        saves = database.execute(
            "SELECT r.id, s.model, s.format FROM save s "
            "JOIN environment e ON e.digest = s.saver JOIN run_environment r "
            "ON r.environment_id = e.id AND r.run_id = 1"
        ).fetchall()
        loads = database.execute(
            "SELECT r.id, s.model, s.format, a.strategy, a.artifact FROM attempt a "
            "JOIN environment e ON e.digest = a.loader JOIN run_environment r "
            "ON r.environment_id = e.id AND r.run_id = 1 "
            "JOIN save s ON s.artifact = a.artifact JOIN job j ON j.id = a.job_id "
            f"WHERE j.status NOT IN ({dead})"
        ).fetchall()
    jobs: dict[str, list[Job]] = {}
    for environment, model, file_format in saves:
        save = {"kind": "save", "id": "0", "model": model, "format": file_format}
        jobs.setdefault(environment, []).append(save)
    for environment, model, file_format, strategy, artifact in loads:
        jobs.setdefault(environment, []).append(
            {
                "kind": "load",
                "id": "0",
                "model": model,
                "format": file_format,
                "strategy": strategy,
                "artifact": str(home / "artifacts" / artifact),
            }
        )
    return jobs


def measure_floor(plan: PlanDocument, home: Path, work: Path) -> Floor:
    """Do the jobs of a run again, one plain process per environment, one after another."""
    jobs = jobs_of(home)
    imports = saves = loads = 0.0
    count = 0
    for one in plan.environments:
        if one.problem:
            continue
        todo, answer = work / f"{one.id}.json", work / f"{one.id}.result.json"
        content = {"api": one.api, "backend": one.backend, "jobs": jobs.get(one.id, [])}
        todo.write_text(json.dumps(content), encoding="utf-8")
        python = HOME / "envs" / one.id / "bin" / "python"
        subprocess.run(
            [str(python), "-I", "-B", str(HERE / "floor.py"), str(todo), str(answer)],
            env={**one.variables, "PATH": "/usr/bin:/bin", "HOME": str(work)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        result = json.loads(answer.read_text(encoding="utf-8"))
        imports += result["import"]
        saves += result["saves"]
        loads += result["loads"]
        count += result["jobs"]
    return Floor(imports, saves, loads, count)


def measure_by_hand(plan_text: str, work: Path, sample: int) -> ByHand:
    """Time the noxfile in `by_hand`: `sample` pairs at random (0: all), with their savers.

    Environments are rebuilt for each session, as a plain noxfile does; wheels come from pip's and
    the system's caches.
    """
    plan_file = work / "plan.json"
    plan_file.write_text(plan_text, encoding="utf-8")
    usable = [one["id"] for one in json.loads(plan_text)["environments"] if not one["problem"]]
    pairs = [(saver, loader) for saver in usable for loader in usable]
    chosen = pairs if not sample else random.Random(1).sample(pairs, min(sample, len(pairs)))
    savers = list(dict.fromkeys(saver for saver, _ in chosen))
    environment = {
        **tool_variables(),
        "BY_HAND_PLAN": str(plan_file),
        "BY_HAND_OUT": str(work / "files"),
    }

    def session(name: str) -> float:
        started = time.monotonic()
        command = [sys.executable, "-m", "nox", "-f", str(HERE / "by_hand" / "noxfile.py")]
        subprocess.run(
            [*command, "--envdir", str(work / "nox"), "-s", name],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        seconds = time.monotonic() - started
        shutil.rmtree(work / "nox", ignore_errors=True)
        return seconds

    saving = sum(session(f"save({name})") for name in savers)
    loading = sum(session(f"load({saver}-{loader})") for saver, loader in chosen)
    return ByHand(
        seconds=saving / len(savers) * len(usable) + loading / len(chosen) * len(pairs),
        timed=len(savers) + len(chosen),
        sessions=len(usable) + len(pairs),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="quick")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--by-hand", type=int, default=2, metavar="PAIRS", help="0: all of them")
    parser.add_argument("--skip-by-hand", action="store_true")
    args = parser.parse_args()
    profile = ["--profile", args.profile]
    jobs = ["--jobs", str(args.jobs)]
    plan_text = crossload("plan", *profile, "--json", home=HOME)[1]
    plan = PlanDocument.model_validate_json(plan_text)
    names = [one.id for one in plan.environments]
    crossload("envs", "build", *names, *jobs, home=HOME)
    with tempfile.TemporaryDirectory(prefix="crossload-benchmark-", dir=HOME) as folder:
        work = Path(folder)
        home = fresh_home(work, "home")
        warm = crossload("run", *profile, *jobs, home=home)[0]
        reruns = [rerun(*profile, *jobs, home=home) for _ in range(5)]
        floor = measure_floor(plan, home, work)
        print(f"machine: {args.jobs} workers of {os.cpu_count()} processors, {platform.machine()}")
        print(f"profile {args.profile}: {len(names)} environments, {floor.jobs} saves and attempts")
        print(
            f"floor: {floor.imports:.1f} s imports + {floor.saves:.1f} s saves + "
            f"{floor.loads:.1f} s loads = {floor.total:.1f} s, {floor.total / args.jobs:.1f} s "
            f"on {args.jobs} workers"
        )
        print(f"(a) warm run: {warm:.1f} s = {warm / (floor.total / args.jobs):.2f} x the floor")
        wall, processor = (statistics.median(one) for one in zip(*reruns, strict=True))
        print(
            f"(c) rerun with nothing changed: {wall:.2f} s, {processor:.2f} s of a processor "
            f"(medians of {len(reruns)})"
        )
        if not args.skip_by_hand:
            hand = measure_by_hand(plan_text, work, args.by_hand)
            print(
                f"(b) by hand: {hand.seconds:.0f} s ({hand.timed} of {hand.sessions} nox sessions "
                f"timed, the rest scaled) = {hand.seconds / warm:.0f} x the warm run"
            )


if __name__ == "__main__":
    main()
