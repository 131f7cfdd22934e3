"""The wheel: the same program outside the clone, in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crossload.runner.environments.tools import uv_command
from tests.integration.conftest import HOME, ROOT

pytestmark = pytest.mark.integration


def run(*command: str | Path, cwd: Path, timeout: float = 600) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment |= {"NO_COLOR": "1", "COLUMNS": "120"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`crossload` of a built wheel, in a virtual environment of its own."""
    uv = uv_command()
    if uv is None:
        pytest.skip("uv is not installed")
    work = tmp_path_factory.mktemp("wheel")
    run(*uv, "build", "--quiet", "--wheel", "--out-dir", work, ROOT, cwd=work)
    (wheel,) = work.glob("crossload-*.whl")
    run(*uv, "venv", "--quiet", "--python", sys.executable, work / "venv", cwd=work)
    python = work / "venv" / "bin" / "python"
    run(*uv, "pip", "install", "--quiet", "--python", python, wheel, cwd=work)
    return work / "venv" / "bin" / "crossload"


def test_init_plan_and_lock_work_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    run(installed, "init", cwd=tmp_path)
    assert (tmp_path / "matrix.yaml").read_bytes() == (ROOT / "matrix.yaml").read_bytes()
    assert (tmp_path / "matrix.schema.json").is_file()
    assert "700 cells" in run(installed, "plan", cwd=tmp_path).stdout
    assert "locks fit the matrix" in run(installed, "lock", "--check", cwd=tmp_path).stdout


def test_the_sessions_travel_along(installed: Path, tmp_path: Path) -> None:
    python = installed.with_name("python")
    where = "import crossload.runner.environments.sessions as s; print(s.__file__)"
    sessions = run(python, "-c", where, cwd=tmp_path).stdout.strip()
    assert ROOT not in Path(sessions).parents
    run(installed, "init", cwd=tmp_path)
    listed = run(python, "-m", "nox", "-f", sessions, "-l", cwd=tmp_path).stdout
    assert "env(tf1.15-py3.7)" in listed


def test_a_run_from_an_empty_folder_draws_the_table(
    installed: Path, tmp_path: Path, environments: tuple[str, str]
) -> None:
    run(installed, "init", cwd=tmp_path)
    home = tmp_path / ".crossload"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    choice = ["--environment", "{tf2.15,tf2.21}", "--model", "twin-dense", "--format", "h5"]
    done = run(installed, "run", *choice, cwd=tmp_path)
    assert "work as they are" in " ".join(done.stdout.split())
    page = home / "report" / "index.html"
    text = page.read_text(encoding="utf-8")
    for environment_id in environments:
        assert environment_id in text


def test_an_environment_is_built_from_the_wheel(
    installed: Path, tmp_path: Path, environments: tuple[str, str]
) -> None:
    del environments  # built once already, so the packages are in uv's cache
    run(installed, "init", cwd=tmp_path)
    done = run(installed, "envs", "build", "tf2.15", cwd=tmp_path)
    assert "1 of 1 environments can be used" in done.stdout
