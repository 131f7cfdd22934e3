"""A full or read-only disk: one clear sentence, and everything recorded before is still there."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.errors import StorageError
from crossload.runner.ledger import Ledger
from tests.ledger.examples import ATTEMPT_KEY, LIMITS, LOAD, LOADED, REPORT, START, find_attempts

NOBODY = 65534
BULKY = replace(LOADED, report=replace(REPORT, output_tail="x" * 3000))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    done = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False
    )
    if not done or done.returncode != 0:
        pytest.skip("a small disk can only be mounted by root on Linux")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that the user `nobody` can write to, and that user's rights where we are root."""
    with tempfile.TemporaryDirectory(prefix="ledger-") as name:
        if os.geteuid() != 0:
            yield Path(name)
            return
        os.chown(name, NOBODY, -1)
        os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            os.seteuid(0)


def record_until_refused(ledger: Ledger) -> tuple[list[str], str]:
    """Artifacts whose attempt was acknowledged before the disk was full, and what was said then."""
    done: list[str] = []
    with pytest.raises(StorageError) as caught:  # noqa: PT012 -- the loop is what runs into it
        run_id = ledger.begin_run(START)
        for number in range(5000):
            text = replace(BULKY, report=replace(BULKY.report, output_tail=f"{number:05}" * 700))
            ledger.record_attempt(run_id, replace(ATTEMPT_KEY, artifact=str(number)), text)
            done.append(str(number))
    return done, str(caught.value)


def known(ledger: Ledger, artifacts: list[str]) -> list[str]:
    loads = [replace(LOAD, artifact=artifact) for artifact in artifacts]
    return [load.artifact for load in loads if find_attempts(ledger, load, LIMITS)]


def test_a_full_disk_keeps_what_was_acknowledged(small_disk: Path) -> None:
    with Ledger.open(small_disk / "ledger.sqlite") as ledger:
        done, _ = record_until_refused(ledger)
        assert len(done) > 20
        assert known(ledger, done) == done


def test_a_full_disk_is_reported_in_one_sentence(small_disk: Path) -> None:
    path = small_disk / "ledger.sqlite"
    with Ledger.open(path) as ledger:
        _, said = record_until_refused(ledger)
    assert said == f"the disk of the ledger {str(path)!r} is full"


def test_a_full_disk_can_still_be_reported_on(small_disk: Path) -> None:
    path = small_disk / "ledger.sqlite"
    with Ledger.open(path) as ledger:
        done, _ = record_until_refused(ledger)
    with Ledger.open(path, read_only=True) as ledger:
        assert known(ledger, done) == done


def test_a_full_disk_goes_on_once_there_is_space(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 1_000_000)
    with Ledger.open(small_disk / "ledger.sqlite") as ledger:
        record_until_refused(ledger)
        ballast.unlink()
        run_id = ledger.begin_run(START)
        ledger.record_attempt(run_id, ATTEMPT_KEY, LOADED)
        assert find_attempts(ledger, LOAD, LIMITS) != ()


def test_no_space_for_a_new_ledger_is_reported(small_disk: Path) -> None:
    with (small_disk / "ballast").open("wb", buffering=0) as ballast:
        try:
            while ballast.write(b"x" * 4096):
                pass
        except OSError:
            pass
    with pytest.raises(StorageError):
        Ledger.open(small_disk / "ledger.sqlite")


def test_a_read_only_disk_is_reported(small_disk: Path) -> None:
    path = small_disk / "ledger.sqlite"
    Ledger.open(path).close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(StorageError, match="cannot write to the ledger"):
        Ledger.open(path)


def test_a_read_only_disk_can_be_reported_on(small_disk: Path) -> None:
    path = small_disk / "ledger.sqlite"
    with Ledger.open(path) as ledger:
        ledger.begin_run(START)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with Ledger.open(path, read_only=True) as ledger:
        assert len(ledger.runs()) == 1


def test_a_read_only_disk_with_a_log_left_over_can_be_reported_on(small_disk: Path) -> None:
    path = small_disk / "ledger.sqlite"
    killed = (
        "import os; from pathlib import Path; from crossload.runner.ledger import Ledger\n"
        "from tests.ledger.examples import START\n"
        f"ledger = Ledger.open(Path({str(path)!r})); ledger.begin_run(START); os._exit(9)"
    )
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", killed], cwd=root, check=False)
    path.with_name("ledger.sqlite-shm").unlink()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with Ledger.open(path, read_only=True) as ledger:
        assert len(ledger.runs()) == 1


def test_a_file_without_write_permission_is_reported_at_once(reachable: Path) -> None:
    path = reachable / "ledger.sqlite"
    Ledger.open(path).close()
    path.chmod(0o444)
    with pytest.raises(StorageError) as caught:
        Ledger.open(path)
    assert str(caught.value) == (
        f"cannot write to the ledger {str(path)!r}: attempt to write a readonly database"
    )


def test_a_file_without_the_right_to_write_can_be_reported_on(reachable: Path) -> None:
    path = reachable / "ledger.sqlite"
    with Ledger.open(path) as ledger:
        ledger.begin_run(START)
    path.chmod(0o444)
    reachable.chmod(0o555)
    with Ledger.open(path, read_only=True) as ledger:
        assert len(ledger.runs()) == 1
    reachable.chmod(0o755)


def test_a_limit_on_file_sizes_keeps_what_was_acknowledged(path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Ledger.open(path) as ledger:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
        try:
            done, _ = record_until_refused(ledger)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)
        assert len(done) > 10
        assert known(ledger, done) == done
