"""Which operations of a graph touch what is outside: files, the network, Python.

Owns the form and the reading of `operations.yaml`, and the decision for one operation. Graphs are
read by `graph`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crossload.runner.data import read_yaml
from crossload.runner.inspection.graph import Body, Node, SavedGraph
from crossload.runner.inspection.model import Finding, FindingKind
from crossload.runner.strict import Strict
from crossload.runner.words import Word

FILE = Path(__file__).with_name("operations.yaml")
_OPERATION = re.compile(r"""["']?\bop["']?\s*:\s*["'](\w+)["']""")
_PATH = re.compile(r"^[^\0-\x1f]*[/\\][^\0-\x1f]*$")


class Unless(Word):
    """When an operation that names a file is harmless."""

    EMPTY = "empty"
    SAVER = "saver"
    ASSET = "asset"


@dataclass(frozen=True)
class Operations(Strict):
    """Operations, and on what it depends that they do it; see the comments of the file."""

    names: frozenset[str]
    file: int | None = None
    unless: Unless | None = None
    attribute: str = ""
    when: str = ""


@dataclass(frozen=True)
class Deed(Strict):
    """One thing that operations do."""

    does: str
    kind: FindingKind
    operations: tuple[Operations, ...]


@lru_cache(maxsize=1)
def _deeds() -> tuple[Deed, ...]:
    return tuple(map(Deed.read, read_yaml(FILE)))


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[Deed, Operations]]:
    return {name: (deed, one) for deed in _deeds() for one in deed.operations for name in one.names}


def dangers(graph: SavedGraph) -> Iterator[Finding]:
    """What the operations of a SavedModel do outside, one finding for each kind of deed."""
    found: dict[Deed, dict[str, None]] = {one: {} for one in _deeds()}
    known = _by_name()
    for body in graph.bodies():
        for name in body.operations & known.keys():
            deed, operation = known[name]
            for node in body.nodes_of(name):
                path = _outside(operation, node, body, graph)
                if path is not None:
                    found[deed][f"{name} ({path!r})" if path else name] = None
    for deed, names in found.items():
        if names:
            text = f"the graph {deed.does}: {', '.join(sorted(names))}"
            yield Finding(kind=deed.kind, text=text)


def _outside(operation: Operations, node: Node, body: Body, graph: SavedGraph) -> str | None:
    """The file that a node names ("" where it is not known); None for one that does no harm."""
    if operation.attribute:
        texts = node.texts(operation.attribute)
        return next((one for one in texts if re.search(operation.when, one)), None)
    if operation.file is None:
        return ""
    origins = body.origins(node, operation.file)
    written = [text for one in origins for text in one.texts]
    path = next(filter(None, written), "")
    if operation.unless is Unless.EMPTY:
        return None if written and not any(written) and len(origins) == 1 else path
    if operation.unless is Unless.SAVER:
        return None if graph.is_saver_prefix(body, origins) else path
    if operation.unless is Unless.ASSET:
        return path or next(iter(_paths(graph)), None) if not graph.is_asset(origins) else None
    return path


def _paths(graph: SavedGraph) -> Iterable[str]:
    """Texts beside the functions that are like a path: what a function is given is among them."""
    return (text for text in graph.constant_texts() if _PATH.match(text))


def named_in(definition: str) -> Iterator[str]:
    """The operations in the text of one node that touch what is outside."""
    known = _by_name()
    named = _OPERATION.findall(definition) or re.findall(r"\w+", definition)
    for name in dict.fromkeys(named):
        if name in known:
            _, operation = known[name]
            texts = re.findall(r"[\w+.-]*:/[^\"'\\\s]*", definition)
            wanted = not operation.when or any(re.search(operation.when, one) for one in texts)
            if wanted:
                yield name
