"""The floor under the probe files: old syntax, few imports, names that shadow nothing."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.probes.worker_driver import PROBES

FILES = sorted(PROBES.glob("*.py"))
SCRIPTS = ("probe_worker.py", "probe_facts.py", "probe_atlas.py")
FRAMEWORKS = {"numpy", "tensorflow", "tf_keras", "h5py"}


def imports_of(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_but_sys_is_imported_before_the_version_gate(name: str) -> None:
    body = ast.parse((PROBES / name).read_text()).body
    assert isinstance(body[0], ast.Expr)  # the docstring
    assert isinstance(body[1], ast.Import)
    assert [alias.name for alias in body[1].names] == ["sys"]
    assert isinstance(body[2], ast.If)
    assert ast.unparse(body[2].test) == "sys.version_info < (3, 6)"


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_has_no_syntax_that_a_python_before_its_floor_cannot_parse(name: str) -> None:
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Nonlocal)
    for node in ast.walk(ast.parse((PROBES / name).read_text())):
        assert not isinstance(node, newer)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_python_that_is_too_old_is_reported_and_not_a_syntax_error(name: str) -> None:
    # Not found by findpython; a shim of pyenv on the PATH is no interpreter.
    found = sorted(Path.home().glob(".pyenv/versions/2.7*/bin/python"))
    found += [Path(path) for path in [shutil.which("python2.7")] if path and "shims" not in path]
    if not found:
        pytest.skip("no Python 2.7 on this machine")
    command = [str(found[0]), str(PROBES / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 79
    assert done.stderr == "crossload-probe: python 3.6 or newer is needed\n"


@pytest.mark.parametrize("minor", [6, 13], ids=["oldest", "newest"])
def test_every_file_compiles_with_the_python_that_a_framework_needs(
    minor: int, interpreter: Callable[[int, int], Path]
) -> None:
    code = "import sys\nfor p in sys.argv[1:]: compile(open(p).read(), p, 'exec')"
    subprocess.run([interpreter(3, minor), "-c", code, *map(str, FILES)], check=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_imports_only_its_siblings_the_standard_library_and_the_framework(
    path: Path,
) -> None:
    siblings = {file.stem for file in FILES}
    allowed = siblings | set(sys.stdlib_module_names) | FRAMEWORKS
    assert imports_of(ast.parse(path.read_text())) - allowed == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_what_it_owns_stays_small_and_shadows_nothing(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 350
    assert path.stem == "__init__" or path.stem.startswith("probe_")
