"""The layers point one way: who may import whom, read from the source of every module."""

from __future__ import annotations

import ast
import statistics
import sys
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

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


def offending(folders: Collection[str], found: Callable[[Path], Collection[str]]) -> dict[str, str]:
    """The modules of these folders in which something is found, with what it is."""
    read = {str(path.relative_to(ROOT)): found(path) for path in modules(*folders)}
    assert len(read) > 20
    return {path: ", ".join(sorted(what)) for path, what in read.items() if what}


def foreign_to_runner(path: Path) -> set[str]:
    allowed = {"h5py"} if path.relative_to(ROOT) in READ_HDF5 else set()
    parts = {one for one in roots(path) if one.startswith("crossload")}
    layers = parts - {"crossload", "crossload.runner"}
    return layers | (roots(path) & (FRAMEWORKS | CONSOLES) - allowed)


def test_runner_imports_no_other_layer_no_framework_and_no_console() -> None:
    assert offending(["runner"], foreign_to_runner) == {}


def test_only_the_reading_child_parses_model_files() -> None:
    """A damaged file may kill the HDF5 library: no other process imports what reads it."""
    parsers = {".".join(("crossload", *one.with_suffix("").parts)) for one in READERS}

    def found(path: Path) -> set[str]:
        return set() if path.relative_to(ROOT) in READERS else parsers & set(imported(path))

    assert offending(["runner", "reports"], found) == {}


def test_reports_import_no_probes_no_commands_and_no_framework() -> None:
    others = FRAMEWORKS | {"crossload.probes", "crossload.cli", "argparse"}
    assert offending(["reports"], lambda path: roots(path) & others) == {}


def opens_to_write(path: Path) -> list[str]:
    return [
        ast.unparse(node)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Ledger.open"
        and {one.arg: ast.unparse(one.value) for one in node.keywords} != {"read_only": "True"}
    ]


def test_reports_open_a_ledger_only_for_reading() -> None:
    assert offending(["reports"], opens_to_write) == {}


def test_commands_import_no_probes_and_no_framework() -> None:
    others = FRAMEWORKS | {"crossload.probes"}
    assert offending(["crossload/cli"], lambda path: roots(path) & others) == {}


def test_no_part_is_imported_by_its_folder_alone() -> None:
    """`import runner` finds the folder in a clone, and somebody else's package elsewhere."""
    folders = {"runner", "reports", "probes"}
    assert offending(PARTS, lambda path: roots(path) & folders) == {}


def test_probes_import_only_each_other_numpy_and_frameworks() -> None:
    others = {"google", "pkg_resources", "importlib_metadata"}
    known = {"crossload_probe", "numpy"} | set(sys.stdlib_module_names) | FRAMEWORKS | others
    assert offending(["probes"], lambda path: roots(path) - known) == {}


def test_every_module_says_what_it_owns() -> None:
    def found(path: Path) -> list[str]:
        return [] if ast.get_docstring(parsed(path)) else ["no docstring"]

    assert offending(PARTS, found) == {}


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
