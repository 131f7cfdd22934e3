"""The graph of a SavedModel: its operations with the functions, its signatures, saver and assets.

Owns the numbers of the messages' fields (TensorFlow's saved_model.proto, meta_graph.proto,
graph.proto, function.proto) and following an input back to where its value comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from crossload.runner.inspection.model import SignatureFact, TensorFact
from crossload.runner.inspection.protobuf import fields, first, messages, text

# In SavedModel / MetaGraphDef / MetaInfoDef / GraphDef / SavedObjectGraph.
_META_GRAPH, _META_INFO, _GRAPH, _SAVER, _SIGNATURES, _ASSETS, _OBJECTS = 2, 1, 2, 3, 5, 6, 7
_TENSORFLOW_VERSION = 5
_NODES, _LIBRARY, _FUNCTION_NODES = 1, 2, 3
_VARIABLES = frozenset({"VarHandleOp", "Variable", "VariableV2"})
_MANY_STEPS = 2000
_LONG_TEXT = 4096
_TYPES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string",
    8: "complex64", 9: "int64", 10: "bool", 14: "bfloat16", 17: "uint16", 18: "complex128",
    19: "float16", 20: "resource", 21: "variant", 22: "uint32", 23: "uint64",
}  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """Where a value comes from: an argument of the function, a constant, or another operation.

    `texts` are those of a constant, `argument` is the place of an argument.
    """

    name: str
    operation: str = ""
    argument: int | None = None
    texts: tuple[str, ...] = ()


class Node:
    """One operation of a graph."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self.name, self.operation = text(first(data, 1)), text(first(data, 2))

    @property
    def inputs(self) -> list[str]:
        """The names of the operations and arguments whose values it gets."""
        names = (text(one) for one in messages(self._data, 3))
        return [name.partition(":")[0] for name in names if not name.startswith("^")]

    def _attribute(self, key: str) -> memoryview | None:
        for entry in messages(self._data, 5):
            if text(first(entry, 1)) == key:
                return first(entry, 2)
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of an attribute: one, or a list."""
        value = self._attribute(key)
        if value is None:
            return ()
        listed = first(value, 1)
        found = [*messages(value, 2), *(messages(listed, 2) if listed is not None else ())]
        return tuple(text(one) for one in found)

    @property
    def function(self) -> str:
        """The function that it calls."""
        value = self._attribute("f")
        return text(first(value, 10, 1)) if value is not None else ""

    @property
    def constant(self) -> tuple[str, ...]:
        """The texts of a constant, long ones cut."""
        value = self._attribute("value")
        tensor = first(value, 8) if value is not None else None
        if tensor is None:
            return ()
        return tuple(text(one[:_LONG_TEXT]) for one in messages(tensor, 8))


class Body:
    """The operations of the graph itself (without a name) or of one of its functions."""

    def __init__(
        self, nodes: Sequence[memoryview], name: str = "", arguments: tuple[str, ...] = ()
    ) -> None:
        self.name, self._nodes, self._arguments = name, nodes, arguments
        self.operations = {text(first(one, 2)) for one in nodes}

    def nodes_of(self, operation: str) -> Iterator[Node]:
        """Those of one kind."""
        return (
            Node(one) for one in self._nodes if bytes(first(one, 2) or b"") == operation.encode()
        )

    @cached_property
    def by_name(self) -> dict[str, Node]:
        return {one.name: one for one in map(Node, self._nodes)}

    def origins(self, node: Node, place: int) -> tuple[Origin, ...]:
        """Everything that the input at `place` is made from; none where there is no such input."""
        pending, seen = node.inputs[place : place + 1], dict[str, Origin]()
        while pending and len(seen) < _MANY_STEPS:
            name = pending.pop()
            if name in seen:
                continue
            source = self.by_name.get(name)
            if source is None:
                known = name in self._arguments
                place_of = self._arguments.index(name) if known else None
                seen[name] = Origin(name, argument=place_of)
                continue
            texts = source.constant if source.operation == "Const" else ()
            seen[name] = Origin(name, source.operation, texts=texts)
            pending += source.inputs
        return tuple(seen.values())


@dataclass
class SavedGraph:
    """What the graph file says; of several graphs in it, all together."""

    tensorflow: str | None = None
    signatures: list[SignatureFact] = field(default_factory=list)
    metadata: list[tuple[str, str]] = field(default_factory=list)  # identifier, JSON
    assets: dict[str, str] = field(default_factory=dict)  # tensor to file
    main: list[Body] = field(default_factory=list)
    functions: list[Body] = field(default_factory=list)
    savers: list[tuple[str, str, str]] = field(default_factory=list)  # file name, save, restore
    has_objects: bool = False  # TensorFlow 2 writes them, and reads the variables whatever they are

    def bodies(self) -> Iterator[Body]:
        yield from self.main
        yield from self.functions

    @property
    def operations(self) -> set[str]:
        """The kinds of all operations."""
        return {name for body in self.bodies() for name in body.operations}

    @property
    def needs_variables(self) -> bool:
        """Whether loading fails where the variables are not there."""
        return self.has_objects or not _VARIABLES.isdisjoint(self.operations)

    def constant_texts(self) -> Iterator[str]:
        """The single texts in the graph itself that are no assets."""
        for body in self.main:
            for node in body.nodes_of("Const"):
                if node.name not in self.assets and len(node.constant) == 1:
                    yield from node.constant

    def is_asset(self, origins: Sequence[Origin]) -> bool:
        """Whether a value is the path of one of the model's own files."""
        return any(one.name in self.assets for one in origins)

    @cached_property
    def _saver_arguments(self) -> set[tuple[str, int]]:
        """(function, place of the argument) to which the graph's saver passes the prefix."""
        found: set[tuple[str, int]] = set()
        for prefix, *called in self.savers:
            for node in (body.by_name.get(name) for body in self.main for name in called):
                if node is not None and node.function:
                    places = (at for at, name in enumerate(node.inputs) if name == prefix)
                    found.update((node.function, at) for at in places)
        return found

    def is_saver_prefix(self, body: Body, origins: Sequence[Origin]) -> bool:
        """Whether a value is made from the prefix that a loader passes to save and to restore."""
        if body in self.main:
            return any(one.name == prefix for prefix, *_ in self.savers for one in origins)
        return any((body.name, one.argument) in self._saver_arguments for one in origins)


