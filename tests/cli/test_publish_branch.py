"""`crossload publish DIR --to BRANCH` in a repository of this test's own, with a bare remote."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from crossload.cli.context import Context
from crossload.runner.errors import StorageError, UsageError
from tests.cli.test_publish import publish
from tests.cli.test_report import context, filled
from tests.reports.samples import sample_run

__all__ = ["context"]  # the fixture


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def clone(context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with one commit, in which the command runs."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text(
        "[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n"
    )
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(tmp_path, "clone", "--quiet", "remote.git", "clone")
    folder = tmp_path / "clone"
    git(folder, "checkout", "--quiet", "-B", "main")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    monkeypatch.chdir(folder)
    filled(context, sample_run(3, ("dense",)))
    return folder


def test_the_site_is_a_commit_on_its_branch_and_nothing_else_changes(
    context: Context, clone: Path
) -> None:
    before = git(clone, "rev-parse", "main")
    publish(context, "../site", "--to", "gh-pages")
    listed = set(git(clone, "ls-tree", "-r", "--name-only", "gh-pages").splitlines())
    site = clone.parent / "site"
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert listed == files | {".nojekyll"}
    assert git(clone, "rev-parse", "HEAD") == before
    assert git(clone, "status", "--porcelain") == ""


def test_a_second_site_replaces_the_first_and_is_pushed(context: Context, clone: Path) -> None:
    publish(context, "../site", "--to", "gh-pages")
    publish(context, "../site", "--to", "gh-pages", "--push")
    assert git(clone, "rev-list", "--count", "gh-pages") == "2"
    pushed = git(clone.parent / "remote.git", "rev-parse", "gh-pages")
    assert pushed == git(clone, "rev-parse", "gh-pages")


def test_a_push_that_is_refused_leaves_the_site(context: Context, clone: Path) -> None:
    git(clone, "remote", "set-url", "origin", str(clone.parent / "gone.git"))
    with pytest.raises(StorageError, match=r"the site is in '../site', but not on the branch"):
        publish(context, "../site", "--to", "gh-pages", "--push")
    assert (clone.parent / "site" / "index.html").exists()


def test_what_would_stop_the_commit_is_said_before_anything_is_drawn(
    context: Context, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="'main' is the branch that is checked out here"):
        publish(context, "../site", "--to", "main")
    with pytest.raises(UsageError, match=r"'a\.\.b' is no name of a branch"):
        publish(context, "../site", "--to", "a..b")
    with pytest.raises(UsageError, match="--to commits a site"):
        publish(context, "--to", "gh-pages")
    with pytest.raises(UsageError, match="--push belongs to --to"):
        publish(context, "../site", "--push")
    monkeypatch.chdir(clone.parent)
    with pytest.raises(UsageError, match="this folder is in no git repository"):
        publish(context, "site", "--to", "gh-pages")
    assert not (clone.parent / "site").exists()


def test_git_must_know_who_commits(
    context: Context, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    for name in ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match="git does not know who commits"):
        publish(context, "../site", "--to", "gh-pages")
    assert not (clone.parent / "site").exists()
