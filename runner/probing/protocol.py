"""The wire between supervisor and worker: one JSON object per line, both ways.

Owns the shapes, their caps, the cleaning of text and the refusal of anything else. A worker runs
foreign code, so every byte it sends is treated as hostile: unknown fields, NaN, oversize lines and
wrong ids are refused. Errors and checks arrive as the records that the ledger keeps.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from crossload.runner.probing.material import Material
from crossload.runner.recipes import accepted
from crossload.runner.records import CheckOutcome, ProbeError, Tolerances
from crossload.runner.untrusted.evidence import clean_tail, clean_text
from crossload.runner.words import Format, Strategy

PROTOCOL = 1
MAX_LINE = 1_000_000  # bytes

_LONGEST = 6000  # characters kept of a message, and of a traceback
_MOST_HELD = 12_000  # characters kept of what a saver says of its model


def _clean_error(error: ProbeError) -> ProbeError:
    return ProbeError(
        type=clean_text(error.type, 200),
        message=clean_text(error.message, _LONGEST),
        traceback=clean_tail(error.traceback.encode("utf-8", "replace"), _LONGEST),
    )


def _clean_check(check: CheckOutcome) -> CheckOutcome:
    if check.difference is not None and check.difference < 0:
        raise ValueError("a difference is negative")
    return replace(check, detail=clean_text(check.detail, 1000))


_Name = Annotated[str, Field(max_length=300)]
_Step = Annotated[_Name, AfterValidator(lambda text: clean_text(text, 40))]
_Concession = Annotated[_Name, AfterValidator(lambda text: clean_text(text, 100))]
_Holds = Annotated[
    str, Field(max_length=40_000), AfterValidator(lambda text: clean_text(text, _MOST_HELD))
]
_Warning = Annotated[
    str, Field(max_length=40_000), AfterValidator(lambda text: clean_text(text, 1000))
]
_Error = Annotated[ProbeError, AfterValidator(_clean_error)]
_Check = Annotated[CheckOutcome, AfterValidator(_clean_check)]
_Amount = Annotated[float, Field(ge=0)]
_Recipe = Annotated[str, Field(max_length=100_000), AfterValidator(accepted)]


_W = TypeVar("_W", bound="_Wire")


class BadAnswerError(Exception):
    """What a worker wrote is not an answer; the message says what is wrong with it."""


class _Wire(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, defer_build=True
    )


class Hello(_Wire):
    """A worker's first line: the framework is imported, jobs may come."""

    kind: Literal["hello"]
    protocol: int
    pid: int
    python: _Name = ""
    versions: Annotated[dict[_Name, _Name | None], Field(max_length=200)]
    import_seconds: _Amount


class StartFailure(_Wire):
    """A worker's first and last line where the framework cannot be imported."""

    kind: Literal["failed"]
    error: _Error


class _Answer(_Wire):
    id: Annotated[str, Field(max_length=64)]
    status: Literal["done", "refused"]
    error: _Error | None = None
    seconds: Annotated[dict[_Step, _Amount], Field(max_length=32)] = {}
    warnings: Annotated[tuple[_Warning, ...], Field(max_length=200)] = ()
    rss_mb: _Amount | None = None


class Saved(_Answer):
    """The answer to a `SaveJob`; `bundle` is relative to the worker's scratch folder."""

    kind: Literal["saved"]
    bundle: _Name | None = None
    noise: _Amount | None = None
    payload: _Name | None = None
    holds: _Holds = ""


class Loaded(_Answer):
    """The answer to a `LoadJob`."""

    kind: Literal["loaded"]
    concessions: Annotated[tuple[_Concession, ...], Field(max_length=16)] = ()
    checks: Annotated[tuple[_Check, ...], Field(max_length=32)] = ()
    recipe: _Recipe | None = None


Answer = Saved | Loaded
_LONGEST_DEATH = 60  # in bytes; answers are longer


class Died(_Wire):
    """What a worker says when a job took down the process it ran in, and another is ready.

    `code` is that process's exit status, 128 + signal where a signal ended it.
    """

    kind: Literal["died"]
    code: Annotated[int, Field(ge=1, le=255)]


