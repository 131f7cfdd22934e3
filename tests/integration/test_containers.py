"""A whole run with a container, whose engine is a stand-in and whose Keras is real."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.engines import DIGEST, NAME, make_engines
from tests.integration.conftest import HOME, crossload, read_report

pytestmark = pytest.mark.integration

MATRIX = f"""
environments:
  new: {{interpreter: PYTHON}}
  old: {{container: "{NAME}"}}
  gone: {{container: "registry.test/gone:1"}}
profiles:
  quick:
    models: [dense]
    formats: [h5]
"""


def test_an_image_saves_and_loads_like_any_environment(
    environments: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras2, keras3 = environments
    path = os.environ["PATH"]
    engines = make_engines(tmp_path / "bin", monkeypatch)
    monkeypatch.setenv("PATH", f"{engines.folder}:{path}")
    engines.install("docker")
    engines.image((HOME / "envs" / keras2).resolve() / "bin" / "python")
    python = HOME / "envs" / keras3 / "bin" / "python"
    (tmp_path / "matrix.yaml").write_text(MATRIX.replace("PYTHON", str(python)), encoding="utf-8")
    home = tmp_path / "home"

    done = crossload(tmp_path, "run", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    report = read_report(tmp_path, home)
    old, new = (
        f"{name}-{one.rpartition('-')[2]}" for name, one in (("old", keras2), ("new", keras3))
    )
    rows = {row.id: row for row in report.environments}
    assert rows[old].resolve == f"{NAME} {DIGEST}"
    problem = rows["gone"].problem
    assert problem is not None
    assert problem.cause == "missing-tool"
    verdicts = {(row.saver, row.model, row.loader): row.verdict for row in report.cells}
    assert verdicts[old, "dense", old] == "same"
    assert verdicts[old, "dense", new] == verdicts[new, "dense", new] == "assisted"

    calls = len(engines.calls)
    again = crossload(tmp_path, "run", home=home)
    assert again.returncode == 0
    assert all(call[1:3] == ["image", "inspect"] for call in engines.calls[calls:])

    checked = crossload(tmp_path, "doctor", home=home)
    assert checked.returncode == 1
    assert f"in {NAME} ({DIGEST[:19]}, by docker)" in checked.stdout
    assert "the image 'registry.test/gone:1' was not found" in checked.stdout

    only_gone = crossload(tmp_path, "run", "--environment", "gone", home=home)
    assert only_gone.returncode == 4
