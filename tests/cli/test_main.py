"""The program as a whole: exit codes, pipes, colours, width."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from crossload import __version__
from crossload.cli.main import run_command_line
from crossload.cli.registry import LOCAL_COMMANDS, all_commands
from tests.conftest import Project

ROOT = Path(__file__).resolve().parent.parent

COMMANDS = [command.name for command in all_commands()]
COLOUR = re.compile(r"\x1b\[(?:\d+;)*[349][0-7](?:;\d+)*m")
MATRIX = """\
environments:
  old: {tensorflow: "2.3.0", python: "3.3"}
profiles:
  quick: {models: [dense], formats: [h5]}
"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, known_interpreters: Path) -> Project:
    """A project that can be planned without a search for interpreters; no test changes it."""
    project = Project(tmp_path_factory.mktemp("planned"))
    project.write("matrix.yaml", MATRIX)
    cache = project.folder / ".crossload" / "cache"
    cache.mkdir(parents=True)
    shutil.copy(known_interpreters, cache)
    return project


def start(project: Project, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
    """Start `crossload` in a process of its own."""
    hidden = {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}
    inherited = {key: value for key, value in os.environ.items() if key not in hidden}
    return subprocess.Popen(
        [sys.executable, "-m", "crossload", *arguments],
        cwd=project.folder,
        env={**inherited, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


# Runs each command in a child of one process that has imported the program: starting anew takes
# longer than most commands. A child ends as the interpreter does, with what that prints.
CHILDREN = """
import contextlib, json, os, sys, tempfile
from crossload.cli import doctor, envs, plan
from crossload.cli.main import main

ends = []
for arguments, variables, output in json.load(sys.stdin):
    said, failed = tempfile.TemporaryFile(), tempfile.TemporaryFile()
    reading, writing = os.pipe()
    os.close(reading)
    child = os.fork()
    if child == 0:
        stdout = {"kept": said.fileno(), "gone": writing}.get(output)
        os.dup2(os.open(output, os.O_WRONLY) if stdout is None else stdout, 1)
        os.dup2(failed.fileno(), 2)
        os.environ.update(variables)
        sys.argv = ["crossload", *arguments]
        sys.exit(main())
    os.close(writing)
    _, status = os.waitpid(child, 0)
    texts = [os.pread(one.fileno(), 1 << 20, 0).decode() for one in (said, failed)]
    ends.append([os.waitstatus_to_exitcode(status), *texts])
print(json.dumps(ends))
"""
COLOURS = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
Wanted = tuple[tuple[str, ...], dict[str, str], str]


class Child(NamedTuple):
    """How a command ended in a process of its own, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def has_colours(self) -> bool:
        return COLOUR.search(self.out + self.err) is not None


def run_children(project: Project, *wanted: Wanted) -> list[Child]:
    """Run commands, each with variables and an output: `kept`, `gone` (a closed pipe) or a path."""
    hidden = {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}
    done = subprocess.run(
        [sys.executable, "-c", CHILDREN],
        cwd=project.folder,
        env={key: value for key, value in os.environ.items() if key not in hidden},
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [Child(*one) for one in json.loads(done.stdout)]


def test_the_version_is_printed(project: Project) -> None:
    said = project.run("--version")
    assert (said.code, said.out) == (0, f"crossload {__version__}\n")


@pytest.mark.parametrize("arguments", [[], *([name] for name in COMMANDS)])
def test_help_fits_80_columns(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        run_command_line([*arguments, "--help"])
    assert ended.value.code == 0
    assert [line for line in capsys.readouterr().out.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["plan", "--nonsense"]])
def test_a_wrong_command_line_shows_how_it_is_used(project: Project, arguments: list[str]) -> None:
    said = project.run(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("usage: crossload")


def test_an_option_is_never_abbreviated(project: Project) -> None:
    said = project.run("plan", "--prof", "default")
    assert (said.code, said.out) == (2, "")
    assert "unrecognized arguments: --prof default" in said.err


def test_a_closed_pipe_is_not_an_error(planned: Project) -> None:
    commands = [("plan",), ("plan", "--json"), ("doctor",), ("envs", "list")]
    ends = run_children(planned, *((one, {}, "gone") for one in commands))
    assert ends == [Child(0, "", "")] * len(commands)


# Every command, with what it comes to in a folder that has a matrix and nothing else.
ENDS = {
    "inspect": (["none.h5"], 2),
    "check": (["none.h5"], 2),
    "migrate": (["none.h5", "--to", "2.15", "-o", "new.keras"], 2),
    "bisect": (["none.h5"], 2),
    "upgrade": (["--from", "2.1", "--to", "2.1"], 2),
    "init": ([], 2),
    "plan": ([], 0),
    "run": (["--profile", "none"], 2),
    "report": ([], 2),
    "explain": (["a/b.h5/c"], 2),
    "reproduce": (["a/b.h5/c", "-o", "new"], 2),
    "publish": ([], 5),
    "ledger": (["export", "run.xz"], 5),
    "merge": (["none"], 2),
    "causes": ([], 0),
    "atlas": (["LSTM"], 0),
    "doctor": ([], 0),
    "vendor": ([], 0),
    "envs": (["list"], 0),
    "lock": (["--check"], 0),
    "releases": (["--nonsense"], 2),
}


def test_every_command_is_tried_without_a_reader() -> None:
    assert set(ENDS) == set(COMMANDS)


# Starts each command as if the shell had closed standard output, one after another in one process.
WITHOUT_OUTPUT = """
import json, os, sys, traceback
from crossload.cli.main import main

ends = {}
for name, arguments in json.load(sys.stdin).items():
    os.close(1)
    sys.stdout, sys.argv = None, ["crossload", name, *arguments]
    try:
        ends[name] = main()
    except SystemExit as ended:
        ends[name] = ended.code
    except BaseException:
        ends[name] = traceback.format_exc()
print(json.dumps(ends), file=sys.__stderr__)
"""


@pytest.fixture(scope="module")
def ends_without_output(planned: Project) -> dict[str, int | str]:
    """The exit code of every command, or its traceback."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_OUTPUT],
        cwd=planned.folder,
        input=json.dumps({name: arguments for name, (arguments, _) in ENDS.items()}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    ends: dict[str, int | str] = json.loads(done.stderr.splitlines()[-1])
    return ends


@pytest.mark.parametrize("name", COMMANDS)
def test_a_closed_stream_changes_nothing_but_what_is_printed(
    ends_without_output: dict[str, int | str], name: str
) -> None:
    assert ends_without_output[name] == ENDS[name][1]


def test_a_program_started_without_output_ends_as_it_should(planned: Project) -> None:
    command = shlex.join([sys.executable, "-m", "crossload", "plan"])
    done = subprocess.run(
        ["bash", "-c", f"{command} >&-"],
        cwd=planned.folder,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_goes_away_leaves_the_exit_code(planned: Project) -> None:
    command = shlex.join([sys.executable, "-m", "crossload", "inspect", "matrix.yaml"])
    done = subprocess.run(
        ["bash", "-c", f"{command} 2>&1 | true; exit ${{PIPESTATUS[0]}}"],
        cwd=planned.folder,
        check=False,
    )
    assert done.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_the_output_is_reported(planned: Project) -> None:
    for done in run_children(
        planned, *((one, {}, "/dev/full") for one in [("plan",), ("plan", "--json")])
    ):
        assert done.code == 7
        assert done.err.splitlines() == [
            "crossload: cannot write the output: No space left on device",
            "  free some space",
        ]


def test_a_terminal_gets_colours_unless_they_are_turned_off(planned: Project) -> None:
    commands = [("doctor",), ("plan", "--profile", "none")]  # one prints, the other complains
    wanted: list[Wanted] = [(one, COLOURS, "kept") for one in commands]
    wanted += [((*one, "--no-color"), COLOURS, "kept") for one in commands]
    wanted += [(one, {**COLOURS, "NO_COLOR": "1"}, "kept") for one in commands]
    ends = run_children(planned, *wanted)
    assert all(one.out + one.err for one in ends)
    assert [one.has_colours for one in ends] == [True, True, False, False, False, False]


def test_a_terminal_without_unicode_gets_the_same_words(planned: Project) -> None:
    with start(planned, "doctor", PYTHONIOENCODING="ascii", COLUMNS="40") as process:
        out, err = process.communicate(timeout=60)
    assert err == b""
    assert out.decode("ascii").splitlines()[-1].endswith(" missing")


def imported_by(*arguments: str) -> set[str]:
    """The modules that a command line imports, in a process of its own."""
    code = (
        "import sys, contextlib, io\n"
        "before = set(sys.modules)\n"
        "from crossload.cli.main import run_command_line\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    run_command_line(sys.argv[1:])\n"
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def packages(modules: set[str]) -> set[str]:
    """The installed packages among the modules; `crossload` itself is none of them."""
    roots = {name.partition(".")[0] for name in modules}
    return roots - set(sys.stdlib_module_names) - {"crossload"}


def test_the_version_imports_only_what_parses_the_command_line() -> None:
    modules = imported_by("--version")
    assert packages(modules) == set()
    assert {one for one in modules if one.startswith("crossload.")} == {
        "crossload.cli",
        "crossload.cli.console",
        "crossload.cli.console.output",
        "crossload.cli.context",
        "crossload.cli.help",
        "crossload.cli.main",
        "crossload.cli.options",
        "crossload.cli.options.common",
        "crossload.cli.parser",
        "crossload.cli.registry",
        "crossload.runner",
        "crossload.runner.errors",
        "crossload.runner.home",
        "crossload.runner.interruption",
    }
    assert not modules & {"asyncio", "importlib.metadata", "logging", "subprocess"}


def test_the_help_imports_no_command_and_no_installed_package() -> None:
    modules = imported_by("--help")
    assert packages(modules) == set()
    assert not modules & {f"crossload.cli.{one.name}" for one in LOCAL_COMMANDS}


@pytest.mark.parametrize("name", ["init", "ledger", "explain", "reproduce"])
def test_a_command_imports_no_other(name: str) -> None:
    commands = {f"crossload.cli.{one.name}" for one in LOCAL_COMMANDS}
    assert imported_by(name, "--help") & commands == {f"crossload.cli.{name}"}


def test_the_help_lists_every_command(project: Project) -> None:
    said = project.run("--help")
    listed = re.findall(r"^  ([a-z]+) {2,}[a-z]", said.out, re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def test_an_unknown_command_is_answered_with_all_names(project: Project) -> None:
    said = project.run("expain")
    assert said.code == 2
    assert all(name in said.err for name in COMMANDS)