def read_graph(data: memoryview, graph: SavedGraph) -> None:
    """Add what a `saved_model.pb` holds; what was read before the damage stays.

    Raises:
        WireError: it is damaged.
    """
    for meta in messages(data, _META_GRAPH):
        graph.tensorflow = text(first(meta, _META_INFO, _TENSORFLOW_VERSION)) or graph.tensorflow
        graph.signatures += [_signature(one) for one in messages(meta, _SIGNATURES)]
        saver = first(meta, _SAVER)
        if saver is not None:
            names = (text(first(saver, number)).partition(":")[0] for number in (1, 2, 3))
            graph.savers.append((next(names), next(names), next(names)))
        for asset in messages(meta, _ASSETS):
            graph.assets[text(first(asset, 1, 1)).partition(":")[0]] = text(first(asset, 2))
        for definition in messages(meta, _GRAPH):
            graph.main.append(Body(list(messages(definition, _NODES))))
            for library in messages(definition, _LIBRARY):
                graph.functions += [_function(one) for one in messages(library, 1)]
        for objects in messages(meta, _OBJECTS):
            graph.has_objects = True
            graph.metadata += _user_objects(objects)


def _function(data: memoryview) -> Body:
    signature = first(data, 1)
    name = text(first(data, 1, 1))
    arguments = messages(signature, 2) if signature is not None else ()
    names = tuple(text(first(one, 1)) for one in arguments)
    return Body(list(messages(data, _FUNCTION_NODES)), name, names)


def _signature(entry: memoryview) -> SignatureFact:
    definition = first(entry, 2)
    inputs = messages(definition, 1) if definition is not None else ()
    outputs = messages(definition, 2) if definition is not None else ()
    return SignatureFact(
        name=text(first(entry, 1)),
        inputs=tuple(_tensor(one) for one in inputs),
        outputs=tuple(_tensor(one) for one in outputs),
    )


def _tensor(entry: memoryview) -> TensorFact:
    data = first(entry, 2)
    number, shape = 0, None
    for key, value in fields(data) if data is not None else ():
        if key == 2 and isinstance(value, int):
            number = value
        elif key == 3 and isinstance(value, memoryview):
            shape = _shape(value)
    return TensorFact(
        name=text(first(entry, 1)), dtype=_TYPES.get(number, f"type {number}"), shape=shape
    )


def _shape(data: memoryview) -> tuple[int | None, ...] | None:
    """The sizes, None for one that is left open; None where not even their number is known."""
    if any(key == 3 and value for key, value in fields(data)):
        return None
    sizes: list[int | None] = []
    for dimension in messages(data, 2):
        size = next((one for key, one in fields(dimension) if key == 1), 0)
        known = isinstance(size, int) and size < 1 << 63  # -1 is written as the highest number
        sizes.append(size if known and isinstance(size, int) else None)
    return tuple(sizes)


def _user_objects(objects: memoryview) -> Iterator[tuple[str, str]]:
    """Keras' metadata as TensorFlow 2.0 to 2.4 kept it, inside the graph of objects."""
    for node in messages(objects, 1):
        user = first(node, 4)
        if user is not None:
            identifier, metadata = text(first(user, 1)), text(first(user, 3))
            if identifier.startswith("_tf_keras") and metadata:
                yield identifier, metadata
