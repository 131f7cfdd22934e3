"""The translator as one file: whole, reproducible, for old Pythons, careful with other files."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crossload import __version__
from crossload.runner import vendoring
from crossload.runner.errors import StorageError, UsageError

USES_IT = """
import sys
before, path = set(sys.modules), list(sys.meta_path)
import crossload_load
new = {name for name in set(sys.modules) - before if "crossload" in name}
assert "crossload" not in new and "crossload_probe" not in new, new
assert sys.meta_path == path
try:
    crossload_load.load_model("gone.h5")
except crossload_load.LoadError as error:
    print(error)
print(crossload_load.__version__)
"""


def test_the_same_version_writes_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "one.py", tmp_path / "two.py"
    size = vendoring.write_vendored(first)
    vendoring.write_vendored(second)
    assert first.read_bytes() == second.read_bytes()
    assert size == len(first.read_bytes()) < 400_000


def test_it_names_its_licence_its_version_and_its_origin() -> None:
    text = vendoring.vendored()
    assert text.startswith(vendoring.MARK + "# SPDX-License-Identifier: Apache-2.0\n")
    assert f'__version__ = "{__version__}"' in text
    assert f'ORIGIN = "crossload {__version__}, sha256 ' in text


def test_it_needs_nothing_of_crossload(tmp_path: Path) -> None:
    vendoring.write_vendored(tmp_path / "crossload_load.py")
    code = "import sys; sys.modules.update(keras=None, tensorflow=None, tf_keras=None)" + USES_IT
    done = subprocess.run(
        [sys.executable, "-B", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said, version = done.stdout.splitlines()
    assert said.startswith("no Keras can be imported here: ")
    assert version == __version__


@pytest.mark.parametrize("minor", [6, 13], ids=["oldest", "newest"])
def test_every_python_that_a_framework_needs_compiles_it(
    minor: int, interpreter: Callable[[int, int], Path], tmp_path: Path
) -> None:
    vendoring.write_vendored(tmp_path / "crossload_load.py")
    code = (
        "text = open('crossload_load.py').read(); found = {}\n"
        "exec(text.partition('class _Finder')[0], found)\n"
        "for name, source in found['_SOURCES'].items(): compile(source, name, 'exec')\n"
        "compile(text, 'crossload_load.py', 'exec'); print(len(found['_SOURCES']))"
    )
    command = [str(interpreter(3, minor)), "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert int(done.stdout) == vendoring.vendored().count('\n_SOURCES["')


def test_its_modules_are_found_under_no_name_that_an_installed_crossload_has() -> None:
    tree = ast.parse(vendoring.vendored())
    imported = [node.names[0].name for node in tree.body if isinstance(node, ast.Import)]
    assert {name.partition(".")[0] for name in imported} == {"importlib", "sys"}
    assert "crossload_probe" not in vendoring.vendored()


def test_it_replaces_its_own_file_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "load.py"
    target.write_text(vendoring.MARK + "# of an older version\n", encoding="utf-8")
    vendoring.write_vendored(target)
    assert target.read_text(encoding="utf-8") == vendoring.vendored()
    target.write_text("print('mine')\n", encoding="utf-8")
    with pytest.raises(UsageError, match="was not written by `crossload vendor`"):
        vendoring.write_vendored(target)
    assert target.read_text(encoding="utf-8") == "print('mine')\n"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot write .*gone.*No such file"):
        vendoring.write_vendored(tmp_path / "gone" / "load.py")
