"""`import crossload` costs nothing, and loading needs nothing but NumPy and the framework."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import crossload

ROOT = Path(__file__).resolve().parent.parent
# Everything but the standard library and what is named is as if it were not installed.
BLOCKED = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        root = name.partition(".")[0]
        if root not in sys.stdlib_module_names | set(sys.argv[1:]):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
before = set(sys.modules)
import crossload
crossload.__version__
"""


def run(code: str, *allowed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED + code, "crossload", *allowed],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_it_needs_no_other_package_and_imports_next_to_nothing() -> None:
    code = "print([one for one in sys.modules if 'numpy' in one or 'crossload' in one])"
    assert run(code, "numpy") == "['crossload']"


def test_loading_needs_numpy_alone_and_no_framework_before_it_is_asked() -> None:
    code = """
from crossload import LoadError, load_model, load_weights
print(sorted({one.partition(".")[0] for one in sys.modules} - sys.stdlib_module_names - before))
try:
    load_model("gone.h5")
except LoadError as error:
    print(error)
"""
    names, error = run(code, "crossload_probe", "numpy").splitlines()
    assert names == "['crossload', 'crossload_probe', 'numpy']"
    assert error.startswith("no Keras can be imported here: keras: No module named 'keras'; ")


def test_the_search_path_stays_as_it_is() -> None:
    code = "path = list(sys.path); crossload.load_model; print(sys.path == path)"
    assert run(code, "crossload_probe", "numpy") == "True"


def test_what_a_program_uses_is_listed_and_nothing_else_is_there() -> None:
    assert {"LoadError", "load_model", "load_weights", "__version__"} <= set(dir(crossload))
    assert not hasattr(crossload, "save_model")
