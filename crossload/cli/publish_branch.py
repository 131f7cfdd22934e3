"""A published site as a commit on a branch, such as `gh-pages`, from which GitHub Pages serves it.

Owns the errors of that. `ghp-import` makes the commit and pushes it; the working tree and the
current branch stay as they are.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from crossload.runner.errors import StorageError, UsageError

_REMOTE = "origin"
_MESSAGE = "Publish the compatibility report"


def check_branch(branch: str) -> None:
    """Find out what would stop the commit before anything is drawn.

    Raises:
        UsageError: `ghp-import` or git is missing, this is no repository, or the branch cannot be
            written from here.
    """
    try:
        import ghp_import  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise UsageError(
            "--to needs the package ghp-import", "install crossload with it: crossload[pages]"
        ) from error
    try:
        current = _git("rev-parse", "--abbrev-ref", "HEAD")
    except FileNotFoundError as error:
        raise UsageError("--to needs git", "install git") from error
    if current is None and _git("rev-parse", "--git-dir") is None:
        raise UsageError(
            "--to writes to a branch, and this folder is in no git repository",
            "run it in a clone of the repository whose branch is served",
        )
    if branch == current:
        raise UsageError(
            f"{branch!r} is the branch that is checked out here: a site would replace its files",
            "name a branch for the site alone, such as gh-pages",
        )
    if _git("check-ref-format", "--branch", branch) is None:
        raise UsageError(f"{branch!r} is no name of a branch", "such as gh-pages")
    if _git("var", "GIT_COMMITTER_IDENT") is None:
        raise UsageError(
            "git does not know who commits",
            "set user.name and user.email: `git config user.name ...`",
        )


def commit_site(folder: Path, branch: str, *, push: bool) -> None:
    """Replace what is on the branch by the folder's files.

    Raises:
        StorageError: git refuses the commit or the push.
    """
    from ghp_import import GhpError, ghp_import

    try:
        ghp_import(
            str(folder), remote=_REMOTE, branch=branch, mesg=_MESSAGE, push=push, nojekyll=True
        )
    except (GhpError, subprocess.SubprocessError, OSError) as error:
        raise StorageError(
            f"the site is in {str(folder)!r}, but not on the branch {branch!r}: {error}",
            f"`git push {_REMOTE} {branch}` shows why" if push else "`git status` shows why",
        ) from error


def _git(*arguments: str) -> str | None:
    """What git prints; None if it fails."""
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
