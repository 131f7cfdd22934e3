"""What in a configuration is dangerous to load: code, imports, other files.

Owns the reading of a configuration with distrust. It names what is there and never calls a file
safe: only the sandbox around a probe protects. What a file names by its module is judged by
`references`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from crossload.runner.inspection import operations
from crossload.runner.inspection.bytecode import codes_of, python_of
from crossload.runner.inspection.configuration import Json, Node, walk
from crossload.runner.inspection.model import Finding, FindingKind, Role
from crossload.runner.inspection.references import (
    is_harmless_symbol,
    is_tensor_class,
    judged,
    references,
)

_SWITCH = "enable_unsafe_deserialization"
_FILE_WRAPPERS = {
    "TFSMLayer": (FindingKind.READS_FILES, "loads a SavedModel from elsewhere"),
    "TorchModuleWrapper": (FindingKind.CODE, "unpickles a PyTorch module"),
    "JaxLayer": (FindingKind.CODE, "calls a function of the saving program"),
    "FlaxLayer": (FindingKind.CODE, "calls a function of the saving program"),
    "KerasLayer": (FindingKind.READS_FILES, "loads a module from a path or the network"),
}
_FILE_KEYS = ("vocabulary", "vocabulary_file", "vocab_file", "spm_proto_file")
# Layers that stand for one function of TensorFlow, by the key that names it.
_SYMBOL_LAYERS = {"TFOpLambda": "function", "SlicingOpLambda": "function"}
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")


def scan(tree: Json, prefix: str = "") -> list[Finding]:
    """Everything dangerous in a configuration, in its order; `prefix` stands before each place."""
    found: list[Finding] = []
    slashes = 0
    for node in walk(tree):
        if isinstance(node.value, dict):
            found.extend(_of_object(node, node.value))
            slashes += _has_slash(node)
        elif isinstance(node.value, str) and _SWITCH in node.value:
            text = f"names {_SWITCH}, which turns Keras' safe mode off"
            found.append(Finding(kind=FindingKind.CODE, text=text, where=node.path))
    if slashes:
        text = f"{slashes} names of layers have '/' in them, which Keras 3 refuses"
        found.append(Finding(kind=FindingKind.ODD, text=text))
    if prefix:
        found = [replace(one, where=prefix + one.where) for one in found]
    return list(dict.fromkeys(found))


def _of_object(node: Node, value: dict[str, Json]) -> Iterator[Finding]:
    where = node.path
    name, config = value.get("class_name"), value.get("config")
    for key, code in codes_of(value):
        era = python_of(code)
        of = f" of Python {era}" if era else ""
        text = f"its {key} is Python byte code{of}" if key else f"holds Python byte code{of}"
        yield Finding(kind=FindingKind.CODE, text=text, where=where)
    for one in references(value):
        found = judged(one)
        if found is not None:
            yield Finding(kind=found[0], text=found[1], where=where)
    if not isinstance(name, str):
        return
    own = name.rpartition(">")[2]
    if own in _FILE_WRAPPERS:
        kind, text = _FILE_WRAPPERS[own]
        yield Finding(kind=kind, text=text, where=where)
    if isinstance(config, dict):
        yield from _of_config(own, config, where)
        if node.role is Role.LAYER:
            yield from _of_name(config.get("name"), where)


def _of_config(name: str, config: dict[str, Json], where: str) -> Iterator[Finding]:
    for key in _FILE_KEYS:
        source = config.get(key)
        if isinstance(source, str):
            text = f"reads its {key} from {source!r}"
            yield Finding(kind=FindingKind.READS_FILES, text=text, where=where)
    for called in _called(name, config):
        text = f"calls TensorFlow's {called}"
        yield Finding(kind=FindingKind.CODE, text=text, where=where)


def _called(name: str, config: dict[str, Json]) -> Iterator[str]:
    """What a layer made of one operation calls, where that is not known to be harmless."""
    if name in _SYMBOL_LAYERS:
        symbol = config.get(_SYMBOL_LAYERS[name])
        if symbol and not (isinstance(symbol, str) and is_harmless_symbol(symbol)):
            yield str(symbol)
    elif name == "ClassMethod":
        symbol = str(config.get("cls_symbol"))
        if not is_tensor_class(symbol):
            yield f"{symbol}.{config.get('method_name')}"
    elif name == "TensorFlowOpLayer":
        yield from operations.named_in(str(config.get("node_def")))


def _of_name(name: Json, where: str) -> Iterator[Finding]:
    """A layer's name becomes a path where its files are kept; Keras 3.14 followed any."""
    if isinstance(name, str) and is_unsafe(name):
        text = f"the layer is called {name!r}"
        yield Finding(kind=FindingKind.UNSAFE_NAME, text=text, where=where)


def is_unsafe(name: str) -> bool:
    """Whether a relative path leads out of its folder, or ends too early."""
    parts = name.replace("\\", "/").split("/")
    return (
        "\0" in name
        or ".." in parts
        or (len(parts) > 1 and not parts[0])
        or bool(_DRIVE.match(name))
    )


def _has_slash(node: Node) -> bool:
    config = node.value.get("config") if isinstance(node.value, dict) else None
    name = config.get("name") if isinstance(config, dict) else None
    return node.role is Role.LAYER and isinstance(name, str) and "/" in name
