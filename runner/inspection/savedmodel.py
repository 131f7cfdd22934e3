"""Facts of a SavedModel folder: graph, signatures, Keras' own description, variables.

Owns the folder's layout and Keras' saved_metadata.proto; the graph is read by `graph`. It runs in
the reading child alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.inspection import bytecode, configuration, operations, scanning
from crossload.runner.inspection.checkpoint import (
    Entry,
    NotACheckpointError,
    missing_data,
    read_index,
    split,
    weights_of,
)
from crossload.runner.inspection.graph import SavedGraph, read_graph
from crossload.runner.inspection.model import (
    MAX_OBJECTS,
    Contents,
    Finding,
    FindingKind,
    Inspection,
    ObjectFact,
    Origin,
    Role,
    Training,
    worst_first,
)
from crossload.runner.inspection.protobuf import WireError, first, messages, text
from crossload.runner.inspection.scanning import is_unsafe
from crossload.runner.words import Container, Format

_GRAPH_CAP = 1_000_000_000
_METRIC = "_tf_keras_metric"  # what Keras calls such an object in its metadata
_SHARED = "model_config"  # a second copy of class name and configuration

Tree = dict[str, configuration.Json]


def inspect_savedmodel(path: Path) -> Inspection:
    """Read a folder, or the `saved_model.pb` in it."""
    folder = path if path.is_dir() else path.parent
    findings: list[Finding] = []
    graph = _graph(folder, findings)
    metadata = _keras_metadata(folder, findings) or graph.metadata
    entries = _variables(folder, graph, findings)
    own, slots = split(entries)
    nodes = _nodes(metadata, findings)
    trees = [one.tree for one in nodes]
    root = trees[0] if trees else {}
    found = _objects(nodes, findings)
    optimizer = next((one.class_name for one in found if one.role is Role.OPTIMIZER), None)
    findings += operations.dangers(graph)
    findings += _unsafe_assets(graph)
    has_keras = bool(metadata)
    keras, backend, name = (root.get(key) for key in ("keras_version", "backend", "class_name"))
    return Inspection(
        container=Container.SAVEDMODEL,
        contents=_contents(graph, has_keras=has_keras, variables=bool(own)),
        format=Format.SAVEDMODEL if has_keras else Format.EXPORT,
        generation=2 if has_keras else None,
        origin=Origin(
            keras=keras if isinstance(keras, str) else None,
            tensorflow=graph.tensorflow,
            backend=backend if isinstance(backend, str) else None,
            python=next((one for tree in trees for one in bytecode.pythons(tree)), None),
        ),
        model_class=name if isinstance(name, str) else None,
        objects=found[:MAX_OBJECTS],
        weights=weights_of(own),
        training=Training(
            compiled=optimizer is not None,  # an optimizer's state may stay behind without it
            optimizer=optimizer,
            slots=len(slots),
        ),
        signatures=tuple(sorted(one.name for one in graph.signatures))[:1000],
        signature_facts=tuple(graph.signatures)[:1000],
        operations=tuple(sorted(graph.operations))[:5000],
        findings=worst_first(findings),
    )


def _graph(folder: Path, findings: list[Finding]) -> SavedGraph:
    graph = SavedGraph()
    path = folder / "saved_model.pb"
    if not path.is_file():
        kind, note = FindingKind.MISSING, "saved_model.pb is not there"
        if (folder / "saved_model.pbtxt").is_file():
            kind = FindingKind.CODE
            note = (
                "the graph is a text file (saved_model.pbtxt), which is not scanned: "
                "its operations may read and write files"
            )
        findings.append(Finding(kind=kind, text=note, where="saved_model.pb"))
        return graph
    if path.stat().st_size > _GRAPH_CAP:
        note = f"more than {_GRAPH_CAP} bytes, not read"
        findings.append(Finding(kind=FindingKind.FAILED, text=note, where=path.name))
        return graph
    try:
        read_graph(memoryview(path.read_bytes()), graph)
    except WireError as error:
        findings.append(Finding(kind=FindingKind.DAMAGED, text=str(error), where=path.name))
    else:
        if not graph.main:
            note = "no graph in it: cut short, or not a SavedModel"
            findings.append(Finding(kind=FindingKind.DAMAGED, text=note, where=path.name))
    return graph


def _keras_metadata(folder: Path, findings: list[Finding]) -> list[tuple[str, str]]:
    path = folder / "keras_metadata.pb"
    if not path.is_file():
        return []
    if path.stat().st_size > _GRAPH_CAP:
        note = f"more than {_GRAPH_CAP} bytes, not read"
        findings.append(Finding(kind=FindingKind.FAILED, text=note, where=path.name))
        return []
    try:
        data = memoryview(path.read_bytes())
        return [(text(first(node, 4)), text(first(node, 5))) for node in messages(data, 1)]
    except WireError as error:
        findings.append(Finding(kind=FindingKind.DAMAGED, text=str(error), where=path.name))
        return []


def _variables(folder: Path, graph: SavedGraph, findings: list[Finding]) -> list[Entry]:
    index = folder / "variables" / "variables.index"
    if not index.is_file():
        if graph.main and not graph.needs_variables:
            return []
        note = "the folder 'variables' or its index is not there: the model has no weights"
        findings.append(Finding(kind=FindingKind.MISSING, text=note, where="variables"))
        return []
    try:
        entries = read_index(index)
    except (NotACheckpointError, WireError, OSError) as error:
        where = "variables/variables.index"
        findings.append(Finding(kind=FindingKind.DAMAGED, text=str(error)[:500], where=where))
        return []
    findings += missing_data(index, entries)
    return entries


@dataclass(frozen=True)
class _Node:
    """Keras' description of one object; of what is no metric, only layers are taken."""

    tree: Tree
    role: Role


