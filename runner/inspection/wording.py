"""What is said of an inspection, one line for each fact.

Owns the sentences. Texts of the file are in them as they are: the code that prints them cleans
them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from crossload.runner.inspection.advisories import Advisory
from crossload.runner.inspection.model import (
    Contents,
    Finding,
    Inspection,
    Role,
    SignatureFact,
    TensorFact,
)
from crossload.runner.prose import joined

_CLASSES_SHOWN = 12
_CUSTOM_SHOWN = 20
_TENSORS_SHOWN = 6


def facts(inspection: Inspection) -> Iterator[tuple[str, str]]:
    """What there is to say, as (name, text)."""
    known = f", format {inspection.format}" if inspection.format else ""
    era = f", as Keras {inspection.generation} writes it" if inspection.generation else ""
    yield "file", f"{inspection.container}{known}{era}"
    origin = _origin(inspection)
    if origin:
        yield "written by", origin
    if inspection.model_class:
        number = len(inspection.layers)
        layers = "1 layer" if number == 1 else f"{number} layers"
        yield "model", f"{inspection.model_class}, {layers}{_classes(inspection)}"
    if inspection.custom:
        yield "custom", _custom(inspection)
    training = _training(inspection)
    if training:
        yield "training", training
    weights = _weights(inspection)
    if weights:
        yield "weights", weights
    signatures = [_signature(one) for one in inspection.signature_facts]
    if signatures:
        yield "signatures", "; ".join(filter(None, signatures))
    yield "risk", inspection.risk


def _signature(one: SignatureFact) -> str:
    if one.name.startswith("__"):  # TensorFlow's own
        return ""
    return f"{one.name}({_tensors(one.inputs)}) -> {_tensors(one.outputs)}"


def _tensors(tensors: Sequence[TensorFact]) -> str:
    shown = []
    for one in tensors[:_TENSORS_SHOWN]:
        sizes = (
            "..."
            if one.shape is None
            else ", ".join(("any" if size is None else str(size)) for size in one.shape)
        )
        shown.append(f"{one.name}: {one.dtype}[{sizes}]")
    return ", ".join([*shown, "..."] if len(tensors) > _TENSORS_SHOWN else shown)


def note(finding: Finding, known: Sequence[Advisory] = ()) -> str:
    """A finding as one sentence, with the advisories that it may be a use of."""
    where = f" ({finding.where})" if finding.where else ""
    ids = f", see {', '.join(one.id for one in known)}" if known else ""
    return f"{finding.kind}: {finding.text}{where}{ids}"


def advisory(one: Advisory) -> str:
    """What an advisory says, of which versions, and where it stands."""
    return f"Keras {one.versions}: {one.sentence}; {one.link}"


def _origin(inspection: Inspection) -> str:
    origin = inspection.origin
    parts = [
        f"Keras {origin.keras}" if origin.keras else "",
        f"TensorFlow {origin.tensorflow}" if origin.tensorflow else "",
        f"backend {origin.backend}" if origin.backend else "",
        f"Python {origin.python} (by its byte code)" if origin.python else "",
        f"on {origin.system}" if origin.system else "",
        f"on {origin.date}" if origin.date else "",
    ]
    return ", ".join(part for part in parts if part)


def _classes(inspection: Inspection) -> str:
    counts = Counter(one.class_name for one in inspection.objects if one.role is Role.LAYER)
    if not counts:
        return ""
    classes = [f"{number} {name}" for name, number in counts.most_common()]
    return f": {joined(classes, _CLASSES_SHOWN)}"


def _custom(inspection: Inspection) -> str:
    names = [
        f"{one.name} ({one.role}{f', {one.count} times' if one.count > 1 else ''})"
        for one in inspection.custom
    ]
    return f"{len(names)} that no known version has: {joined(names, _CUSTOM_SHOWN)}"


def _training(inspection: Inspection) -> str:
    training = inspection.training
    state = f"{training.slots} arrays of its state" if training.slots else "without its state"
    if training.compiled:
        optimizer = f" with {_class_name(training.optimizer)}" if training.optimizer else ""
        return f"compiled{optimizer}, {state}"
    not_compiled = "not compiled" if inspection.contents is Contents.WHOLE else ""
    left = f"{training.slots} arrays of an optimizer's state" if training.slots else ""
    return ", but ".join(filter(None, (not_compiled, left)))


def _class_name(registered: str) -> str:
    """The class of what is registered under a name: Keras writes its own as `Custom>Adam` too."""
    return registered.rpartition(">")[2]


def _weights(inspection: Inspection) -> str:
    weights = inspection.weights
    if not weights.arrays:
        return ""
    size = f"{weights.bytes / 1e6:,.1f} MB" if weights.bytes >= 1e5 else f"{weights.bytes:,} bytes"
    types = ", ".join(weights.dtypes)
    return f"{weights.arrays} arrays, {weights.values:,} numbers, {size}, {types}"
