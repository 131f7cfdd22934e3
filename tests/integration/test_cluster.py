"""Real Dask processes, each with a home of its own: killed at random, and with real frameworks."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from crossload.runner.cluster.host_home import HOME_VARIABLE
from crossload.runner.cluster.store import SharedStore
from tests import killing
from tests.cluster.whole import run_on
from tests.integration.conftest import HOME, ROOT, Measured, crossload, read_report
from tests.killing import recorded, run_once

pytestmark = pytest.mark.integration
pytest.importorskip("distributed")
_GONE_SECONDS = 15


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@dataclass
class Machines:
    """A scheduler, and workers that share no folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start_scheduler(self) -> None:
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port))

    def start_worker(self, *options: str, home: Path | None = None) -> None:
        self.started += 1
        own = self.folder / f"machine{self.started}"
        own.mkdir()
        arguments = ("--no-nanny", "--nthreads", "1", "--local-directory", str(own), *options)
        self.workers.append(self._start("worker", self.address, *arguments, home=home or own))

    def _start(
        self, part: str, *arguments: str, home: Path | None = None
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{part}", *arguments, "--no-dashboard"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), HOME_VARIABLE: str(home or self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End it without warning; nothing that it started may live on."""
        below = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        _, alive = psutil.wait_procs(below, timeout=_GONE_SECONDS)
        assert alive == []

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def wait_for_artifacts(folder: Path, count: int) -> None:
    artifacts = folder / "cluster" / "home" / "artifacts"
    while len(list(artifacts.glob("[0-9a-f]*"))) < count:
        time.sleep(0.05)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    found = Machines(tmp_path)
    found.start_scheduler()
    try:
        yield found
    finally:
        found.end()


def test_workers_are_killed_at_random_and_nothing_is_lost_or_doubled(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(killing, "_MODELS", 40)
    run_once(tmp_path / "local")
    play = ("--preload", str(ROOT / "tests" / "cluster" / "played.py"))
    for _ in range(2):
        machines.start_worker(*play)
    chance, over = random.Random(7), threading.Event()
    killed: list[int] = []

    def kill_now_and_then() -> None:
        wait_for_artifacts(tmp_path, 1)
        while not over.wait(chance.uniform(0.1, 2.0)) and len(killed) < 4:
            victim = next(one for one in machines.workers if one.poll() is None)
            machines.kill(victim)
            killed.append(victim.pid)
            machines.start_worker(*play)

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    try:
        store = SharedStore((tmp_path / "store").as_uri())
        said = run_on(machines.address, store, tmp_path / "cluster", monkeypatch)
    finally:
        over.set()
        killer.join()
    assert killed
    assert recorded(tmp_path / "cluster") == recorded(tmp_path / "local")
    assert [one for one in said if one.endswith("is gone; its work is done elsewhere")]


def test_a_scheduler_that_is_started_again_is_used_again(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(killing, "_MODELS", 40)
    run_once(tmp_path / "local")
    play = ("--preload", str(ROOT / "tests" / "cluster" / "played.py"))
    machines.start_worker(*play)

    def restart() -> None:
        wait_for_artifacts(tmp_path, 3)
        assert machines.scheduler is not None
        machines.kill(machines.scheduler)
        time.sleep(1.0)
        machines.start_scheduler()
        machines.start_worker(*play)

    restarter = threading.Thread(target=restart)
    restarter.start()
    store = SharedStore((tmp_path / "store").as_uri())
    said = run_on(machines.address, store, tmp_path / "cluster", monkeypatch)
    restarter.join()
    assert recorded(tmp_path / "cluster") == recorded(tmp_path / "local")
    assert (
        f"the Dask scheduler at {machines.address!r} is gone; waiting 60 s for it to come back"
        in said
    )
    assert "the Dask scheduler is back" in said


def test_real_frameworks_on_two_machines(
    machines: Machines, measured: Measured, tmp_path: Path
) -> None:
    for number in (1, 2):
        home = tmp_path / f"home{number}"
        home.mkdir()
        (home / "envs").symlink_to(HOME / "envs")
        machines.start_worker(home=home)
    home = tmp_path / "home"
    store = (tmp_path / "store").as_uri()
    run = ("run", "--profile", "pair", "--executor", "dask", "--scheduler", machines.address)
    done = crossload(measured.folder, *run, "--store", store, home=home)
    assert done.returncode == 0, done.stderr
    assert not (home / "envs").exists() or not list((home / "envs").iterdir())
    whole = {cell.id: cell.verdict for cell in measured.report.cells}
    found = {cell.id: cell.verdict for cell in read_report(tmp_path, home).cells}
    assert len(found) == 16
    assert found == {one: whole[one] for one in found}
