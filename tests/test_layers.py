"""The layers point one way: who may import whom, read from the source of every module."""

from __future__ import annotations

import ast
import statistics
import sys
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FRAMEWORKS = {"tensorflow", "keras", "tf_keras", "h5py", "theano", "cntk", "jax", "torch", "pickle"}
CONSOLES = {"rich", "argparse"}
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
def test_runner_imports_no_other_layer_no_framework_and_no_console(path: Path) -> None:
    allowed = {"h5py"} if path.relative_to(ROOT) in READ_HDF5 else set()
    assert not roots(path) & (FRAMEWORKS | CONSOLES) - allowed
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


@pytest.mark.parametrize("path", modules("reports"), ids=lambda path: str(path.relative_to(ROOT)))
def test_reports_open_a_ledger_only_for_reading(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Ledger.open":
            assert {one.arg: ast.unparse(one.value) for one in node.keywords} == {
                "read_only": "True"
            }


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


def runs_into(graph: Mapping[str, Collection[str]], start: str) -> list[str]:
    """A cycle through `start`, by the shortest way back; empty where there is none."""
    paths = deque([[start]])
    seen: set[str] = set()
    while paths:
        path = paths.popleft()
        for following in sorted(graph.get(path[-1], ())):
            if following == start:
                return [*path, start]
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return []


def cycles(graph: Mapping[str, Collection[str]]) -> list[str]:
    """Every shortest cycle once, as "a -> b -> a"."""
    found: dict[frozenset[str], str] = {}
    for start in sorted(graph):
        if cycle := runs_into(graph, start):
            found.setdefault(frozenset(cycle), " -> ".join(cycle))
    return sorted(found.values())


def files_by_name() -> dict[str, Path]:
    """Every file of the package by the name that it is imported under."""
    found = {}
    for path in modules(*PARTS, "crossload"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        dotted = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if parts[0] == "probes":  # found by their folder, inside foreign interpreters
            found[dotted.removeprefix("probes").lstrip(".")] = path
        else:
            found[dotted if parts[0] == "crossload" else f"crossload.{dotted}"] = path
    return found


def imported_files(path: Path, known: Mapping[str, Path]) -> Iterator[Path]:
    """The files that a file imports, anywhere in it: under TYPE_CHECKING and in functions too."""
    for node in ast.walk(parsed(path)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [one if one in known else str(node.module) for one in inner]
        yield from (known[one] for one in names if one in known)


@cache
def import_graph() -> dict[Path, set[Path]]:
    known = files_by_name()
    return {path: set(imported_files(path, known)) - {path} for path in known.values()}


def room(path: Path) -> str:
    """The package of `runner` that a file is in; a module beside the packages is its own."""
    return path.relative_to(ROOT / "runner").parts[0].removesuffix(".py")


def test_the_packages_of_runner_import_each_other_one_way() -> None:
    graph = defaultdict[str, set[str]](set)
    for path, imports in import_graph().items():
        if path.is_relative_to(ROOT / "runner"):
            inside = {room(one) for one in imports if one.is_relative_to(ROOT / "runner")}
            graph[room(path)] |= inside - {room(path)}
    assert graph["probing"] >= {"sandbox", "artifacts"}
    assert cycles(graph) == []


def test_no_files_import_each_other() -> None:
    graph = {
        str(path.relative_to(ROOT)): {str(one.relative_to(ROOT)) for one in imports}
        for path, imports in import_graph().items()
    }
    assert "runner/words.py" in graph["runner/records.py"]
    assert cycles(graph) == []


def test_a_cycle_is_found_and_named() -> None:
    graph = {"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set[str]()}
    assert cycles(graph) == ["a -> b -> c -> a"]
    assert cycles({"a": {"b"}, "b": set[str]()}) == []
