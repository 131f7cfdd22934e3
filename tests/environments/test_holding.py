"""One builder at a time, and a word to whoever waits for it; the holders are real processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossload.runner.environments import holding
from crossload.runner.environments.holding import HolderWatch, forget, hold, holder_of, waiting_text

HOLDS = """
import sys
from pathlib import Path
from crossload.runner.environments.holding import hold
with hold(Path(sys.argv[1]), "one", print):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in a group of its own that holds the environment `one` until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_free_lock_is_taken_without_a_word(tmp_path: Path) -> None:
    said: list[str] = []
    with hold(tmp_path, "one", said.append):
        assert holder_of(tmp_path, "one") == os.getpid()
    assert holder_of(tmp_path, "one") is None
    assert said == []


def test_waiting_names_the_process_and_goes_on_when_it_ends(
    tmp_path: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "PATIENCE", 0.05)
    said: list[str] = []
    waits = threading.Event()

    def say(text: str) -> None:
        said.append(text)
        waits.set()

    def take() -> None:
        with hold(tmp_path, "one", say):
            said.append("mine")

    thread = threading.Thread(target=take)
    thread.start()
    assert waits.wait(30)
    assert holder.stdin is not None
    holder.stdin.close()
    thread.join(30)
    assert said == [
        f"waiting for process {holder.pid}, which is building or removing one",
        "mine",
    ]


def test_a_killed_holder_is_none(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    assert holder_of(tmp_path, "one") is None
    assert waiting_text("one", None) == (
        "waiting for another process, which is building or removing one"
    )
    with hold(tmp_path, "one", pytest.fail):
        assert holder_of(tmp_path, "one") == os.getpid()


def test_a_damaged_note_names_no_process(tmp_path: Path) -> None:
    (tmp_path / "one.holder").write_bytes(b"\xff")
    assert holder_of(tmp_path, "one") is None


def test_a_watch_reports_a_holder_of_another_group_once(
    tmp_path: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "PATIENCE", 0.0)
    said: list[str] = []
    watch = HolderWatch(tmp_path, "one", os.getpid(), said.append)
    watch.look()
    watch.look()
    assert said == [waiting_text("one", holder.pid)]


def test_a_watch_is_silent_about_its_own_group(
    tmp_path: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "PATIENCE", 0.0)
    HolderWatch(tmp_path, "one", holder.pid, pytest.fail).look()


def test_a_short_wait_is_not_reported(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert holder_of(tmp_path, "one") == holder.pid
    HolderWatch(tmp_path, "one", os.getpid(), pytest.fail).look()


def test_forgetting_removes_the_lock(tmp_path: Path) -> None:
    with hold(tmp_path, "one", pytest.fail):
        pass
    forget(tmp_path, "one")
    assert list(tmp_path.iterdir()) == []
