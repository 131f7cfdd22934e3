"""The developers' tools: one definition of each, the same versions everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from nox.project import load_toml

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]


def pinned() -> dict[str, str]:
    """The linters' versions."""
    settings = load_toml(ROOT / "pyproject.toml")
    exact = (re.fullmatch(r"([\w-]+)==(\S+)", one) for one in settings["dependency-groups"]["lint"])
    return {found[1]: found[2] for found in exact if found}


def test_pre_commit_runs_the_pinned_linters() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    remote, local = config["repos"]
    assert remote["repo"].endswith("/ruff-pre-commit")
    assert remote["rev"] == f"v{pinned()['ruff']}"
    assert [hook["id"] for hook in remote["hooks"]] == ["ruff-check", "ruff-format"]
    (mypy,) = local["hooks"]
    assert mypy["entry"] == ".venv/bin/mypy"  # `make` installs the pinned one there
    assert "mypy" in pinned()


def test_lint_is_defined_in_the_noxfile_alone() -> None:
    commands = re.compile(r"\b(ruff check|ruff format --check|mypy)\b(?! *--fix)")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = makefile.partition("\nlint:")[2].partition("\n\n")[0]
    assert "nox --no-venv --sessions lint typing" in lint
    assert not commands.search(lint.partition("\n")[2])


@pytest.mark.parametrize(
    "step", [one for one in STEPS if "uses" in one], ids=lambda one: one["uses"]
)
def test_actions_are_pinned_to_a_commit(step: dict[str, str]) -> None:
    assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])


def test_the_workflow_runs_what_ci_runs_on_every_supported_python() -> None:
    settings = load_toml(ROOT / "pyproject.toml")
    versions = re.findall(r":: (3\.\d+)'", str(settings["project"]["classifiers"]))
    linux = WORKFLOW["jobs"]["linux"]
    assert linux["strategy"]["matrix"]["python"] == versions
    assert [step["run"] for step in linux["steps"] if "run" in step] == [".ci/run"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] for job in WORKFLOW["jobs"].values())