def _nodes(metadata: list[tuple[str, str]], findings: list[Finding]) -> list[_Node]:
    """Keras' descriptions of the model, its layers and its metrics, the model's first."""
    nodes = []
    for identifier, body in metadata:
        if identifier.startswith("_tf_keras"):
            try:
                tree = configuration.parse(body.encode())
                nodes.append(_Node(tree, Role.METRIC if identifier == _METRIC else Role.LAYER))
            except configuration.NotAConfigurationError as error:
                kind = FindingKind.DAMAGED
                findings.append(Finding(kind=kind, text=str(error), where=identifier))
    return nodes


def _objects(nodes: list[_Node], findings: list[Finding]) -> tuple[ObjectFact, ...]:
    """Objects of the root's description, which holds those of all layers where it is whole.

    A subclassed model's does not: there the layers' own descriptions stand for them. Without the
    training configuration, which is left out with the optimizer, those of the metrics do.
    """
    if not nodes:
        return ()
    root = nodes[0].tree
    training = root.get("training_config")
    findings += _scan(root, "", findings)
    described: Tree = {key: root[key] for key in ("class_name", "config") if key in root}
    found = configuration.model_objects(described)
    found += configuration.objects(training)
    whole = bool(configuration.layer_list(root))
    for number, node in enumerate(nodes[1:], start=1):
        tree, where = node.tree, f"/node {number}"
        findings += _scan(tree, where, findings)
        wanted = not training if node.role is Role.METRIC else not whole and _is_layer(tree)
        if wanted and isinstance(tree.get("class_name"), str):
            own: Tree = {key: tree[key] for key in ("class_name", "config", "name") if key in tree}
            found += configuration.objects(own, node.role, where)
    return found


def _scan(tree: Tree, where: str, before: list[Finding]) -> list[Finding]:
    """What is dangerous in a description and not yet known from one that repeats it."""
    first = scanning.scan({key: value for key, value in tree.items() if key != _SHARED}, where)
    copy = scanning.scan(tree.get(_SHARED), f"{where}/{_SHARED}")
    known = {(one.kind, one.text) for one in before}
    found = [one for one in first if (one.kind, one.text) not in known]
    known |= {(one.kind, one.text) for one in found}
    return found + [one for one in copy if (one.kind, one.text) not in known]


def _is_layer(tree: Tree) -> bool:
    """Metrics have descriptions too, but no `trainable`."""
    return "trainable" in tree or "batch_input_shape" in tree


def _unsafe_assets(graph: SavedGraph) -> Iterator[Finding]:
    for name in graph.assets.values():
        if is_unsafe(name):
            text = f"an asset is called {name!r}, which lies outside of the model"
            yield Finding(kind=FindingKind.READS_FILES, text=text, where="saved_model.pb")


def _contents(graph: SavedGraph, *, has_keras: bool, variables: bool) -> Contents:
    if not graph.main:
        return Contents.WEIGHTS if variables else Contents.NOTHING
    if not variables:
        return Contents.ARCHITECTURE if has_keras else Contents.GRAPH_ALONE
    return Contents.WHOLE if has_keras else Contents.GRAPH
