"""The run that a merge makes: its facts, environments and cells, from those of the sources.

Owns what may be merged, and an order that does not depend on that of the sources.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from crossload.runner.errors import LedgerError, UsageError
from crossload.runner.ledger import RunFacts, RunState
from crossload.runner.ledger.importing import Begun, Saved, Tried, items
from crossload.runner.ledger.union import UnionHead
from crossload.runner.merging.sources import Source
from crossload.runner.records import Cell, EnvironmentRecord
from crossload.runner.words import Format, RunKind


class MergeError(LedgerError):
    """The runs are not parts of one; nothing was changed."""


@dataclass(frozen=True)
class Head:
    """What stands at the beginning of a source: everything but the results."""

    source: Source
    facts: RunFacts
    environments: tuple[EnvironmentRecord, ...]
    cells: tuple[Cell, ...]

    @property
    def age(self) -> tuple[object, ...]:
        """Sorts sources by when they were measured, the latest last; equal only if they are."""
        finished = self.facts.finished or self.facts.start.started
        return (self.facts.start.started, finished, self.source.digest)


def read_head(source: Source) -> Head:
    """The head of a source; the results are not read.

    Raises:
        ExportError: it cannot be used.
        MergeError: it is not of a `crossload run`.
    """
    facts: RunFacts | None = None
    environments: list[EnvironmentRecord] = []
    cells: list[Cell] = []
    for item in items(source.export):
        if isinstance(item, Begun):
            facts = item.facts
        elif isinstance(item, EnvironmentRecord):
            environments.append(item)
        elif isinstance(item, Cell):
            cells.append(item)
        elif isinstance(item, Saved | Tried):
            break
    assert facts is not None  # or `items` had raised
    if facts.start.kind is not RunKind.RUN:
        raise MergeError(
            f"{source.name!r} is a run of `crossload {facts.start.kind}`, not of `crossload run`",
            "leave it out; `crossload ledger import` adds it as a run of its own",
        )
    return Head(source, facts, tuple(environments), tuple(cells))


def merged_head(heads: list[Head], only: Collection[Cell] | None = None) -> UnionHead:
    """The head of the union, or of the part of it that has these cells; `heads` are sorted by age.

    Raises:
        MergeError: an environment or the tolerances differ between two sources.
        UsageError: none of the cells is in a source.
    """
    if only is not None:
        heads = [_part(one, frozenset(only)) for one in heads]
        if not any(one.cells for one in heads):
            raise UsageError(
                "no source has a cell of that profile", "name the profile that was measured"
            )
    first, last = heads[0], heads[-1]
    for one in heads:
        if one.facts.start.tolerances != first.facts.start.tolerances:
            raise MergeError(
                f"{first.source.name!r} and {one.source.name!r} have different tolerances",
                "results that are judged differently are not one run; use one matrix for both",
            )
    # The source with the most environments knows most of their order.
    ordered = sorted(heads, key=lambda one: -len(one.environments))
    environments = _environments(ordered, heads)
    names = sorted({one.facts.start.profile for one in heads})
    commands = sorted({one.facts.start.command for one in heads})
    finished = [one.facts.finished for one in heads if one.facts.finished is not None]
    is_finished = all(one.facts.state is RunState.FINISHED for one in heads)
    facts = RunFacts(
        id=0,
        start=replace(
            last.facts.start,
            started=first.facts.start.started,
            command="; ".join(commands),
            profile=" + ".join(names),
        ),
        state=RunState.FINISHED if is_finished else RunState.INTERRUPTED,
        finished=max(finished, default=None),
    )
    return UnionHead(facts, environments, _cells(ordered, environments))


def _part(head: Head, only: frozenset[Cell]) -> Head:
    cells = tuple(cell for cell in head.cells if cell in only)
    used = {one for cell in cells for one in (cell.saver, cell.loader)}
    return replace(
        head,
        cells=cells,
        environments=tuple(one for one in head.environments if one.id in used),
    )


def _environments(ordered: list[Head], by_age: list[Head]) -> tuple[EnvironmentRecord, ...]:
    """Each environment once: where it could be used, else as the latest source saw it."""
    chosen: dict[str, tuple[Head, EnvironmentRecord]] = {}
    for head in by_age:
        for record in head.environments:
            other, known = chosen.get(record.id, (head, record))
            if known.digest and record.digest and known.digest != record.digest:
                raise MergeError(
                    f"{record.id!r} is not the same environment in {other.source.name!r} "
                    f"({_spelled(known)}) and in {head.source.name!r} ({_spelled(record)})",
                    "runs are merged if their environments have the same lock, Python and "
                    "platform; measure one of them again",
                )
            if known.problem is not None or record.problem is None:
                chosen[record.id] = (head, record)
    ids = dict.fromkeys(record.id for head in ordered for record in head.environments)
    return tuple(chosen[one][1] for one in ids)


def _spelled(record: EnvironmentRecord) -> str:
    versions = dict(record.versions)
    return f"Python {versions.get('python', record.python)}, {record.platform}, {record.digest[:8]}"


def _cells(ordered: list[Head], environments: tuple[EnvironmentRecord, ...]) -> tuple[Cell, ...]:
    """Every cell once: files in the order in which they are met, then savers, then loaders."""
    position = {one.id: at for at, one in enumerate(environments)}
    files: dict[tuple[str, Format], int] = {}
    for head in ordered:
        for cell in head.cells:
            files.setdefault((cell.model, cell.format), len(files))
    end = len(position)
    return tuple(
        sorted(
            {cell for head in ordered for cell in head.cells},
            key=lambda one: (
                files[one.model, one.format],
                position.get(one.saver, end),
                position.get(one.loader, end),
                str(one),
            ),
        )
    )
