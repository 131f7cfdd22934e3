"""The gate's result as JSON, for programs.

Owns the document's shape and its number; numbers that are not finite are null.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crossload.reports.gate.grouping import helps_of
from crossload.reports.gate.wording import headline, ruling_line
from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.causes.values import Cause
from crossload.runner.gate import (
    EntryState,
    GateResult,
    Kind,
    PolicyEntry,
    RuledEntry,
    Ruling,
    Side,
    Standing,
)
from crossload.runner.words import Verdict

FORMAT: Literal["crossload-upgrade"] = "crossload-upgrade"
SCHEMA = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class SideDocument(_Part):
    """An environment; `problem` is null where it could be used."""

    id: str
    name: str
    versions: dict[str, str]
    problem: str | None
    advice: str | None


class HelpDocument(_Part):
    """What was proved to work for this cell."""

    sentence: str
    code: str


class CauseDocument(_Part):
    """Why it is so, from the catalogue of causes."""

    id: str
    family: str
    sentence: str
    references: tuple[str, ...]


class EntryDocument(_Part):
    """An entry of the policy; `state` says what became of it."""

    cell: str
    verdict: Verdict
    reason: str
    link: str | None
    expires: str | None
    line: int
    state: EntryState


class FindingDocument(_Part):
    """One cell that is not `same`; `own` is the verdict of the saver's own reload."""

    cell: str
    model: str
    format: str
    kind: Kind
    standing: Standing
    verdict: Verdict
    own: Verdict | None
    sentence: str
    cause: CauseDocument | None
    behind: CauseDocument | None
    helps: tuple[HelpDocument, ...]
    strategy: str | None
    lost: tuple[str, ...]
    difference: float | None
    accepted: EntryDocument | None


class GateDocument(_Part):
    """The whole result; `same` and `unsaved` are ids of cells without a finding."""

    format: Literal["crossload-upgrade"] = FORMAT
    schema_number: int = Field(default=SCHEMA, serialization_alias="schema")
    schema_version: int = SCHEMA  # what it was called at first
    headline: str
    ruling: str
    passes: bool
    exit_code: int
    threshold: Verdict
    run: int | None
    before: SideDocument
    after: SideDocument
    findings: tuple[FindingDocument, ...]
    same: tuple[str, ...]
    unsaved: tuple[str, ...]
    policy: str | None
    entries: tuple[EntryDocument, ...]


def as_json(result: GateResult, run: int | None = None) -> str:
    """The document, as text that ends with a line feed; `run` is the number of the run."""
    return _document(result, run).model_dump_json(indent=1, by_alias=True) + "\n"


def _document(result: GateResult, run: int | None) -> GateDocument:
    states = {id(one.entry): one.state for one in result.entries}
    return GateDocument(
        headline=headline(result),
        ruling=ruling_line(result),
        passes=not result.exit_code,
        exit_code=int(result.exit_code),
        threshold=result.threshold,
        run=run,
        before=_side(result.before),
        after=_side(result.after),
        findings=tuple(_ruled(one, states) for one in result.rulings),
        same=_ids(result.same),
        unsaved=_ids(result.unsaved),
        policy=result.policy.shown or None,
        entries=tuple(_entry(one) for one in result.entries),
    )


def _ids(cells: tuple[JudgedCell, ...]) -> tuple[str, ...]:
    return tuple(str(one.cell) for one in cells)


def _side(side: Side) -> SideDocument:
    return SideDocument(
        id=side.id,
        name=side.name,
        versions=dict(side.versions),
        problem=side.problem or None,
        advice=side.advice or None,
    )


def _entry(ruled: RuledEntry) -> EntryDocument:
    entry = ruled.entry
    return EntryDocument(
        cell=entry.cell,
        verdict=entry.verdict,
        reason=entry.reason,
        link=entry.link or None,
        expires=entry.expires.isoformat() if entry.expires else None,
        line=entry.line,
        state=ruled.state,
    )


def _ruled(ruling: Ruling, states: dict[int, EntryState]) -> FindingDocument:
    finding = ruling.finding
    entry: PolicyEntry | None = ruling.entry
    return FindingDocument(
        cell=str(finding.cell),
        model=finding.cell.model,
        format=str(finding.cell.format),
        kind=finding.kind,
        standing=ruling.standing,
        verdict=finding.verdict,
        own=finding.own,
        sentence=finding.sentence,
        cause=_cause(finding.cause),
        behind=_cause(finding.behind),
        helps=tuple(
            HelpDocument(sentence=one.sentence, code=one.code) for one in helps_of(finding)
        ),
        strategy=str(finding.strategy) if finding.strategy else None,
        lost=finding.lost,
        difference=_finite(finding.difference),
        accepted=None if entry is None else _entry(RuledEntry(entry, states[id(entry)])),
    )


def _cause(cause: Cause | None) -> CauseDocument | None:
    if cause is None:
        return None
    return CauseDocument(
        id=cause.id,
        family=str(cause.family),
        sentence=cause.sentence,
        references=cause.references,
    )


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
