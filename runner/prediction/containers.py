"""Whether an environment reads a file of that kind at all.

Owns the container, the suffix and what is damaged; what is inside a readable file is judged
elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossload.runner.atlas import Formats
from crossload.runner.inspection.model import Contents, FindingKind, Inspection
from crossload.runner.prediction.model import Reason, Rule
from crossload.runner.versions import version_of
from crossload.runner.words import Container

_IN_ATLAS = {
    Container.HDF5: "hdf5",
    Container.KERAS_ZIP: "zip",
    Container.SAVEDMODEL: "savedmodel",
}


def container_problem(formats: Formats, inspection: Inspection, suffix: str) -> Reason | None:
    """Why the container is not read; None if it is, or if nobody asks for it to be."""
    container = _IN_ATLAS.get(inspection.container)
    if container is None or formats.loads(container, suffix):
        return None
    return Reason(
        rule=Rule.CONTAINER,
        sentence=f"it reads no {_spoken(formats, inspection.container, suffix)}",
        cause=_CAUSES.get(inspection.container),
        subject=str(inspection.container),
    )


def _spoken(formats: Formats, container: Container, suffix: str) -> str:
    """What is not read; the name is only to blame where another one helps."""
    kind = _SPOKEN[container]
    if not any(formats.loads(_IN_ATLAS[container], other) for other in _SUFFIXES):
        return kind
    return f"{kind} named {suffix or 'without ending'}"


_SUFFIXES = ("", ".h5", ".hdf5", ".keras")
_SPOKEN = {
    Container.HDF5: "HDF5 file",
    Container.KERAS_ZIP: ".keras archive",
    Container.SAVEDMODEL: "SavedModel",
}
_CAUSES = {
    Container.KERAS_ZIP: "keras-zip-unknown-before-2.12",
    Container.SAVEDMODEL: "savedmodel-folder-given-to-keras-3",
}


def graph_problem(tensorflow: str, inspection: Inspection) -> Iterator[Reason]:
    """Why a graph without Keras' description may not load: TensorFlow reads it, not Keras.

    An older TensorFlow may lack operations of a newer one, which no file tells.
    """
    written = inspection.origin.tensorflow
    if not tensorflow:
        yield Reason(rule=Rule.NEEDS_CODE, sentence="only TensorFlow reads it; it is not installed")
    elif written and _is_newer(written, tensorflow):
        text = f"written by TensorFlow {written}, whose operations an older one may not have"
        yield Reason(rule=Rule.NEEDS_CODE, sentence=text)


def _is_newer(version: str, other: str) -> bool:
    """Whether a version is of a later minor version than another."""
    one, two = version_of(version), version_of(other)
    return one is not None and two is not None and one.release[:2] > two.release[:2]


def damage(inspection: Inspection) -> Reason | None:
    """What is broken or missing, whatever reads it."""
    for one in inspection.findings:
        if one.kind in {FindingKind.DAMAGED, FindingKind.MISSING}:
            where = f" ({one.where})" if one.where else ""
            return Reason(rule=Rule.DAMAGED, sentence=f"{one.text}{where}", where=one.where)
    if inspection.contents is Contents.NOTHING:
        return Reason(rule=Rule.DAMAGED, sentence="it holds nothing to load")
    return None
