"""The conditions of a release, each in a small repository of its own."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.invalid")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A clone in which nothing stands in the way of version 1.2.0."""
    (tmp_path / "crossload").mkdir()
    (tmp_path / "crossload" / "__init__.py").write_text('__version__ = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 1.2.0 (2027-01-31)\n\n## 1.1.0 (x)\n")
    git(tmp_path, "init", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--message", "Release")
    return tmp_path


def test_a_clone_that_is_ready_has_no_problem(release: ModuleType, ready: Path) -> None:
    assert release.version_of(ready) == "1.2.0"
    assert list(release.problems(ready)) == []


def test_changes_another_branch_and_an_old_tag_stand_in_the_way(
    release: ModuleType, ready: Path
) -> None:
    git(ready, "tag", "v1.2.0")
    git(ready, "switch", "--create", "topic")
    (ready / "new").touch()
    assert list(release.problems(ready)) == [
        "the working tree has changes: commit them first",
        "the branch is 'topic': releases are made from 'main'",
        "the tag v1.2.0 is already there: raise the version in crossload/__init__.py",
    ]


@pytest.mark.parametrize(
    ("newest", "problem"),
    [
        (
            "## 1.2.0 (unreleased)",
            "the section of 1.2.0 in CHANGELOG.md has no date, but (unreleased)",
        ),
        ("## 1.3.0 (2027-02-01)", "the newest section of CHANGELOG.md is not '## 1.2.0 (<date>)'"),
        ("", "the newest section of CHANGELOG.md is not '## 1.2.0 (<date>)'"),
    ],
)
def test_the_changelog_has_a_dated_section_of_this_version(
    release: ModuleType, ready: Path, newest: str, problem: str
) -> None:
    (ready / "CHANGELOG.md").write_text(f"# Changelog\n\n{newest}\n")
    git(ready, "commit", "--all", "--message", "Change")
    assert list(release.problems(ready)) == [problem]


def test_the_projects_own_changelog_begins_with_its_version(release: ModuleType) -> None:
    newest = release.SECTION.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert newest is not None
    assert newest[1] == release.version_of(ROOT)
