"""What the reading child can do behind its walls; it reads all the same where they fail."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from crossload.runner.inspection import inspecting, walls
from crossload.runner.inspection.asking import Answer, Ending, ask
from crossload.runner.inspection.inspecting import inspect
from crossload.runner.inspection.model import Contents, FindingKind, Inspection
from crossload.runner.inspection.progress import BEGUN
from crossload.runner.sandbox import seccomp
from crossload.runner.words import Container
from tests.inspection.making import dense, new_sequential, sequential, write_h5, write_keras


def _complaint() -> str:
    """Why there are no walls on this machine; empty if there are."""
    bwrap = walls.programs()
    if bwrap is None:
        return "bubblewrap is not installed"
    command = walls.around(bwrap, Container.HDF5, Path(__file__).resolve(), None)
    done = subprocess.run([*command, sys.executable, "-c", ""], capture_output=True, check=False)
    return f"bubblewrap does not work here: {done.stderr!r}" if done.returncode else ""


COMPLAINT = _complaint()
needs_walls = pytest.mark.skipif(bool(COMPLAINT), reason=COMPLAINT)


def behind_walls(path: Path, text: str) -> Answer:
    """What Python code comes to that runs where a child would read `path`."""
    bwrap = walls.programs()
    assert bwrap is not None
    reading = seccomp.filter_pipe() if seccomp.supported() else None
    command = walls.around(bwrap, Container.HDF5, path.resolve(), reading)
    try:
        given = () if reading is None else (reading,)
        return ask([*command, sys.executable, "-I", "-c", text], given=given)
    finally:
        if reading is not None:
            os.close(reading)


@needs_walls
def test_the_model_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "m.h5").write_text("content")
    answer = behind_walls(tmp_path / "m.h5", "print(open('/model/m.h5').read())")
    assert (answer.code, answer.text) == (0, b"content\n")


@needs_walls
@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        ("open({beside!r})", "FileNotFoundError"),
        ("open('/etc/passwd')", "FileNotFoundError"),
        ("open('/proc/self/environ')", "FileNotFoundError"),
        ("import os; os.listdir({folder!r})", "FileNotFoundError"),
        ("open('/model/m.h5', 'a')", "Read-only file system"),
        ("open('/model/new', 'w')", "Read-only file system"),
        # Inside, /tmp exists only where the interpreter or the program lies below it.
        ("open('/tmp/new', 'w')", "FileNotFoundError|Read-only file system"),
        ("import sys; open(sys.prefix + '/new', 'w')", "Read-only file system"),
        ("import os; os.kill({pid}, 0)", "ProcessLookupError"),
    ],
)
def test_nothing_else_can_be_reached(tmp_path: Path, attempt: str, refusal: str) -> None:
    for name in ("m.h5", "secret"):
        (tmp_path / name).write_text("content")
    places = {"beside": str(tmp_path / "secret"), "folder": str(tmp_path), "pid": os.getpid()}
    answer = behind_walls(tmp_path / "m.h5", attempt.format(**places))
    assert answer.code == 1
    assert re.search(refusal, answer.said)


@needs_walls
def test_there_is_no_network(tmp_path: Path) -> None:
    (tmp_path / "m.h5").touch()
    with socket.create_server(("127.0.0.1", 0)) as server:
        text = f"import socket; socket.create_connection({server.getsockname()!r}, timeout=5)"
        assert ask([sys.executable, "-I", "-c", text]).code == 0
        answer = behind_walls(tmp_path / "m.h5", text)
    assert answer.code == 1
    assert "Error" in answer.said


@needs_walls
@pytest.mark.skipif(not seccomp.supported(), reason="the filter is for x86-64")
def test_no_namespace_can_be_made_inside(tmp_path: Path) -> None:
    (tmp_path / "m.h5").touch()
    text = "import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))"
    assert behind_walls(tmp_path / "m.h5", text).text == b"-1\n"


@needs_walls
def test_an_inspection_is_the_same_inside_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [
        write_h5(tmp_path / "m.h5", sequential(dense())),
        write_keras(tmp_path / "m.keras", new_sequential()),
    ]
    with_walls = [inspect(path) for path in paths]
    asked: list[list[str]] = []
    monkeypatch.setattr(walls, "programs", lambda: asked.append([]))
    assert [inspect(path) for path in paths] == with_walls
    assert len(asked) == 2
    assert {one.contents for one in with_walls} == {Contents.WHOLE}


@needs_walls
def test_a_folder_of_links_is_shown_as_what_they_lead_to(tmp_path: Path) -> None:
    """A cache of downloads keeps each file elsewhere, under its digest."""
    folder, blobs = tmp_path / "snapshot", tmp_path / "blobs"
    folder.mkdir()
    blobs.mkdir()
    (blobs / "a1").write_text("graph")
    (folder / "saved_model.pb").symlink_to(Path("..", "blobs", "a1"))
    (folder / "dangling").symlink_to("nothing")
    text = "import os; print(open('/model/snapshot/saved_model.pb').read(), os.listdir('/model'))"
    assert behind_walls(folder, text).text == b"graph ['snapshot']\n"


def test_neighbouring_files_are_visible_if_they_belong_to_the_model(tmp_path: Path) -> None:
    for name in ("m.index", "m.data-00000-of-00001", "m.h5", "secret"):
        (tmp_path / name).touch()
    command = walls.around("bwrap", Container.CHECKPOINT, tmp_path / "m.index", None)
    shown = [word for word in command if word.startswith("/model/")]
    assert sorted(shown) == ["/model/m.data-00000-of-00001", "/model/m.index"]


def ask_twice(monkeypatch: pytest.MonkeyPatch, path: Path, first: Answer) -> tuple[Inspection, int]:
    """An inspection whose walled child answers so, and how often a child was asked."""
    asked = []

    def answer(command: list[str], *, given: tuple[int, ...] = ()) -> Answer:
        asked.append(given)
        return first if len(asked) == 1 else ask(command, given=given)

    monkeypatch.setattr(walls, "programs", lambda: "/nonexistent/bwrap")
    monkeypatch.setattr(inspecting, "ask", answer)
    return inspect(path), len(asked)


def test_without_working_walls_the_file_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_h5(tmp_path / "m.h5", sequential(dense()))
    refused = Answer(Ending.EXITED, 1, b"", "bwrap: No permissions to create new namespace")
    found, count = ask_twice(monkeypatch, path, refused)
    assert (found.contents, count) == (Contents.WHOLE, 2)


@pytest.mark.parametrize(
    "first",
    [
        Answer(Ending.EXITED, 139, BEGUN),
        Answer(Ending.EXITED, 1, BEGUN, "bwrap: No permissions"),
        Answer(Ending.TOO_LONG, -9),
        Answer(Ending.TOO_MUCH, -9),
    ],
)
def test_a_file_cannot_bring_the_walls_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: Answer
) -> None:
    """Once it is being read, nothing that happens is taken for a failure of the walls."""
    found, count = ask_twice(monkeypatch, write_h5(tmp_path / "m.h5"), first)
    assert count == 1
    assert found.findings[0].kind is FindingKind.FAILED


def test_a_missing_bubblewrap_is_tolerated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_h5(tmp_path / "m.h5", sequential(dense()))
    monkeypatch.setattr(walls, "programs", lambda: str(tmp_path / "bwrap"))
    assert inspect(path).contents is Contents.WHOLE


@needs_walls
def test_a_reader_that_dies_behind_walls_is_named_by_its_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import os; os.write(1, b'reading\\n'); os.kill(os.getpid(), 11)"
    monkeypatch.setattr(inspecting, "_command", lambda _: [sys.executable, "-I", "-c", text])
    found = inspect(write_h5(tmp_path / "m.h5"))
    assert "SIGSEGV" in found.findings[0].text
