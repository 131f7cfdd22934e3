"""What a model can see and do from inside; nothing outlives a supervisor that is killed."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from crossload.runner.sandbox.containment import SandboxLevel
from tests.probing.bench import Bench

HERE = Path(__file__).parent


@pytest.fixture
def seen(safe_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What a job that looks around in the sandbox reports."""
    monkeypatch.setenv("CANARY", "a-secret-of-the-caller")
    canary = safe_bench.folder / "canary.txt"
    canary.write_text("a secret file")
    looked = f"{canary}:{Path.home()}:/etc/shadow:/var"
    outcome = safe_bench.save_all("look", FAKE_LOOK=looked)["look"]
    assert outcome.report.error is not None
    found: dict[str, object] = json.loads(outcome.report.error.message)
    return {**found, "canary": found[str(canary)], "home-of-caller": found[str(Path.home())]}


def test_the_callers_files_are_out_of_sight(seen: dict[str, object]) -> None:
    assert seen["canary"] == "no: No such file or directory"
    assert seen["/etc/shadow"] == "no: No such file or directory"
    assert seen["/var"] == "no: No such file or directory"
    shown = str(seen["home-of-caller"])
    if _needed_below_home():
        assert set(ast.literal_eval(shown)) <= _needed_below_home()
    else:
        assert shown == "no: No such file or directory"
    assert seen["home"] == "[]"


def _needed_below_home() -> set[str]:
    """The folders of the caller's home that the interpreter and the environment lie in."""
    home = Path.home()
    used = {
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(sys.executable),
        Path(sys.executable).resolve(),
    }
    return {path.relative_to(home).parts[0] for path in used if path.is_relative_to(home)}


def test_only_scratch_is_writable(seen: dict[str, object]) -> None:
    refusals = {"no: Read-only file system", "no: Permission denied"}
    for name in ("write_probes", "write_artifacts", "write_python", "write_sys"):
        assert seen[name] in refusals, name


def test_there_is_no_network(seen: dict[str, object]) -> None:
    assert seen["network"] == "[['lo'], '[Errno 101] Network is unreachable']"


