"""The layers point one way: who may import whom, read from the source of every module."""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FRAMEWORKS = {"tensorflow", "keras", "tf_keras", "h5py", "theano", "cntk", "jax", "torch", "pickle"}
READ_HDF5 = {Path("runner/inspection/arrays.py"), Path("runner/inspection/hdf5.py")}
READERS = {
    *READ_HDF5,
    Path("runner/inspection/architecture.py"),
    Path("runner/inspection/members.py"),
    Path("runner/inspection/shards.py"),
    Path("runner/inspection/keras_zip.py"),
    Path("runner/inspection/reading.py"),
    Path("runner/inspection/child.py"),
}
PARTS = ("crossload/cli", "runner", "reports", "probes")


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> tuple[str, ...]:
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def roots(path: Path) -> set[str]:
    """The packages that a module imports; a part of this one as `crossload.<part>`."""
    names = (name.split(".") for name in imported(path))
    return {".".join(name[: 2 if name[0] == "crossload" else 1]) for name in names}


@pytest.mark.parametrize("path", modules("runner"), ids=lambda path: str(path.relative_to(ROOT)))
def test_runner_imports_no_other_layer_and_no_framework(path: Path) -> None:
    allowed = {"h5py"} if path.relative_to(ROOT) in READ_HDF5 else set()
    assert not roots(path) & FRAMEWORKS - allowed
    assert {one for one in roots(path) if one.startswith("crossload")} <= {
        "crossload",
        "crossload.runner",
    }


@pytest.mark.parametrize("path", modules("runner", "reports"), ids=str)
def test_only_the_reading_child_parses_model_files(path: Path) -> None:
    """A damaged file may kill the HDF5 library: no other process imports what reads it."""
    if path.relative_to(ROOT) in READERS:
        return
    parsers = {".".join(("crossload", *one.with_suffix("").parts)) for one in READERS}
    assert not parsers & set(imported(path))


@pytest.mark.parametrize("path", modules("reports"), ids=lambda path: str(path.relative_to(ROOT)))
def test_reports_import_no_probes_no_commands_and_no_framework(path: Path) -> None:
    assert not roots(path) & (FRAMEWORKS | {"crossload.probes", "crossload.cli", "argparse"})


@pytest.mark.parametrize("path", modules("crossload/cli"), ids=lambda path: path.stem)
def test_commands_import_no_probes_and_no_framework(path: Path) -> None:
    assert not roots(path) & (FRAMEWORKS | {"crossload.probes"})


@pytest.mark.parametrize("path", modules(*PARTS), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_part_is_imported_by_its_folder_alone(path: Path) -> None:
    """`import runner` finds the folder in a clone, and somebody else's package elsewhere."""
    assert not roots(path) & {"runner", "reports", "probes"}


@pytest.mark.parametrize("path", modules("probes"), ids=lambda path: str(path.relative_to(ROOT)))
def test_probes_import_only_each_other_numpy_and_frameworks(path: Path) -> None:
    others = (
        roots(path) - {"crossload_probe"} - set(sys.stdlib_module_names) - FRAMEWORKS - {"numpy"}
    )
    assert others <= {"google", "pkg_resources", "importlib_metadata"}


@pytest.mark.parametrize("path", modules(*PARTS), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(parsed(path))


def test_files_stay_small() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PARTS)}
    assert {str(path): n for path, n in lengths.items() if n > 350} == {}
    assert statistics.median(lengths.values()) <= 170
