"""The floor under the probe: old syntax, few imports, a start that shadows nothing."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.probes.worker_driver import PROBES

FILES = sorted(PROBES.rglob("*.py"))
START = PROBES / "start.py"
PARTS = ("worker", "facts", "atlas")
FRAMEWORKS = {"numpy", "tensorflow", "tf_keras", "h5py"}


def imports_of(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


def test_nothing_but_sys_is_imported_before_the_version_gate() -> None:
    body = ast.parse(START.read_text()).body
    assert isinstance(body[0], ast.Expr)  # the docstring
    assert isinstance(body[1], ast.Import)
    assert [alias.name for alias in body[1].names] == ["sys"]
    assert isinstance(body[2], ast.If)
    assert ast.unparse(body[2].test) == "sys.version_info < (3, 6)"


def test_the_start_script_has_no_syntax_that_a_python_before_3_6_cannot_parse() -> None:
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Nonlocal)
    for node in ast.walk(ast.parse(START.read_text())):
        assert not isinstance(node, newer)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs


@pytest.mark.parametrize("part", PARTS)
def test_a_python_that_is_too_old_is_reported_and_not_a_syntax_error(part: str) -> None:
    # Not found by findpython; a shim of pyenv on the PATH is no interpreter.
    found = sorted(Path.home().glob(".pyenv/versions/2.7*/bin/python"))
    found += [Path(path) for path in [shutil.which("python2.7")] if path and "shims" not in path]
    if not found:
        pytest.skip("needs a Python 2.7, of pyenv or on the PATH, and this machine has none")
    command = [str(found[0]), str(START), part]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 79
    assert done.stderr == "crossload-probe: python 3.6 or newer is needed\n"


@pytest.mark.parametrize("minor", [6, 13], ids=["oldest", "newest"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_starts_in_isolated_mode(
    minor: int, part: str, interpreter: Callable[[int, int], Path]
) -> None:
    command = [str(interpreter(3, minor)), "-I", "-B", str(START), part, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--backend BACKEND" in done.stdout


def test_the_folder_of_the_probe_comes_after_everything_else(
    interpreter: Callable[[int, int], Path],
) -> None:
    code = (
        "import runpy, sys\n"
        "sys.argv[1:] = ['facts', '--help']\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit: print(sys.path[-1], sys.path.count(sys.path[-1]))"
    )
    command = [
        str(interpreter(3, 6)),
        "-I",
        "-B",
        "-c",
        f"import sys; sys.argv[0] = {str(START)!r}\n{code}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == f"{PROBES} 1"


@pytest.mark.parametrize("minor", [6, 13], ids=["oldest", "newest"])
def test_every_file_compiles_with_the_python_that_a_framework_needs(
    minor: int, interpreter: Callable[[int, int], Path]
) -> None:
    code = "import sys\nfor p in sys.argv[1:]: compile(open(p).read(), p, 'exec')"
    subprocess.run([interpreter(3, minor), "-c", code, *map(str, FILES)], check=True)


# NumPy is stood in for: interpreters without environments do not have it.
IMPORT_ALL = """
import importlib, sys, types
class Numpy(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})
sys.modules["numpy"] = Numpy("numpy")
sys.path.append(sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
print(len([name for name in sys.modules if name.startswith("crossload_probe")]))
"""


@pytest.mark.parametrize("minor", [6, 13], ids=["oldest", "newest"])
def test_every_module_can_be_imported_without_a_framework(
    minor: int, interpreter: Callable[[int, int], Path]
) -> None:
    paths = [path.relative_to(PROBES) for path in FILES if path.parent != PROBES]
    names = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]
    command = [str(interpreter(3, minor)), "-I", "-B", "-c", IMPORT_ALL, str(PROBES), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(names)


def test_a_file_imports_only_its_siblings_the_standard_library_and_the_framework() -> None:
    allowed = {"crossload_probe"} | set(sys.stdlib_module_names) | FRAMEWORKS
    others = {path.name: imports_of(ast.parse(path.read_text())) - allowed for path in FILES}
    assert {name: found for name, found in others.items() if found} == {}
