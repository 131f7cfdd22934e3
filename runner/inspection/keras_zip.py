"""Facts of a `.keras` archive of Keras 3 (and TensorFlow 2.12 to 2.15), packed or unpacked.

Owns what its members mean; how they are reached without being fooled is `members`'. It runs in the
reading child alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from crossload.runner.inspection import bytecode, configuration, scanning
from crossload.runner.inspection.arrays import Arrays, weights_of
from crossload.runner.inspection.hdf5 import Tree, inspect_weights, optimizer_of, parse_or_note
from crossload.runner.inspection.members import UNREADABLE, Archive, Folder, Members, TooLargeError
from crossload.runner.inspection.model import (
    WINDOWS,
    Contents,
    Finding,
    FindingKind,
    Inspection,
    Origin,
    Training,
    Weights,
    worst_first,
)
from crossload.runner.inspection.progress import progress
from crossload.runner.words import Container, Format

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
SHARDS = "model.weights.json"
_Read = TypeVar("_Read")


def inspect_folder(path: Path) -> Inspection:
    """Read an archive that was unpacked, or never packed."""
    note = Finding(
        kind=FindingKind.ODD,
        text="the archive is unpacked: only newer Keras 3 loads the folder; others want it zipped",
    )
    return _inspect(Folder(path), Container.KERAS_FOLDER, [note])


def inspect_zip(path: Path) -> Inspection:
    """Read an archive; one that is damaged is described as far as it goes."""
    try:
        with Archive(path) as archive:
            return _inspect(archive, Container.KERAS_ZIP, list(archive.odd_members()))
    except UNREADABLE as error:
        finding = Finding(kind=FindingKind.DAMAGED, text=f"not a whole archive: {error}")
        return Inspection(
            container=Container.KERAS_ZIP,
            contents=Contents.NOTHING,
            format=Format.KERAS,
            findings=(finding,),
        )


def _inspect(members: Members, container: Container, findings: list[Finding]) -> Inspection:
    names = set(members.names())
    for needed in (CONFIG, METADATA, WEIGHTS):
        if needed not in names and not (needed == WEIGHTS and SHARDS in names):
            text = f"{needed} is not there"
            findings.append(Finding(kind=FindingKind.MISSING, text=text, where=needed))
    model = _json(members, names, CONFIG, findings)
    metadata = _json(members, names, METADATA, findings)
    findings += scanning.scan(model)

    def assembled(arrays: Arrays, weights: Weights) -> Inspection:
        return _assemble(container, model, metadata, (arrays, weights), findings)

    progress().reached(lambda: assembled(Arrays(), Weights()))
    arrays, weights = _weights(
        members,
        findings,
        lambda known: progress().made(lambda: assembled(known, weights_of(known))),
    )
    progress().ended()
    return assembled(arrays, weights)


def _assemble(
    container: Container,
    model: Tree,
    metadata: Tree,
    read: tuple[Arrays, Weights],
    findings: list[Finding],
) -> Inspection:
    arrays, weights = read
    compiled = model.get("compile_config")
    found = configuration.model_objects(model) if model else ()
    version, date = metadata.get("keras_version"), metadata.get("date_saved")
    keras = version if isinstance(version, str) else None
    return Inspection(
        container=container,
        contents=_contents(model, weights),
        format=Format.KERAS,
        generation=configuration.generation(model, keras),
        origin=Origin(
            keras=keras,
            date=date if isinstance(date, str) else None,
            python=next(bytecode.pythons(model), None),
            system=WINDOWS if arrays.of_windows else None,
        ),
        model_class=str(model["class_name"]) if "class_name" in model else None,
        objects=found,
        weights=weights,
        training=Training(
            compiled=isinstance(compiled, dict) and bool(compiled),
            optimizer=optimizer_of(found) or arrays.optimizer,
            slots=arrays.slots,
        ),
        findings=worst_first([*findings, *arrays.findings]),
    )


def _json(members: Members, names: set[str], name: str, findings: list[Finding]) -> Tree:
    if name not in names:
        return {}
    data = _tried(lambda: members.read(name), name, findings)
    return {} if data is None else parse_or_note(data, name, findings)


def _weights(
    members: Members, findings: list[Finding], got_on: Callable[[Arrays], None]
) -> tuple[Arrays, Weights]:
    if WEIGHTS not in members.names():
        return Arrays(), Weights()

    def read() -> tuple[Arrays, Weights]:
        with members.open(WEIGHTS) as stream:
            return inspect_weights(stream, got_on)

    return _tried(read, WEIGHTS, findings) or (Arrays(), Weights())


def _tried(read: Callable[[], _Read], where: str, findings: list[Finding]) -> _Read | None:
    """What reading gives; None and a note where it fails."""
    try:
        return read()
    except TooLargeError as error:
        findings.append(Finding(kind=FindingKind.FAILED, text=str(error), where=where))
    except UNREADABLE as error:
        text = str(error) or type(error).__name__
        findings.append(Finding(kind=FindingKind.DAMAGED, text=text, where=where))
    return None


def _contents(model: Tree, weights: Weights) -> Contents:
    if model and weights.arrays:
        return Contents.WHOLE
    if model:
        return Contents.ARCHITECTURE
    return Contents.WEIGHTS if weights.arrays else Contents.NOTHING
