"""The facts behind a cell of a user's model: the file's name, its origin, the user's code.

Owns finding them in the run and in the bundles of the artifact store, which alone has the code.
`explain_own_text` words them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crossload.reports.cleaning import clean_line
from crossload.runner.errors import ConfigurationError, CrossloadError
from crossload.runner.inspection.inspecting import inspect
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.models.listing import read_models
from crossload.runner.models.traits import ModelTraits
from crossload.runner.records import Cell, SaveOutcome, SubjectRecord
from crossload.runner.shipped import probes_folder
from crossload.runner.subjects.code import defines_build, defines_objects
from crossload.runner.subjects.packing import OUTPUTS
from crossload.runner.words import Format, RunKind, Strategy, SubjectTask

_WAY = "load:"
_Parsed = TypeVar("_Parsed", bound=BaseModel)


class Origin(BaseModel):
    """What a probe recorded about a file: its task, the digests of the user's bundle and source.

    `source` is the bundle that a conversion loaded, `source_format` the format of its file.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    task: SubjectTask
    bundle: str
    source: str | None = None
    source_format: Format | None = None


class _Kept(BaseModel):
    """The part of a bundle's `expected.json` that says where its file is from."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    origin: Origin | None = None
    subject: str = ""
    way: str | None = None


class Facts(BaseModel):
    """The `subject.json` of a user's bundle: their module, and whether the file holds code."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    code: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    unsafe: bool = False


_NO_FACTS = Facts()


@dataclass(frozen=True)
class OwnModel:
    """A user's model, as far as it is known here.

    Attributes:
        file: the name of the file or script as the user wrote it; if unknown, its name in cells.
        task: what the saver did; None if unknown.
        way: the strategy by which the saver loaded the file; None if it did not, or if unknown.
        source: of a conversion: what was converted, in words; empty if unknown.
        artifact: the bundle that the saver left in the store; None if it is missing.
        bundle: the bundle of what the user gave; None if it is missing.
        facts: what that bundle says about itself.
        expects: whether the user gave the expected outputs.
    """

    file: str
    task: SubjectTask | None = None
    way: Strategy | None = None
    source: str = ""
    artifact: Path | None = None
    bundle: Path | None = None
    facts: Facts = _NO_FACTS
    expects: bool = False

    @property
    def was_there(self) -> bool:
        """Whether the file is the user's, so that the saver only stands in for its real one."""
        return self.task in {None, SubjectTask.ADOPT, SubjectTask.BARE}

    @property
    def code(self) -> Path | None:
        """The user's code, if they passed any."""
        if self.bundle is None or self.facts.code is None:
            return None
        return self.bundle / "code.py"


def find_own(cell: Cell, snapshot: RunSnapshot, artifacts: Path | None) -> OwnModel | None:
    """The user's model that a cell is about; None for reference models and cases.

    Args:
        cell: the cell.
        snapshot: the run, with everything of the cell's model.
        artifacts: the folder of the artifact store; None where there is none.
    """
    if cell.format.is_script or cell.model in _references():
        return None
    save = snapshot.saves.get(SavedFile.of(cell))
    artifact = _bundle(artifacts, None if save is None else save.artifact)
    kept = _kept(artifact)
    origin = None if kept is None else kept.origin
    start = snapshot.run.start
    typed = next((one for one in start.subjects if one.name == cell.model), None)
    if origin is None and typed is None and start.kind is RunKind.RUN:
        return None
    beside = origin or _origin_beside(cell, snapshot, artifacts)
    bundle = _bundle(artifacts, None if beside is None else beside.bundle)
    facts = None if bundle is None else _parsed(Facts, bundle / "subject.json")
    return OwnModel(
        file=clean_line(cell.model if typed is None else Path(typed.path).name),
        task=origin.task if origin else _task(typed, beside),
        way=_way(save, kept),
        source=_source(origin, artifacts),
        artifact=artifact if origin else None,
        bundle=bundle,
        facts=facts or _NO_FACTS,
        expects=bundle is not None and (bundle / OUTPUTS).is_file(),
    )


def traits_of(model: str, own: OwnModel) -> ModelTraits:
    """What was known about the model when it was measured, read again from the artifact store."""
    compiled, keras_1, code_python = True, False, ""  # of a model that cannot be inspected
    if own.was_there and own.artifact is not None:
        try:
            (payload,) = (own.artifact / "payload").iterdir()
            inspection = inspect(payload)
        except (OSError, ValueError, CrossloadError):
            pass
        else:
            compiled, keras_1 = inspection.training.compiled, inspection.generation == 1
            code_python = inspection.origin.python or ""
    return ModelTraits(
        name=model,
        compiled=compiled,
        custom=own.code is not None and _has_objects(own.code),
        code=own.facts.unsafe,
        own=True,
        adopted=own.task is not SubjectTask.BUILD,
        keras_1=keras_1,
        code_python=code_python,
        builds=own.code is not None and _has_build(own.code),
    )


def _has_build(code: Path) -> bool:
    try:
        return defines_build(code.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return False


def _has_objects(code: Path) -> bool:
    try:
        return defines_objects(code.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return False


def _references() -> frozenset[str]:
    try:
        return frozenset(read_models(probes_folder()))
    except ConfigurationError:
        return frozenset()


def _bundle(artifacts: Path | None, digest: str | None) -> Path | None:
    """The bundle of that digest, if it is in the store."""
    if artifacts is None or digest is None or not digest.isalnum():
        return None
    found = artifacts / digest
    return found if (found / "payload").is_dir() else None


def _kept(bundle: Path | None) -> _Kept | None:
    return None if bundle is None else _parsed(_Kept, bundle / "expected.json")


def _parsed(shape: type[_Parsed], path: Path) -> _Parsed | None:
    """The content of a file in a bundle; None if this version did not write it."""
    try:
        # A loss may be NaN: Python's own JSON, which pydantic's parser does not take.
        return shape.model_validate(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError, ValidationError):
        return None


def _origin_beside(cell: Cell, snapshot: RunSnapshot, artifacts: Path | None) -> Origin | None:
    """The origin of what another saver made of the same model; its code is the same."""
    for file, save in snapshot.saves.items():
        kept = _kept(_bundle(artifacts, save.artifact)) if file.model == cell.model else None
        if kept is not None and kept.origin is not None:
            return kept.origin
    return None


def _task(typed: SubjectRecord | None, beside: Origin | None) -> SubjectTask | None:
    """What a saver did, or was to do, that left nothing."""
    if beside is not None:
        return SubjectTask.ADOPT if beside.task is SubjectTask.BARE else beside.task
    return None if typed is None else typed.task


def _way(save: SaveOutcome | None, kept: _Kept | None) -> Strategy | None:
    """How the saver loaded the file, from the name of its step."""
    named = [name.removeprefix(_WAY) for name, _ in save.report.seconds] if save else []
    if not any(name in set(Strategy) for name in named) and kept and kept.way:
        named = [kept.way]  # calling a signature is not a loading step
    return next((one for one in Strategy if str(one) in named), None)


def _source(origin: Origin | None, artifacts: Path | None) -> str:
    """What a conversion loaded, in words."""
    if origin is None or origin.source is None:
        return ""
    form = str(origin.source_format or "file")
    kept = _kept(_bundle(artifacts, origin.source))
    if kept is None or kept.origin is None or kept.origin.task is not SubjectTask.CONVERT:
        return f"your file ({form})"
    return f"the conversion {clean_line(kept.subject)} ({form})"
