"""The workflow for a sharded matrix: its commands are taken from the YAML and run as GitHub does.

Only what installs something is replaced, and the measuring: its command line is read by the real
parser, and the homes that it would leave behind are made beforehand.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from crossload.runner.ledger import Ledger
from tests.cli.matrices import LOCKED
from tests.merging.machines import Machine

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "matrix.yml"
READ = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
JOBS = READ["jobs"]
RECORDER = '#!/bin/sh\necho "$(basename "$0") $*" >> "$CALLS"\n'
CROSSLOAD = """#!{python}
import os, sys
sys.path.insert(0, {root!r})
with open(os.environ["CALLS"], "a") as calls:
    calls.write("crossload " + " ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "run":
    from crossload.cli.parser import read_command_line
    read_command_line(sys.argv[1:])
else:
    from crossload.cli.main import main
    sys.exit(main())
"""


@dataclass
class Runner:
    """A GitHub runner with a workspace that has a matrix; `known` are the values of expressions."""

    folder: Path
    known: dict[str, str] = field(default_factory=dict)
    interpreters: Path | None = None  # those of this machine, to be known already

    def __post_init__(self) -> None:
        self.workspace = self.folder / "workspace"
        self.workspace.mkdir(parents=True)
        (self.workspace / "matrix.yaml").write_text(LOCKED, encoding="utf-8")
        if self.interpreters is not None:
            cache = self.workspace / ".crossload" / "cache"
            cache.mkdir(parents=True)
            shutil.copy(self.interpreters, cache)
        tools = self.folder / "tools"
        tools.mkdir()
        crossload = CROSSLOAD.format(python=sys.executable, root=str(ROOT))
        for name, text in (("uv", RECORDER), ("sudo", RECORDER), ("crossload", crossload)):
            (tools / name).write_text(text, encoding="utf-8")
            (tools / name).chmod(0o755)

    def step(self, job: str, name: str) -> int:
        """Run the command of a step; return its exit code."""
        (step,) = (one for one in JOBS[job]["steps"] if one.get("name") == name)
        environment = {
            **os.environ,
            "PATH": f"{self.folder / 'tools'}:{os.environ['PATH']}",
            "CALLS": str(self.folder / "calls"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            **{key: self._resolved(text) for key, text in step.get("env", {}).items()},
        }
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=self.workspace, env=environment, check=False)
        return done.returncode

    def _resolved(self, text: str) -> str:
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: self.known[found[1]], text)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


INPUTS = {
    "inputs.profile": "quick",
    "inputs.shards": "",
    "inputs.minutes": "",
    "inputs.crossload": ".",
}


def test_it_follows_the_published_schema() -> None:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    done = subprocess.run(
        [*command, "vendor.github-workflows", WORKFLOW], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("shards", "found"), [("", ["1/1"]), ("3", ["1/3", "2/3", "3/3"])])
def test_the_plan_is_the_matrix_of_the_shards(
    tmp_path: Path, known_interpreters: Path, shards: str, found: list[str]
) -> None:
    runner = Runner(tmp_path / "runner", {**INPUTS, "inputs.shards": shards}, known_interpreters)
    assert runner.step("plan", "Plan the shards") == 0
    name, _, matrix = runner.read("output").rstrip("\n").partition("=")
    assert name == "matrix"
    assert [row["shard"] for row in json.loads(matrix)["include"]] == found
    assert JOBS["plan"]["outputs"] == {"matrix": "${{ steps.plan.outputs.matrix }}"}
    assert JOBS["shard"]["strategy"]["matrix"] == "${{ fromJSON(needs.plan.outputs.matrix) }}"


@pytest.mark.parametrize(("minutes", "more"), [("", ""), ("90", " --minutes 90")])
def test_a_shard_measures_its_part(tmp_path: Path, minutes: str, more: str) -> None:
    known = {**INPUTS, "inputs.minutes": minutes, "matrix.shard": "2/8"}
    runner = Runner(tmp_path / "runner", known)
    assert runner.step("shard", "Measure") == 0
    expected = f"crossload run --profile quick --shard 2/8 --download-pythons{more}\n"
    assert runner.read("calls") == expected


def test_what_the_shards_export_is_merged_drawn_and_published(tmp_path: Path) -> None:
    merge = Runner(tmp_path / "merge", INPUTS)
    (merge.workspace / "crossload-shards").mkdir()
    for number, model in ((1, "dense"), (2, "lstm")):
        runner = Runner(tmp_path / f"shard{number}", {"matrix.name": f"{number}-of-2"})
        Machine(runner.workspace / ".crossload", number).measure(model)
        assert runner.step("shard", "Export") == 0
        (written,) = (runner.workspace / "crossload-shard").iterdir()
        written.rename(merge.workspace / "crossload-shards" / written.name)
    assert merge.step("merge", "Merge") == 0
    with Ledger.open(merge.workspace / ".crossload" / "ledger.sqlite", read_only=True) as ledger:
        assert {cell.model for cell in ledger.cells(1)} == {"dense", "lstm"}
    assert merge.step("merge", "Sum up") == 0
    assert "tf2.10" in merge.read("summary")
    assert merge.step("merge", "Publish") == 0
    site = {path.name for path in (merge.workspace / "crossload-site").iterdir()}
    assert {"index.html", "run.jsonl.xz", "published.json", "models", "badge.svg"} <= site


def test_results_are_kept_if_a_shard_fails() -> None:
    always = [one for one in JOBS["shard"]["steps"] if one.get("if") == "always()"]
    assert [one.get("name", one.get("uses", "")).partition("@")[0] for one in always] == [
        "Export",
        "actions/upload-artifact",
    ]
    assert JOBS["shard"]["strategy"]["fail-fast"] is False
    assert JOBS["merge"]["if"].startswith("always()")


def test_names_of_artifacts_meet() -> None:
    (upload,) = (one for one in JOBS["shard"]["steps"] if "upload-artifact" in one.get("uses", ""))
    (download,) = (one for one in JOBS["merge"]["steps"] if "download" in one.get("uses", ""))
    assert upload["with"]["name"] == "crossload-shard-${{ matrix.name }}"
    assert download["with"]["pattern"] == "crossload-shard-*"


@pytest.mark.parametrize(
    "step",
    [step for job in JOBS.values() for step in job["steps"] if "run" in step],
    ids=lambda one: one["name"],
)
def test_no_input_is_written_into_a_command(step: dict[str, Any]) -> None:
    assert "${{" not in step["run"]


def test_the_inputs_are_the_same_by_hand_and_by_call() -> None:
    triggers = READ[True]  # YAML reads `on` as a truth value
    called, by_hand = (triggers[one]["inputs"] for one in ("workflow_call", "workflow_dispatch"))
    for name in called.keys() | by_hand.keys():
        for key in ("description", "default"):
            assert called[name].get(key, "") == by_hand[name].get(key, "")
