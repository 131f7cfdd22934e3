"""What `crossload inspect` does without: libraries that take longer to import than the reading."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from crossload.runner.shipped import import_root
from tests.inspection.making import dense, sequential, write_h5

_HEAVY = ("asyncio", "jinja2", "pandas", "pydantic", "numpy", "h5py", "sqlite3",
          "crossload.runner.causes", "crossload.runner.records")  # fmt: skip
_HEAVY_IN_THE_CHILD = ("pydantic", "rich", "yaml", "pandas", "asyncio", "packaging",
                       "crossload.runner.causes", "crossload.runner.prediction",
                       "crossload.runner.atlas",
                       "crossload.runner.inspection.savedmodel")  # fmt: skip


def _imported(code: str, *arguments: str) -> set[str]:
    start = f"import sys; sys.path.insert(0, {str(import_root())!r})\n"
    end = "\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", start + code + end, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stderr.split())


def test_the_command_imports_nothing_heavy(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "m.h5", sequential(dense()))
    found = _imported("from crossload.cli.main import run_command_line as run; run()",
                      "inspect", str(path))  # fmt: skip
    assert "crossload.runner.prediction" in found
    assert found.isdisjoint(_HEAVY), found & set(_HEAVY)


def test_the_reading_child_imports_nothing_heavy(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "m.h5", sequential(dense()))
    found = _imported(
        "from pathlib import Path\n"
        "from crossload.runner.inspection.reading import prepare, read\n"
        "path = Path(sys.argv[1]); prepare(path); print(read(path).to_json())",
        str(path),
    )
    assert "h5py" in found
    assert found.isdisjoint(_HEAVY_IN_THE_CHILD), found & set(_HEAVY_IN_THE_CHILD)
