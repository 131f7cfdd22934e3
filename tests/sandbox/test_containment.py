"""The level that is found, what is said of it, and the command that a worker is started with."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.records import Limits
from crossload.runner.sandbox import bubblewrap, findings, seccomp
from crossload.runner.sandbox.bubblewrap import Tools
from crossload.runner.sandbox.containment import SandboxLevel, detect_sandbox, uncontained
from crossload.runner.sandbox.starting import Descriptors
from crossload.runner.sandbox.target import Place, ProbeTarget

PLACE = Place(Path("/p"), Path("/a"), Path("/s"), Path("/l"), slot=3)
TARGET = ProbeTarget(
    id="tf2.4-py3.8",
    digest="d",
    python=Path("/home/me/env/bin/python"),
    prefix=Path("/home/me/env"),
    base_prefix=Path("/opt/python3.8"),
    api="tf.keras",
    backend="tensorflow",
    variables=(("OMP_NUM_THREADS", "1"),),
)
TOOLS = Tools("/usr/bin/bwrap", "/usr/bin/prlimit", "", frozenset({"--size", "--disable-userns"}))


def joined(tools: Tools, target: ProbeTarget = TARGET) -> str:
    words = bubblewrap.wrap(tools, target, PLACE, None)
    return " ".join([*words, "--", *bubblewrap.confine(tools, PLACE, Limits())])


def test_a_normal_user_gets_a_user_namespace() -> None:
    command = joined(TOOLS)
    assert "--unshare-user --uid 65534 --gid 65534 --cap-drop ALL --disable-userns" in command
    assert "setpriv" not in command


def test_root_gets_no_user_namespace_but_a_user_id_per_slot() -> None:
    command = joined(replace(TOOLS, setpriv="/usr/bin/setpriv"))
    assert "--unshare-user" not in command
    user = bubblewrap.user_id(3)
    assert f"setpriv --reuid {user} --regid {user} --clear-groups" in command
    assert bubblewrap.user_id(4) != user


def test_cpu_time_is_left_to_the_worker_and_all_else_is_limited() -> None:
    command = joined(TOOLS)
    assert "--cpu" not in command
    for limit in ("--nproc=256", "--data=6000000000", "--fsize=512000000", "--core=0"):
        assert limit in command


def test_the_interpreter_and_the_environment_are_read_only_at_their_own_paths() -> None:
    command = joined(TOOLS)
    assert "--ro-bind /opt/python3.8 /opt/python3.8" in command
    assert "--ro-bind /home/me/env /home/me/env" in command
    assert command.index("--perms 0755 --dir /home/me ") < command.index("--ro-bind /home/me/env")
    assert "--ro-bind /p /probes --ro-bind /a /artifacts --bind /s /scratch" in command


def test_an_interpreter_installed_in_a_home_does_not_show_that_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    command = joined(TOOLS, replace(TARGET, base_prefix=tmp_path))
    assert f"--ro-bind {tmp_path}/bin {tmp_path}/bin" in command
    assert f"--ro-bind {tmp_path} " not in command


def test_every_link_on_the_way_to_the_interpreter_is_there(tmp_path: Path) -> None:
    real = tmp_path / "real" / "bin"
    real.mkdir(parents=True)
    (real / "python3.8").touch()
    (tmp_path / "alias").symlink_to("real/bin/python3.8")
    env = tmp_path / "env" / "bin"
    env.mkdir(parents=True)
    (env / "python").symlink_to(tmp_path / "alias")
    target = replace(
        TARGET, python=env / "python", prefix=tmp_path / "env", base_prefix=tmp_path / "real"
    )
    command = joined(TOOLS, target)
    assert f"--ro-bind {tmp_path}/alias {tmp_path}/alias" in command


def test_an_older_bubblewrap_is_not_asked_for_what_it_does_not_know() -> None:
    command = joined(replace(TOOLS, options=frozenset()))
    assert "--disable-userns" not in command
    assert "--size" not in command


def test_the_targets_variables_win_over_the_frame() -> None:
    target = replace(TARGET, variables=(("PATH", "/x"), ("LANG", "C")))
    found = bubblewrap.variables(target, "/h", "/t")
    assert (found["PATH"], found["LANG"], found["HOME"]) == ("/x", "C", "/h")


def test_without_a_sandbox_the_guardian_starts_the_worker() -> None:
    command, environment = uncontained().command(
        TARGET, PLACE, Limits(), Descriptors(3, 4, 5, 6), "start.py"
    )
    assert command[:2] == [sys.executable, "-I"]
    assert command[2].endswith("guardian.py")
    worker = command[command.index("--") + 1 :]
    assert worker[:5] == ["/home/me/env/bin/python", "-I", "-B", "/p/start.py", "worker"]
    assert worker[5:] == [
        *("--api", "tf.keras", "--backend", "tensorflow"),
        *("--jobs-fd", "3", "--answers-fd", "4", "--scratch", "/s"),
    ]
    assert environment["HOME"] == "/s"
    assert "CROSSLOAD" not in "".join(environment)


@pytest.fixture
def tools_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH that holds nothing but what a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def script(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is Linux's")


@needs_linux
def test_a_missing_bubblewrap_is_reported_with_the_fix(tools_folder: Path) -> None:
    del tools_folder
    found = detect_sandbox()
    assert (found.level, found.contained) == (SandboxLevel.NONE, False)
    (finding,) = found.findings
    assert finding.found == "none: bubblewrap is not installed; files that can run code are refused"
    assert finding.advice.startswith("install it: 'apt install bubblewrap'")


@needs_linux
@pytest.mark.parametrize(
    ("complaint", "advice"),
    [
        ("bwrap: setting up uid map: Permission denied", "AppArmor forbids user namespaces"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "this container"),
        ("bwrap: No permissions to create new namespace", "this container or kernel forbids"),
        ("bwrap: Creating new namespace failed: Operation not permitted", "this container or"),
        ("bwrap: something else", "run 'bwrap --ro-bind / / true' to see why"),
    ],
)
def test_a_bubblewrap_that_fails_is_quoted_with_the_cure(
    tools_folder: Path, complaint: str, advice: str
) -> None:
    script(tools_folder, "bwrap", f'echo "{complaint}" >&2; exit 1')
    script(tools_folder, "prlimit", "exit 1")
    script(tools_folder, "setpriv", "exit 1")
    (finding,) = detect_sandbox().findings
    consequence = "files that can run code are refused"
    assert finding.found == f"none: bubblewrap fails: {complaint}; {consequence}"
    assert finding.advice.startswith(advice)


@needs_linux
def test_a_bubblewrap_that_does_nothing_is_detected(
    tools_folder: Path,
) -> None:
    for name in ("bwrap", "prlimit", "setpriv"):
        script(tools_folder, name, "exit 0")
    assert not detect_sandbox().contained


def test_an_unsupported_system_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    (finding,) = detect_sandbox().findings
    assert finding == findings.not_linux("Darwin")


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_the_real_one_is_found_with_the_right_mode() -> None:
    found = detect_sandbox()
    if not found.contained:
        pytest.skip(found.findings[0].found)
    as_root = os.geteuid() == 0
    expected = SandboxLevel.BUBBLEWRAP_AS_ROOT if as_root else SandboxLevel.BUBBLEWRAP
    assert found.level is expected
    assert found.findings[0].state == "ok"


def test_the_filter_is_a_whole_number_of_instructions_that_ends_in_a_verdict() -> None:
    program = seccomp.program()
    assert len(program) % 8 == 0
    assert len(program) // 8 < 4096
    assert int.from_bytes(program[-8:-6], sys.byteorder) == 0x06  # BPF_RET
