"""Rows whose program is not installed: they are unavailable, and the other rows go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.channels import make_channel
from tests.cli.conftest import CommandLine
from tests.engines import NAME

MATRIX = f"""
environments:
  image: {{container: "{NAME}"}}
  file: {{conda: environment.yml}}
profiles:
  quick: {{models: [dense], formats: [h5]}}
"""
NO_ENGINE = f"the image {NAME!r} needs docker or podman, and neither was found"
NO_CONDA = "'file' needs conda, mamba or micromamba, and none of them was found"


@pytest.fixture
def rows(crossload: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A project of such rows, on a machine without any of these programs."""
    make_channel(tmp_path / "bin", monkeypatch)
    crossload.matrix(MATRIX)
    (crossload.folder / "environment.yml").write_text("dependencies: [python=3.11, tensorflow]\n")
    return crossload


def test_plan_lists_them_with_the_reason(rows: CommandLine) -> None:
    said = rows("plan")
    assert said.code == 0
    assert "2 environments, 2 saves, 4 cells; 0 saves and 0 cells can be measured" in said.words
    assert NO_ENGINE in said.words
    assert NO_CONDA in said.words


def test_a_run_of_nothing_else_has_the_exit_code_of_unusable_environments(
    rows: CommandLine,
) -> None:
    said = rows("run")
    assert said.code == 4
    report = rows("report", "--format", "json", "--output", "report.json")
    assert report.code == 0
    text = (rows.folder / "report.json").read_text()
    assert text.count('"missing-tool"') >= 2


def test_doctor_reports_them(rows: CommandLine) -> None:
    said = rows("doctor")
    assert said.code == 1
    for sentence in (NO_ENGINE, NO_CONDA, "none found; only `conda:` rows need one"):
        assert sentence in said.words


def test_a_lock_is_wanted_of_the_file_alone(rows: CommandLine) -> None:
    said = rows("lock", "--check")
    assert said.code == 1
    assert "file-py3.11: missing" in said.words
    assert "1 of 1 locks" in said.words
