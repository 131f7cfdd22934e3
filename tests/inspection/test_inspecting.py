"""The reading child: what it cannot do, and what becomes of one that dies, hangs or talks on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import h5py
import pytest

from crossload.runner.errors import UsageError
from crossload.runner.inspection import inspecting, walls
from crossload.runner.inspection.asking import Ending, ask
from crossload.runner.inspection.inspecting import inspect
from crossload.runner.inspection.model import Contents, FindingKind, Risk
from crossload.runner.words import Container
from tests.inspection.making import (
    dense,
    new_sequential,
    old_lambda,
    sequential,
    write_h5,
    write_keras,
    write_savedmodel,
)

ROOT = Path(__file__).resolve().parents[2]


def test_a_file_is_read_by_a_child(tmp_path: Path) -> None:
    found = inspect(
        write_h5(tmp_path / "m.h5", sequential(dense(), {**dense(), "class_name": "X"}))
    )
    assert (found.contents, found.risk) == (Contents.WHOLE, Risk.NONE)
    assert [(one.name, one.count) for one in found.custom] == [("X", 1)]


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    write_keras(tmp_path / "real.keras", new_sequential())
    (tmp_path / "link").symlink_to("real.keras")
    assert inspect(tmp_path / "link").container is Container.KERAS_ZIP


def script(text: str) -> list[str]:
    return [sys.executable, "-I", "-c", text]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os; os.kill(os.getpid(), 11)", "kills the reader (SIGSEGV)"),
        ("import os; os.kill(os.getpid(), 24)", "never ends"),
        ("raise ValueError('what it was')", "ValueError: what it was"),
        ("print('{}')", "no valid answer"),
        ('print(\'{"container": "hdf5", "contents": "weights only", "x": 1}\')', "no valid"),
        ("import os; os.write(1, b'\\xff')", "no valid answer"),
    ],
)
def test_a_child_that_fails_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.setattr(inspecting, "_command", lambda _: script(text))
    found = inspect(write_h5(tmp_path / "m.h5"))
    (finding,) = found.findings
    assert said in finding.text
    assert (finding.kind, found.risk) == (FindingKind.FAILED, Risk.FAILED)
    assert found.container is Container.HDF5


def test_a_child_that_hangs_is_ended_with_what_it_started() -> None:
    text = "import os, time; print(os.getpid() if os.fork() else '', flush=True); time.sleep(600)"
    answer = ask(script(text), seconds=1.0)
    assert answer.ending is Ending.TOO_LONG
    assert answer.code < 0


def test_a_child_that_closes_its_output_and_hangs_is_ended() -> None:
    text = "import os, time; os.close(1); os.close(2); time.sleep(600)"
    assert ask(script(text), seconds=1.0).ending is Ending.TOO_LONG


def test_a_child_that_talks_without_end_is_ended() -> None:
    text = "import os\nwhile True: os.write(1, b'x' * 65536)"
    answer = ask(script(text), cap=1_000_000)
    assert (answer.ending, answer.text) == (Ending.TOO_MUCH, b"")


def test_errors_without_end_are_not_kept() -> None:
    text = "import sys; sys.stderr.write('x' * 3_000_000 + '\\nlast words'); print('done')"
    answer = ask(script(text))
    assert (answer.text, answer.said) == (b"done\n", "last words")


def test_a_child_has_no_variables_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "canary")
    answer = ask(script("import os; print(dict(os.environ))"))
    assert b"canary" not in answer.text
    assert b"HDF5_PLUGIN_PATH" in answer.text


LIMITED = """
import resource, sys
sys.path.insert(0, {root!r})
from crossload.runner.inspection.child import limit
limit()
{attempt}
"""


@pytest.mark.parametrize(
    ("attempt", "ending"),
    [
        ("bytearray(4_000_000_000)", "MemoryError"),
        (
            "open({folder!r} + '/x', 'wb', buffering=0).write(b'x')",
            "OSError: [Errno 27] File too large",
        ),
        ("while True: pass", -24),
        ("[open('/dev/null') for _ in range(100)]", "OSError: [Errno 24]"),
    ],
)
def test_the_limits_of_the_child(tmp_path: Path, attempt: str, ending: str | int) -> None:
    if attempt.startswith("while"):  # ten seconds of work are too many for a test
        attempt = "resource.setrlimit(resource.RLIMIT_CPU, (1, 10))\n" + attempt
    text = LIMITED.format(root=str(ROOT), attempt=attempt.format(folder=str(tmp_path)))
    answer = ask(script(text))
    assert answer.code == ending if isinstance(ending, int) else answer.said.startswith(ending)


def test_the_child_has_little_time() -> None:
    text = LIMITED.format(root=str(ROOT), attempt="print(resource.getrlimit(resource.RLIMIT_CPU))")
    assert ask(script(text)).text == b"(10, 10)\n"


def unreadable(folder: Path) -> dict[str, Path]:
    (folder / "empty").touch()
    (folder / "folder").mkdir()
    (folder / "other").mkdir()
    (folder / "other" / "notes.txt").write_text("x", encoding="utf-8")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "pipe")
    names = ("empty", "folder", "other", "loop", "pipe", "missing", "nul\0", "x" * 300)
    return {name: folder / name for name in names} | {"device": Path("/dev/zero")}


@pytest.mark.parametrize(
    "name",
    ["empty", "folder", "other", "loop", "pipe", "missing", "nul\0", "x" * 300, "device"],
)
def test_what_is_not_a_file_is_refused_at_once(tmp_path: Path, name: str) -> None:
    path = unreadable(tmp_path)[name]
    with pytest.raises(UsageError, match="cannot be inspected") as refused:
        inspect(path)
    assert refused.value.advice
    if name == "other":
        assert "it holds notes.txt" in str(refused.value)


def test_a_text_file_is_not_a_model(tmp_path: Path) -> None:
    (tmp_path / "m.h5").write_text("not a model", encoding="utf-8")
    found = inspect(tmp_path / "m.h5")
    assert (found.container, found.risk) == (Container.UNKNOWN, Risk.MALFORMED)


HOOK = """
import importlib.abc, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"tensorflow", "keras", "tf_keras", "h5py", "torch", "pandas"}:
            raise AssertionError(f"the runner imports {name}")
        return None