def test_the_callers_environment_does_not_come_in(seen: dict[str, object]) -> None:
    assert seen["first_process"] in ("", "no: Permission denied")
    environ = seen["environ"]
    assert isinstance(environ, list)
    assert "CANARY" not in environ
    assert set(environ) == {
        *("FAKE_LOOK", "HOME", "KERAS_HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "PWD"),
        *("TMPDIR", "TZ", "USER"),
    }


def test_system_calls_that_evade_the_limits_are_refused(seen: dict[str, object]) -> None:
    assert [seen[name] for name in ("memfd", "unshare", "ptrace")] == [-1, -1, -1]


def test_a_worker_is_never_the_superuser(seen: dict[str, object]) -> None:
    assert seen["uid"] != 0


ORPHAN_SCRIPT = """
import asyncio, sys
sys.path[:0] = [{root!r}]
from crossload.runner.sandbox.containment import detect_sandbox, uncontained
from tests.probing.bench import Bench
from pathlib import Path
sandbox = detect_sandbox() if {contained} else uncontained()
bench = Bench(Path({folder!r}), sandbox)
bench.diary.job_started = lambda environment, job: print("started", flush=True)
bench.run(bench.task("a", ["leaves-daemon", "hang"]))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "term"])
def test_nothing_outlives_a_supervisor_that_is_killed(
    any_bench: Bench, number: signal.Signals
) -> None:
    script = ORPHAN_SCRIPT.format(
        root=str(HERE.parent.parent),
        folder=str(any_bench.folder),
        contained=any_bench.sandbox.contained,
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == b"started\n"
        assert supervisor.stdout.readline() == b"started\n"
        time.sleep(0.2)  # let the second job begin to hang
        below = psutil.Process(supervisor.pid).children(recursive=True)
        assert len(below) >= 3  # the container or guardian, the worker, its daemon
        supervisor.send_signal(number)
        supervisor.wait(5)
        _, alive = psutil.wait_procs(below, timeout=30)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def test_a_daemon_does_not_outlive_its_worker(any_bench: Bench) -> None:
    any_bench.save_all("leaves-daemon", "exit0", "fine")
    sleepers = [
        process.info["cmdline"]
        for process in psutil.process_iter(["cmdline"])
        if "import time; time.sleep(1000)" in (process.info["cmdline"] or [])
    ]
    assert sleepers == []


AS_USER_SCRIPT = """
import sys
sys.path[:0] = {path!r}
import json
from crossload.runner.sandbox.containment import detect_sandbox
from tests.probing.bench import Bench
from pathlib import Path
bench = Bench(Path(sys.argv[1]), detect_sandbox())
outcomes = bench.save_all("segv", "symlink", "fork-bomb", "look", "locked", "fine", FAKE_LOOK="/")
print(json.dumps([
    str(bench.sandbox.level),
    [bench.sandbox.findings[0].found],
    {{name: [str(one.report.status), one.report.detail] for name, one in outcomes.items()}},
    json.loads(outcomes["look"].report.error.message),
]))
"""


_IS_USABLE = (
    "import os, sys; print(sys.version_info[:2] == {version} "
    "and sys.executable.startswith(sys.base_prefix) "
    "and all(os.access(folder, os.R_OK | os.X_OK) for folder in {folders}))"
)


def _user_python(folders: list[str]) -> str | None:
    """Return an interpreter that a user may run who can read `folders`; None if there is none."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        real = Path(candidate).resolve()
        version = subprocess.run(
            [
                "setpriv",
                "--reuid",
                "1234",
                "--regid",
                "1234",
                "--clear-groups",
                str(real),
                "-c",
                # The same minor version: this one's packages are used.
                _IS_USABLE.format(version=tuple(sys.version_info[:2]), folders=folders),
            ],
            capture_output=True,
            check=False,
        )
        if version.stdout == b"True\n":
            return str(real)
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="runs as a normal user already")
def test_a_normal_user_gets_the_same_walls(safe_bench: Bench) -> None:
    path = [
        str(HERE.parent.parent),
        str(HERE),
        *(one for one in sys.path if "site-packages" in one),
    ]
    python = _user_python(path)
    if python is None:
        pytest.skip("another user may not run an interpreter of this version, or read this clone")
    safe_bench.folder.parent.chmod(0o755)
    for parent in safe_bench.folder.parents:
        if str(parent).startswith("/tmp/") and parent.stat().st_uid == os.geteuid():
            parent.chmod(0o755)
    os.chown(safe_bench.folder, 1234, 1234)
    done = subprocess.run(
        [
            "setpriv",
            "--reuid",
            "1234",
            "--regid",
            "1234",
            "--clear-groups",
            python,
            "-c",
            AS_USER_SCRIPT.format(path=path),
            str(safe_bench.folder),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ["PATH"]},
    )
    assert done.returncode == 0, done.stderr
    level, _, outcomes, seen = json.loads(done.stdout)
    assert level == SandboxLevel.BUBBLEWRAP
    assert outcomes["segv"] == ["crashed", "killed by SIGSEGV"]
    assert outcomes["symlink"][0] == "bad-answer"
    assert outcomes["fork-bomb"][0] == "crashed"
    assert [outcomes["locked"][0], outcomes["fine"][0]] == ["done", "done"]
    assert seen["uid"] == 65534
    assert seen["write_sys"] in ("no: Read-only file system", "no: Permission denied")
    assert seen["network"] == "[['lo'], '[Errno 101] Network is unreachable']"
    assert list((safe_bench.folder / "scratch").iterdir()) == []


def test_ctrl_c_ends_the_sandboxed_worker_too(any_bench: Bench) -> None:
    """A worker has a session of its own: it dies by the supervisor's hand, not the terminal's."""
    before = set(psutil.pids())

    async def interrupted() -> None:
        running = asyncio.ensure_future(any_bench.run_async([any_bench.task("a", ["hang"])]))
        while not any("> save hang" in line for line in any_bench.diary.lines):  # noqa: ASYNC110 - a diary has no event
            await asyncio.sleep(0.01)
        children = psutil.Process().children()
        assert children
        assert all(os.getsid(child.pid) != os.getsid(0) for child in children)
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(interrupted())
    assert [one for one in psutil.Process().children() if one.pid not in before] == []
