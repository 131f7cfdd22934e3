"""Facts of an HDF5 file: a whole model of Keras 1 and 2, or weights of any era.

Owns the layouts. It runs in the reading child alone: a damaged file may crash or hang the HDF5
library, which is used here, and in `arrays`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import IO

import h5py

from crossload.runner.inspection import bytecode, configuration, scanning
from crossload.runner.inspection.arrays import Arrays, own_group, walk_arrays, weights_of
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
    Weights,
    worst_first,
)
from crossload.runner.inspection.progress import progress
from crossload.runner.words import Container, Format

Tree = dict[str, configuration.Json]


def inspect_hdf5(source: str | IO[bytes]) -> Inspection:
    """Read a path or an open file.

    Raises:
        OSError: HDF5 cannot open it (truncated, or no HDF5 at all).
    """
    progress().reached(lambda: Inspection(container=Container.HDF5, contents=Contents.NOTHING))
    with h5py.File(source, "r") as file:
        attributes = _attributes(file)
        described = _describe(file, attributes)
        progress().reached(lambda: _assemble(described, Arrays()))
        arrays = walk_arrays(
            file, lambda known: progress().made(lambda: _assemble(described, known))
        )
        arrays.findings += _missing_layers(file)
        described = replace(described, generation=_generation(file, described, arrays))
        progress().ended()
        return _assemble(described, arrays)


def inspect_weights(
    source: str | IO[bytes], got_on: Callable[[Arrays], None] | None = None
) -> tuple[Arrays, Weights]:
    """The arrays of a file that holds nothing else.

    Args:
        source: a path or an open file.
        got_on: is called with what is known after each array.

    Raises:
        OSError: HDF5 cannot open it.
    """
    with h5py.File(source, "r") as file:
        arrays = walk_arrays(file, got_on)
        return arrays, weights_of(arrays)


def _attributes(file: h5py.File) -> dict[str, bytes]:
    """The texts that Keras leaves on the root or, about versions, on the weights."""
    found = {}
    for name in ("keras_version", "backend", "model_config", "training_config"):
        if name in file.attrs:
            found[name] = _bytes(file.attrs[name])
    group = own_group(file, "model_weights")
    for name in ("keras_version", "backend"):
        if name not in found and group is not None and name in group.attrs:
            found[name] = _bytes(group.attrs[name])
    return found


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else b""


def _missing_layers(file: h5py.File) -> list[Finding]:
    """Layers and arrays that the weights' list names and that are not there."""
    root = own_group(file, "model_weights") or file
    found = []
    for name in _listed(root, "layer_names"):
        layer = own_group(root, name)
        if layer is None:
            text = f"the weights of the layer {name!r} are not there"
            found.append(Finding(kind=FindingKind.MISSING, text=text, where=root.name))
            continue
        for array in _listed(layer, "weight_names"):
            if array not in layer:
                text = f"the array {array!r} is not there"
                found.append(Finding(kind=FindingKind.MISSING, text=text, where=layer.name))
    return found


def _listed(group: h5py.Group, name: str) -> list[str]:
    """A list of names; Keras cuts one that is too long for HDF5 into numbered parts."""
    parts = [name] if name in group.attrs else [f"{name}{part}" for part in range(1000)]
    names: list[str] = []
    for part in parts:
        if part not in group.attrs:
            break
        items = group.attrs[part].tolist()
        names += [
            one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in items
        ]
    return names


@dataclass(frozen=True)
class _Described:
    """What the texts beside the weights say."""

    attributes: dict[str, bytes]
    model: Tree
    training: Tree
    objects: tuple[ObjectFact, ...]
    findings: tuple[Finding, ...]
    generation: int | None = None

    def text(self, name: str) -> str | None:
        return self.attributes.get(name, b"").decode("utf-8", "replace") or None


def _describe(file: h5py.File, attributes: dict[str, bytes]) -> _Described:
    findings: list[Finding] = []
    model = _parsed(attributes, "model_config", findings)
    training = _parsed(attributes, "training_config", findings)
    found: tuple[ObjectFact, ...] = configuration.model_objects(model) if model else ()
    if training:
        found += configuration.objects(training)
        findings += scanning.scan(training, "training_config")
    if model:
        findings += scanning.scan(model)
        if own_group(file, "model_weights") is None:
            text = "the group 'model_weights' is not there"
            findings.append(Finding(kind=FindingKind.MISSING, text=text))
    return _Described(attributes, model, training, found[:MAX_OBJECTS], tuple(findings))


def _assemble(described: _Described, arrays: Arrays) -> Inspection:
    found = described.objects
    return Inspection(
        container=Container.HDF5,
        contents=_contents(described.model, arrays),
        format=Format.H5 if "model_config" in described.attributes else Format.WEIGHTS_H5,
        generation=described.generation,
        origin=Origin(
            keras=described.text("keras_version"),
            backend=described.text("backend"),
            python=next(bytecode.pythons(described.model), None),
        ),
        model_class=str(described.model.get("class_name")) if described.model else None,
        objects=found,
        weights=weights_of(arrays),
        training=Training(
            compiled=bool(described.training),
            optimizer=optimizer_of(found) or arrays.optimizer,
            slots=arrays.slots,
        ),
        findings=worst_first([*arrays.findings, *described.findings]),
    )


def optimizer_of(objects: tuple[ObjectFact, ...]) -> str | None:
    """The class of the first optimizer, which is the outermost."""
    return next((one.class_name for one in objects if one.role is Role.OPTIMIZER), None)


def _parsed(attributes: dict[str, bytes], name: str, findings: list[Finding]) -> Tree:
    if name not in attributes:
        return {}
    return parse_or_note(attributes[name], name, findings)


def parse_or_note(data: bytes, where: str, findings: list[Finding]) -> Tree:
    """A configuration; an empty one and a note where it is none, or is ambiguous."""
    twice: list[str] = []
    try:
        tree = configuration.parse(data, twice)
    except configuration.NotAConfigurationError as error:
        findings.append(Finding(kind=FindingKind.DAMAGED, text=str(error), where=where))
        return {}
    if configuration.encoding_of(data) != "utf-8":
        text = f"is written as {configuration.encoding_of(data).upper()}, which no saver does"
        findings.append(Finding(kind=FindingKind.ODD, text=text, where=where))
    for key in dict.fromkeys(twice):
        text = f"has the key {key!r} twice in one object"
        findings.append(Finding(kind=FindingKind.DAMAGED, text=text, where=where))
    return tree


def _contents(model: Tree, arrays: Arrays) -> Contents:
    if model:
        return Contents.WHOLE if arrays.weights or not arrays.findings else Contents.ARCHITECTURE
    return Contents.WEIGHTS if arrays.weights else Contents.NOTHING


def _generation(file: h5py.File, described: _Described, arrays: Arrays) -> int | None:
    version = described.text("keras_version")
    if version is None and not described.model:
        return _generation_of_weights(file, arrays)
    return configuration.generation(described.model, version)


def _generation_of_weights(file: h5py.File, arrays: Arrays) -> int | None:
    names = set(file)
    if "_layer_checkpoint_dependencies" in names:
        return 2  # TensorFlow 2.12 and 2.13
    if "layers" in names or "vars" in names:
        return 3 if arrays.is_named else None  # TensorFlow 2.14 and the first Keras 3 are alike
    if {"layer_names", "nb_layers"} & set(file.attrs):
        return 1  # Keras 2 adds its version
    return None