sys.meta_path.insert(0, Refuse())
from crossload.runner.inspection.inspecting import inspect
from pathlib import Path
for path in sys.argv[1:]:
    print(inspect(Path(path)).contents)
assert "pickle" not in sys.modules, "pickle"
assert "marshal" not in dir(sys.modules["crossload.runner.inspection.inspecting"])
"""


def test_the_runner_itself_parses_nothing(tmp_path: Path) -> None:
    paths = [
        write_h5(tmp_path / "m.h5", sequential(dense())),
        write_keras(tmp_path / "m.keras"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", HOOK, *map(str, paths)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == "whole model\nwhole model\n"


STUCK = """
from crossload.runner.inspection import child, progress, arrays

progress.STUCK_SECONDS = 0  # the least is a second
visit = arrays._visit

def endless(group, name, *rest):
    while name == "z":
        pass
    visit(group, name, *rest)

arrays._visit = endless
child.main()
"""


def test_a_read_that_never_ends_leaves_what_was_read_until_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_h5(tmp_path / "m.h5", sequential(dense()))
    with h5py.File(path, "a") as file:
        file["z"] = 1.0
    monkeypatch.setattr(walls, "programs", lambda: None)
    monkeypatch.setattr(inspecting, "_command", lambda one: [sys.executable, "-c", STUCK, str(one)])
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    found = inspect(path)
    assert (found.findings[0].kind, found.findings[0].where) == (FindingKind.DAMAGED, "")
    assert "never ends" in found.findings[0].text
    assert (found.model_class, found.origin.keras) == ("Sequential", "2.10.0")
    assert [one.class_name for one in found.layers] == ["Dense"]


@pytest.mark.parametrize("name", ["m.h5", "m.keras", "sm"])
def test_the_environment_is_not_echoed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("CROSSLOAD_CANARY", "canary-7f3a")
    model = sequential(dense(name="$CROSSLOAD_CANARY"), old_lambda())
    path = tmp_path / name
    if name == "sm":
        write_savedmodel(path, metadata=(("_tf_keras_sequential", model),))
    else:
        (write_h5 if name == "m.h5" else write_keras)(path, model)
    assert "canary-7f3a" not in inspect(path).to_json()


def test_the_readers_byte_code_is_kept_by_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = tmp_path / "__pycache__"
    compiled.mkdir()
    (tmp_path / "reader.py").write_text("value = 1")
    (tmp_path / "damaged.py").write_text("value =")
    monkeypatch.setattr(inspecting, "__file__", str(tmp_path / "inspecting.py"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    inspecting._keep_byte_code()
    assert not list(compiled.iterdir())
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    inspecting._keep_byte_code()
    assert [one.name.partition(".")[0] for one in compiled.iterdir()] == ["reader"]
