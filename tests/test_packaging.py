"""What is installed is one package, `crossload`, and it is untroubled by folders of other names."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("runner", "reports", "probes")
USES_ALL_PARTS = """
import crossload.cli.report, crossload.runner.shipped as shipped
import reports, runner, probes
assert {reports.OWNER, runner.OWNER, probes.OWNER} == {"the user"}
assert (shipped.probes_folder() / "__init__.py").is_file()
assert shipped.shipped_path("matrix.yaml").is_file()
print(crossload.__file__)
"""


def uv(*arguments: str | Path, **variables: str) -> None:
    subprocess.run(
        [str(Path(sys.executable).with_name("uv")), *map(str, arguments)],
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist as a release is."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--out-dir", folder, ROOT)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture
def beside_others(tmp_path: Path) -> Path:
    """A user's folder whose own packages are named as the parts of crossload are."""
    for name in PARTS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text('OWNER = "the user"\n', encoding="utf-8")
    return tmp_path


def installed(tmp_path: Path, *what: str | Path) -> Path:
    """The programs of a new environment with this in it, and with our own dependencies."""
    venv = tmp_path / "venv"
    uv("venv", "--python", sys.executable, venv)
    uv("pip", "install", "--no-deps", *what, VIRTUAL_ENV=str(venv))
    (site,) = venv.glob("lib/python*/site-packages")
    # A path in a .pth file is searched, but the .pth files in it are not read: the environment
    # of the tests gives its packages and not its own crossload.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return venv / "bin"


def test_the_wheel_holds_one_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"crossload"}
    assert not [name for name in names if "reports/published" in name]
    for inner in ("cli/main.py", "runner/plan.py", "reports/page.py", "probes/__init__.py"):
        assert f"crossload/{inner}" in names
    for inner in (
        "matrix.yaml",
        "matrix.schema.json",
        "cases/claims.yaml",
        "cases/damaged/case.yaml",
        "cases/damaged/network.py",
    ):
        assert f"crossload/shipped/{inner}" in names


@pytest.mark.parametrize("editable", [False, True], ids=["wheel", "editable"])
def test_an_installation_works_next_to_packages_of_the_same_names(
    wheel: Path, beside_others: Path, *, editable: bool
) -> None:
    programs = installed(beside_others, *(("--editable", ROOT) if editable else (wheel,)))
    ran = subprocess.run(
        [programs / "python", "-c", USES_ALL_PARTS],
        cwd=beside_others,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    found = Path(ran.stdout.strip())
    assert found.is_relative_to(ROOT if editable else programs.parent)
    told = subprocess.run(
        [programs / "crossload", "plan", "--profile", "none"],
        cwd=beside_others,
        env={**os.environ, "PYTHONPATH": str(beside_others)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 3, told.stderr
    assert "there is no file 'matrix.yaml'" in told.stderr