@dataclass(frozen=True)
class SaveJob:
    """Build a reference model and save it, run the script of a case, or do a subject's task."""

    id: str
    model: str
    format: Format
    material: Material | None = None
    tolerances: Tolerances = Tolerances()  # noqa: RUF009 - frozen, so sharing one default is safe

    def line(self, cpu_seconds: int, artifacts: Path) -> bytes:
        """Return the job as it goes over the pipe; `artifacts` as the worker sees that folder."""
        return _line(
            {
                "kind": "save",
                "id": self.id,
                "model": self.model,
                "format": str(self.format),
                "cpu_seconds": cpu_seconds,
                "tolerances": _spell(self.tolerances),
                **(self.material.save_fields(artifacts) if self.material else {}),
            }
        )


@dataclass(frozen=True)
class LoadJob:
    """Load a stored artifact (a sha256) by one strategy, or by a case's script, and compare."""

    id: str
    model: str
    format: Format
    strategy: Strategy
    artifact: str
    material: Material | None = None
    tolerances: Tolerances = Tolerances()  # noqa: RUF009 - same

    def line(self, cpu_seconds: int, artifacts: Path) -> bytes:
        """Return the job as it goes over the pipe; `artifacts` as the worker sees that folder."""
        return _line(
            {
                "kind": "load",
                "id": self.id,
                "model": self.model,
                "format": str(self.format),
                "strategy": str(self.strategy),
                "artifact": str(artifacts / self.artifact),
                "cpu_seconds": cpu_seconds,
                "tolerances": _spell(self.tolerances),
                **(self.material.load_fields(artifacts) if self.material else {}),
            }
        )


Job = SaveJob | LoadJob


def _spell(tolerances: Tolerances) -> dict[str, float]:
    """What a probe needs to know which outputs are worth a closer look; it judges nothing."""
    return {"relative": tolerances.relative, "noise_factor": tolerances.noise_factor}


def read_hello(line: bytes) -> Hello | StartFailure:
    """Parse a worker's first line.

    Raises:
        BadAnswerError: it is neither greeting nor failure, or speaks another protocol.
    """
    parsed: Hello | StartFailure
    if b'"failed"' in line[:200] and b'"hello"' not in line[:200]:
        parsed = _parse(StartFailure, line)
    else:
        parsed = _parse(Hello, line)
        if parsed.protocol != PROTOCOL:
            raise BadAnswerError(f"speaks protocol {parsed.protocol}, expected {PROTOCOL}")
    return parsed


def read_answer(line: bytes, job: Job) -> Answer | Died:
    """Parse the answer to one job, or the news that it took down its process.

    Raises:
        BadAnswerError: not an answer to that very job, or one that contradicts itself.
    """
    answer: Answer
    if len(line) < _LONGEST_DEATH and b'"died"' in line:
        return _parse(Died, line)
    answer = _parse(Saved, line) if isinstance(job, SaveJob) else _parse(Loaded, line)
    if answer.id != job.id:
        raise BadAnswerError(f"answers job {answer.id!r}, asked was {job.id!r}")
    if (answer.status == "refused") != (answer.error is not None):
        raise BadAnswerError(f"status {answer.status!r} contradicts its error field")
    if isinstance(answer, Saved):
        _check_saved(answer)
    else:
        names = [check.check for check in answer.checks]
        if len(set(names)) != len(names):
            raise BadAnswerError("names a check twice")
    return answer


def _check_saved(answer: Saved) -> None:
    if answer.status == "refused":
        return
    if answer.bundle != f"{answer.id}/bundle":
        raise BadAnswerError(f"bundle is {answer.bundle!r}, expected '{answer.id}/bundle'")
    name = answer.payload or ""
    if not name or name in {".", ".."} or "/" in name or "\0" in name:
        raise BadAnswerError(f"payload name {answer.payload!r} is not a plain file name")


def _parse(model: type[_W], line: bytes) -> _W:
    if len(line) > MAX_LINE:
        raise BadAnswerError(f"line of {len(line)} bytes, at most {MAX_LINE} are allowed")
    if not line.isascii():
        raise BadAnswerError("line holds bytes that are not ASCII")
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadAnswerError(f"{where or 'line'}: {first['msg'].lower()}") from None


def _line(fields: dict[str, str | int | dict[str, float]]) -> bytes:
    return json.dumps(fields, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"
