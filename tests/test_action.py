"""What others include in their CI: the action, the GitLab template and the pre-commit hook.

The steps' commands are taken from the YAML and run as GitHub runs them, in an empty folder; only
what would install something is replaced. The stand-in for `crossload` reads its arguments with the
real parser, and writes what it was asked to write.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
ACTION = ROOT / "action.yml"
GITLAB = ROOT / "docs" / "ci" / "gitlab.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
STEPS = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
RECORDER = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
[ "$*" != "tool dir --bin" ] || echo /tools/bin
"""
STAND_IN = """#!{python}
import os, pathlib, sys
sys.path.insert(0, {root!r})
from crossload.cli.parser import read_command_line
with open(os.environ["CALLS"], "a") as calls:
    calls.write("crossload " + " ".join(sys.argv[1:]) + "\\n")
_, args = read_command_line(sys.argv[1:])
for name in ("junit", "sarif", "markdown", "output"):
    if getattr(args, name, None):
        with open(getattr(args, name), "a") as stream:
            stream.write(name)
if isinstance(args.json if hasattr(args, "json") else None, str):
    pathlib.Path(args.json).write_text("{{}}")
print("measured")
sys.exit(int(os.environ["CODE"]) if sys.argv[1] != "report" else 0)
"""


@dataclass
class Runner:
    """A GitHub runner with one empty workspace."""

    folder: Path
    inputs: dict[str, str]
    code: int = 0
    around: dict[str, str] = field(default_factory=dict)  # of its environment
    timeout: int = 120

    def __post_init__(self) -> None:
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("sudo", "uv", "bwrap"):
            self._tool(tools / name, RECORDER)
        self._tool(tools / "crossload", STAND_IN.format(python=sys.executable, root=str(ROOT)))
        self.workspace = self.folder / "workspace"
        self.workspace.mkdir()

    def _tool(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def step(self, name: str) -> int:
        """Run the command of a step; return its exit code."""
        (step,) = (one for one in STEPS if one.get("name") == name)
        assert step["shell"] == "bash"
        files = {one: str(self.folder / one) for one in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        environment = {
            "HOME": str(self.folder),
            **self.around,
            "PATH": f"{self.folder / 'tools'}:{os.environ['PATH']}",
            "GITHUB_PATH": str(self.folder / "GITHUB_PATH"),
            "GITHUB_ACTIONS": "true",
            "CALLS": str(self.folder / "calls"),
            "CODE": str(self.code),
            **files,
            **{key: self._resolved(value) for key, value in step.get("env", {}).items()},
        }
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            command, cwd=self.workspace, env=environment, timeout=self.timeout, check=False
        )
        return done.returncode

    def _resolved(self, text: str) -> str:
        known = {
            **{f"inputs.{name}": value for name, value in self.inputs.items()},
            "github.action_path": str(ROOT),
            "steps.measure.outputs.exit-code": self.read("GITHUB_OUTPUT").partition("=")[2].strip(),
        }
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known[found[1]], text)

    def read(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def calls(self) -> list[str]:
        return self.read("calls").splitlines()


def runner(folder: Path, code: int = 0, **given: str) -> Runner:
    declared = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"]
    inputs = {name: one.get("default", "") for name, one in declared.items()}
    assert set(given) <= set(inputs)
    return Runner(folder, {**inputs, **given}, code)


@pytest.mark.parametrize(("path", "schema"), [(ACTION, "github-actions"), (GITLAB, "gitlab-ci")])
def test_they_follow_the_published_schemas(path: Path, schema: str) -> None:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_installs_itself_and_puts_its_program_on_the_path(tmp_path: Path) -> None:
    one = runner(tmp_path, to="2.21")
    assert one.step("Install crossload") == 0
    assert one.calls()[0] == f"uv tool install --quiet {ROOT}"
    assert one.read("GITHUB_PATH") == "/tools/bin\n"


def test_bubblewrap_is_installed_only_where_it_is_missing(tmp_path: Path) -> None:
    one = runner(tmp_path, to="2.21")
    assert one.step("Install bubblewrap, which contains the models") == 0
    assert [call.partition(" ")[2].split()[0] for call in one.calls()] == ["sysctl"]


def test_an_upgrade_writes_every_output_and_fails_last_with_its_code(tmp_path: Path) -> None:
    one = runner(
        tmp_path,
        code=1,
        models="models/a b.h5\nmodels/c.keras\n",
        options="--no-reference\n--fail-on=differs",
        to="2.21",
        **{"from": "2.15"},
    )
    assert one.step("Measure") == 0
    measured, report = one.calls()
    assert measured.startswith(
        "crossload upgrade --no-reference --fail-on=differs models/a b.h5 models/c.keras --to 2.21 "
        "--home .crossload --download-pythons --from 2.15 --annotations --junit "
    )
    assert report == "crossload report --home .crossload -o crossload-results/report.html"
    results = one.workspace / "crossload-results"
    assert sorted(path.name for path in results.iterdir()) == [
        "junit.xml",
        "report.html",
        "report.txt",
        "upgrade.json",
        "upgrade.sarif",
    ]
    assert (results / "report.txt").read_text() == "measured\n"
    assert one.read("GITHUB_STEP_SUMMARY") == "markdown"
    assert one.read("GITHUB_OUTPUT") == "exit-code=1\n"
    assert one.step("Fail if crossload did") == 1


def test_a_check_shows_its_report_and_keeps_its_json(tmp_path: Path) -> None:
    one = runner(tmp_path, command="check", models="model.h5", to="2.21")
    assert one.step("Measure") == 0
    first, second, _ = one.calls()
    assert first == "crossload check model.h5 --to 2.21 --home .crossload --download-pythons"
    assert second == f"{first} --json"
    assert one.read("GITHUB_STEP_SUMMARY") == "```text\nmeasured\n```\n"
    assert one.read("GITHUB_OUTPUT") == "exit-code=0\n"
    assert one.step("Fail if crossload did") == 0


def test_the_ledger_is_saved_whatever_the_gate_says() -> None:
    uses = {one["uses"].partition("@")[0]: one for one in STEPS if "uses" in one}
    restored, saved = uses["actions/cache/restore"], uses["actions/cache/save"]
    assert saved["if"] == "always()"
    assert saved["with"]["path"] == restored["with"]["path"]
    assert saved["with"]["key"] == restored["with"]["key"]
    names = [one.get("name", one.get("uses")) for one in STEPS]
    assert names.index("Measure") < names.index("Save the ledger")
    assert names[-1] == "Fail if crossload did", "the outputs are uploaded before the job fails"


@pytest.mark.parametrize(
    "step", [one for one in STEPS if "run" in one], ids=lambda one: one["name"]
)
def test_no_input_is_written_into_a_command(step: dict[str, Any]) -> None:
    """A branch or file name could carry a command; GitHub replaces `${{ … }}` before bash reads."""
    assert "${{" not in step["run"]


def test_gitlab_runs_a_command_line_that_exists(tmp_path: Path) -> None:
    job = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))[".crossload"]
    one = runner(tmp_path, to="2.21")
    script = "\n".join(["mkdir -p crossload-results", *job["script"]])
    variables = {**job["variables"], "CROSSLOAD_FROM": "2.15", "CROSSLOAD_TO": "2.21"}
    environment = {
        **variables,
        "PATH": f"{tmp_path / 'tools'}:{os.environ['PATH']}",
        "CALLS": str(tmp_path / "calls"),
        "CODE": "0",
    }
    subprocess.run(["bash", "-e", "-c", script], cwd=one.workspace, env=environment, check=True)
    assert sorted(path.name for path in (one.workspace / "crossload-results").iterdir()) == [
        "junit.xml",
        "report.md",
        "upgrade.json",
    ]
    assert job["artifacts"]["when"] == job["cache"]["when"] == "always"


def test_the_hook_inspects_model_files_and_fails_for_a_damaged_one(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    names = ["a.h5", "b/c.hdf5", "d.keras", "e.py", "f.h5.txt"]
    assert [one for one in names if re.search(hook["files"], one)] == names[:3]
    (tmp_path / "broken.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    program, *arguments = hook["entry"].split()
    assert program == "crossload"
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments, "broken.h5"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "broken.h5" in done.stdout
