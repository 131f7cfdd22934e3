"""Kills a small run at random moments, again and again, and checks that nothing is lost.

Owns the killing and what must hold after each: no process is left, every result that was recorded
is still there, and a run that reaches its end has the ledger of an undisturbed one. The
environments are played, workers, sandbox and ledger are real; run it as `python -m tests.killing`.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest import mock

import psutil
from rich.console import Console

from crossload.cli.console.display import PlainDisplay
from crossload.runner import workflow
from crossload.runner.config.model import Profile
from crossload.runner.environments.building import BuildResult
from crossload.runner.environments.integrity import Damage
from crossload.runner.environments.model import Environment
from crossload.runner.environments.project import Project
from crossload.runner.home import Home, exclusive_run
from crossload.runner.ledger import Ledger
from crossload.runner.models.listing import read_models
from crossload.runner.plan import Plan, Selection, make_plan
from crossload.runner.probing.schedule import run_probes
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.request import RunRequest
from crossload.runner.shipped import probes_folder
from tests import runs
from tests.probing.bench import FAKE

ROOT = Path(__file__).resolve().parent.parent
_GONE_SECONDS = 10
_MODELS = 12
# Everything recorded that does not depend on the clock.
_ROWS = (
    "SELECT 'save', saver, model, format, artifact, live FROM save",
    "SELECT 'attempt', artifact, loader, strategy, live, probe FROM attempt",
    """SELECT 'check', artifact, loader, name, c.status, difference
        FROM check_result c JOIN attempt ON attempt.id = attempt_id""",
)
Rows = frozenset[tuple[object, ...]]


def plan() -> Plan:
    """One saver and three loaders, for some of the reference models."""
    models = sorted(read_models(probes_folder()))[:_MODELS]
    profile = Profile.model_validate(
        {"models": models, "formats": ["h5"], "pairs": [["a", "b"], ["a", "c"]]}
    )
    return make_plan("killed", profile, (runs.A, runs.B, runs.C), Selection())


def run_once(folder: Path) -> None:
    """One whole run, as `crossload run` does it, with played environments and fake workers."""
    home = Home(folder / "home")
    home.prepare()
    probes = shutil.copytree(FAKE, folder / "probes", dirs_exist_ok=True)

    def build_all(environments: Sequence[Environment], *_: object) -> Iterator[BuildResult]:
        for one in environments:
            yield BuildResult(one, runs.build(one), 0.0, folder / "log")

    def intact(_: object) -> dict[str, Damage]:
        return {}

    def with_fakes(*given: object) -> object:
        played = [
            replace(one, probes=probes) if isinstance(one, ProbeSettings) else one for one in given
        ]
        return run_probes(*played)  # type: ignore[arg-type]

    request = RunRequest(
        Project(folder / "matrix.yaml", home), runs.matrix(), plan(), "crossload run", jobs=2
    )
    with (
        mock.patch.object(workflow, "build_all", build_all),
        mock.patch.object(workflow, "withdraw_damaged", intact),
        mock.patch.object(workflow, "run_probes", with_fakes),
        exclusive_run(home),
        Ledger.open(home.ledger) as ledger,
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
    ):
        workflow.run(request, ledger, PlainDisplay(Console(file=nowhere)))


def recorded(folder: Path) -> Rows:
    """What the ledger of a run holds; nothing where it was killed before there was one.

    Raises:
        sqlite3.DatabaseError: the ledger is damaged.
    """
    path = Home(folder / "home").ledger
    if not path.exists():
        return frozenset()
    with closing(sqlite3.connect(path)) as database:
        (state,) = database.execute("PRAGMA quick_check").fetchone()
        assert state == "ok", state
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'attempt'").fetchone():
            return frozenset()
        rows = [row for query in _ROWS for row in database.execute(query)]
    assert len(rows) == len(set(rows)), "something was recorded twice"
    return frozenset(rows)


def start(folder: Path) -> subprocess.Popen[bytes]:
    """The run in a process of its own."""
    command = [sys.executable, "-m", "tests.killing", "--child", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)


def kill_after(folder: Path, seconds: float) -> bool:
    """Start the run and kill it; whether it was still running.

    Raises:
        AssertionError: the run failed by itself, or processes outlive it.
    """
    with start(folder) as process:
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            below = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            process.wait()
            _, alive = psutil.wait_procs(below, timeout=_GONE_SECONDS)
            assert alive == [], alive
            return True
    assert code == 0, f"the run ended with {code}"
    return False


def kill_often(kills: int, seed: int, seconds: float, say: Callable[[str], object]) -> int:
    """Kill runs so often, or as often as the time allows; how often it was.

    Raises:
        AssertionError: something was lost, doubled, left over, or came out differently.
    """
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    done = whole = 0
    with tempfile.TemporaryDirectory(prefix="crossload-kill-") as text:
        begun = time.monotonic()
        with start(Path(text) / "undisturbed") as process:
            assert process.wait() == 0
        length = time.monotonic() - begun
        expected = recorded(Path(text) / "undisturbed")
        say(f"undisturbed: {len(expected)} rows in {length:.1f} s")
        while done < kills and time.monotonic() < end:
            folder = Path(text) / f"run-{whole}"
            before: Rows = frozenset()
            while kill_after(folder, length * chance.random()):
                done += 1
                after = recorded(folder)
                assert before <= after, f"lost: {sorted(before - after, key=repr)}"
                before = after
                if done >= kills or time.monotonic() >= end:
                    run_to_the_end(folder)
                    break
            whole += 1
            assert recorded(folder) == expected, "not the ledger of an undisturbed run"
            say(f"{done} kills, {whole} runs with the ledger of an undisturbed one")
    return done


def run_to_the_end(folder: Path) -> None:
    """Let the run finish."""
    with start(folder) as process:
        assert process.wait() == 0


def main() -> int:
    """Kill runs and print how it went; 1 where something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child is not None:
        args.child.mkdir(parents=True, exist_ok=True)
        run_once(args.child)
        return 0
    try:
        kill_often(args.kills, args.seed, args.seconds, lambda text: sys.stdout.write(f"{text}\n"))
    except AssertionError as error:
        sys.stdout.write(f"seed {args.seed}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
