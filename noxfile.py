"""nox's entry: `env(<id>)` for each environment of the matrix, and the developers' own sessions.

Owns the list of sessions. The nox command does not put this folder on `sys.path`, hence the insert.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

import crossload.runner.environments.sessions  # noqa: E402, F401  (defines the `env` sessions)

nox.options.sessions = ["lint", "typing", "tests"]
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
CROSSLOAD = str(Path(sys.executable).with_name("crossload"))


def _install(session: nox.Session, *groups: str) -> None:
    """Install this project and dependency groups, unless `make lint` runs this in its own .venv."""
    if session.virtualenv.venv_backend == "none":
        return
    session.install("--editable", ".")
    settings = nox.project.load_toml("pyproject.toml")
    session.install(*nox.project.dependency_groups(settings, *groups))


@nox.session(venv_backend="none")
def matrix(session: nox.Session) -> None:
    """Run a profile of the matrix; arguments after `--` go to `crossload run`."""
    session.run(CROSSLOAD, "run", *session.posargs, external=True)


@nox.session(venv_backend="none")
def report(session: nox.Session) -> None:
    """Draw the last run again; arguments after `--` go to `crossload report`."""
    session.run(CROSSLOAD, "report", *session.posargs, external=True)


@nox.session(python=["3.10", "3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """Run the fast tests; `-- --integration -m integration -n 0`: those with real environments."""
    _install(session, "test")
    session.run("pytest", "-n", "logical", "--dist", "worksteal", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    _install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def typing(session: nox.Session) -> None:
    """Check types, strictly."""
    _install(session, "dev")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Check that every command, option, verdict and matrix key is documented."""
    _install(session, "test")
    session.run("pytest", "tests/test_docs.py", *session.posargs)
