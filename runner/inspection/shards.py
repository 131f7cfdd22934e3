"""Facts of weights that lie in several files, listed by a `.weights.json` (newer Keras 3).

Owns the list's layout. It runs in the reading child alone.
"""

from __future__ import annotations

from pathlib import Path

from crossload.runner.inspection.arrays import Arrays, weights_of
from crossload.runner.inspection.configuration import Json
from crossload.runner.inspection.hdf5 import inspect_weights
from crossload.runner.inspection.model import (
    Contents,
    Finding,
    FindingKind,
    Inspection,
    Training,
    worst_first,
)
from crossload.runner.inspection.scanning import is_unsafe
from crossload.runner.words import Container, Format

_MAX_SHARDS = 200


def inspect_shards(path: Path, listed: dict[str, Json], findings: list[Finding]) -> Inspection:
    """Read a list of shards and the shards beside it."""
    names = _names(listed.get("weight_map"))
    if len(names) > _MAX_SHARDS:
        text = f"{len(names)} files, of which {_MAX_SHARDS} are looked at"
        findings.append(Finding(kind=FindingKind.FAILED, text=text))
    total = Arrays()
    for name in names[:_MAX_SHARDS]:
        _add(path, name, total, findings)
    findings += total.findings
    return Inspection(
        container=Container.WEIGHTS_LIST,
        contents=Contents.WEIGHTS if total.weights else Contents.NOTHING,
        format=Format.WEIGHTS_H5,
        generation=3,
        weights=weights_of(total),
        training=Training(optimizer=total.optimizer, slots=total.slots),
        findings=worst_first(findings),
    )


def _names(weight_map: Json) -> list[str]:
    names: dict[str, None] = {}
    for value in weight_map.values() if isinstance(weight_map, dict) else ():
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str):
                names[name] = None
    return list(names)


def _add(path: Path, name: str, total: Arrays, findings: list[Finding]) -> None:
    if "/" in name or is_unsafe(name):
        text = f"takes weights from {name!r}, outside its folder"
        findings.append(Finding(kind=FindingKind.READS_FILES, text=text))
        return
    shard = path.with_name(name)
    if not shard.is_file():
        text = f"the weights' file {name!r} is not there"
        findings.append(Finding(kind=FindingKind.MISSING, text=text, where=name))
        return
    try:
        arrays, _ = inspect_weights(str(shard))
    except (OSError, RuntimeError, ValueError) as error:
        findings.append(Finding(kind=FindingKind.DAMAGED, text=str(error), where=name))
        return
    total.weights += arrays.weights
    total.slots += arrays.slots
    total.findings += arrays.findings
    total.optimizer = total.optimizer or arrays.optimizer
