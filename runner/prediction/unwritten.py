"""What the writer of a file may have left out: arguments that its version never writes.

Owns that search and its sentence. Such a model is another one wherever it is loaded, also in the
environment that saved it, and the file alone cannot show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.version import Version

from crossload.runner.atlas import Atlas, AtlasEnvironment, Family, Kind
from crossload.runner.atlas.model import Acceptance
from crossload.runner.inspection.model import Inspection, ObjectFact, Role
from crossload.runner.prediction.objects import KINDS
from crossload.runner.prose import joined
from crossload.runner.versions import minor_of, version_of

_ROLES = frozenset({Role.LAYER, Role.CELL, Role.LOSS, Role.METRIC})
# These change no outputs of a loaded model, or come back with its weights.
_WITHOUT_EFFECT = frozenset(
    {
        "batch_size",
        "data_format",
        "dtype",
        "dynamic",
        "name",
        "optional",
        "ragged",
        "seed",
        "synchronized",
        "weights",
    }
)
# These matter only for training, as all arguments of losses and metrics do.
_FOR_TRAINING = frozenset(
    {"activity_regularizer", "noise_shape", "renorm", "renorm_clipping", "renorm_momentum"}
)


def unwritten(
    inspection: Inspection, atlas: Atlas, *, outputs_only: bool = False
) -> tuple[str, ...]:
    """A sentence on each class in the file whose arguments its writer may have left out.

    Args:
        inspection: the file's.
        atlas: what each version writes.
        outputs_only: leave out what matters only for training.
    """
    spared = _WITHOUT_EFFECT
    if outputs_only or not inspection.training.compiled:
        spared = _WITHOUT_EFFECT | _FOR_TRAINING
    writers = _writers(inspection, atlas.environments)
    if not writers:
        return ()
    one = writers[0]
    found = {}
    for thing in inspection.objects:
        if outputs_only and thing.role in {Role.LOSS, Role.METRIC}:
            continue
        if thing.role in _ROLES and thing.keys and not thing.by_name:
            missing = _left_out(thing, KINDS[thing.role], writers, atlas)
            lost = [key for key in missing if key not in spared]
            if lost:
                found[thing.class_name] = _sentence(thing.class_name, lost, inspection, one)
    return tuple(found.values())


def _left_out(
    thing: ObjectFact, kind: Kind, writers: Sequence[AtlasEnvironment], atlas: Atlas
) -> list[str]:
    """Arguments of its class that every one of these writers takes and does not write."""
    name = thing.class_name.rpartition(">")[2]
    keys = _arguments(name, kind, writers[0], atlas) - set(thing.keys)
    return [
        key for key in sorted(keys) if all(_drops(atlas, one, kind, name, key) for one in writers)
    ]


def _arguments(name: str, kind: Kind, writer: AtlasEnvironment, atlas: Atlas) -> set[str]:
    """What its constructor takes: by name, or unnamed where older and newer versions name it."""
    older: set[str] = set()
    newer: set[str] = set()
    here: set[str] = set()
    for version, one in _versions(atlas.environments):
        entry = atlas.entry(one.id, kind, name)
        if entry is None:
            continue
        wrote = version_of(writer.keras) or version
        if one.id == writer.id:
            here = set(entry.arguments)
        elif version < wrote:
            older |= set(entry.arguments)
        elif version > wrote and one.family is writer.family:
            newer |= set(entry.arguments)
    return here | (older & newer)


def _drops(atlas: Atlas, one: AtlasEnvironment, kind: Kind, name: str, key: str) -> bool:
    found = atlas.argument(one.id, kind, name, key)
    return found.acceptance is Acceptance.DROPPED and not found.written


def _writers(
    inspection: Inspection, environments: Sequence[AtlasEnvironment]
) -> tuple[AtlasEnvironment, ...]:
    """The environments with the Keras that wrote the file, or with the nearest older one."""
    wrote = version_of(inspection.origin.keras or "")
    if wrote is None or wrote.major != inspection.generation:
        return ()
    older = [
        (version, one)
        for version, one in _versions(environments)
        if version.major == wrote.major and version.release[:2] <= wrote.release[:2]
    ]
    nearest = max((version.release[:2] for version, _ in older), default=None)
    return tuple(one for version, one in older if version.release[:2] == nearest)


def _versions(
    environments: Sequence[AtlasEnvironment],
) -> Iterator[tuple[Version, AtlasEnvironment]]:
    for one in environments:
        version = version_of(one.keras)
        if version is not None and one.family is not Family.TF_KERAS:
            yield version, one


def _sentence(
    class_name: str, lost: Sequence[str], inspection: Inspection, writer: AtlasEnvironment
) -> str:
    known = minor_of(writer.keras)
    same = known == minor_of(inspection.origin.keras or "")
    who = f"Keras {known}" if same else f"Keras {known}, the nearest version examined,"
    return (
        f"{who} does not save {joined(lost)} of {class_name}: if yours was not the default, "
        "the loaded model is another one"
    )
