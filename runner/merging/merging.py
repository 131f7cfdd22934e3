"""Merges runs of many machines into one run of this home's ledger.

Owns the order of the steps. Everything is put together beside the ledger first: what a source has
wrong is found before the target is touched, and the run enters it whole or not at all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.artifacts.store import ArtifactStore, BadBundleError
from crossload.runner.home import Home
from crossload.runner.ledger import Ledger
from crossload.runner.ledger.exported import ExportError
from crossload.runner.ledger.hiding import Hide
from crossload.runner.ledger.union import Conflict
from crossload.runner.merging.heads import Head, merged_head, read_head
from crossload.runner.merging.parcel import unpack
from crossload.runner.merging.sources import Source, read_source
from crossload.runner.records import Cell

MOST_BYTES = 100_000_000_000  # of one artifact
_PREFIX = "merge-"


@dataclass(frozen=True)
class Merged:
    """What a merge came to.

    Attributes:
        run_id: the run's number here.
        is_new: false if the same run was merged before.
        sources: how many different runs it was made of.
        cells: of the run.
        attempts: of the run.
        files: how many saved files the run has, and how many of them are in this home's store.
        conflicts: where two sources say different things.
    """

    run_id: int
    is_new: bool
    sources: int
    cells: int
    attempts: int
    files: tuple[int, int]
    conflicts: tuple[Conflict, ...]


def merge(
    paths: Sequence[Path], home: Home, hide: Hide, only: Collection[Cell] | None = None
) -> Merged:
    """Merge the runs at these paths; their order does not matter. The caller holds the run lock.

    Args:
        paths: homes, ledgers, exports or parcels.
        home: gets the run, and the files that its cells need.
        hide: what exports of the sources are written with.
        only: the cells to keep, with the environments and results that belong to them; None for
            all.

    Raises:
        UsageError: nothing is at a path, or no run; or no cell of `only` is in one.
        LedgerError: a source is damaged, or the runs are not parts of one.
        BusyError: a source's run is still going.
        StorageError: the home cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=home.scratch) as name:
        staging = Path(name)
        sources = [
            read_source(path, staging / f"source-{number}", hide, home)
            for number, path in enumerate(paths)
        ]
        heads = _heads(sources)
        head = merged_head(heads, only)
        with Ledger.open(staging / "ledger.sqlite") as scratch:
            for one in heads:
                with _naming(one.source):
                    scratch.import_run(one.source.export)
            run_id, found = scratch.add_union(head)
            digests = scratch.artifacts(run_id)
            scratch.export_run(staging / "merged.jsonl.xz", run_id, lambda text: text)
        stored = take_artifacts(sources, digests, home)
        with Ledger.open(home.ledger) as ledger:
            added = ledger.import_run(staging / "merged.jsonl.xz")
    return Merged(
        run_id=added.run_id,
        is_new=added.is_new,
        sources=len(heads),
        cells=added.cells,
        attempts=added.attempts,
        files=(len(digests), stored),
        conflicts=found,
    )


@contextmanager
def unpacked(path: Path, home: Home) -> Generator[Path, None, None]:
    """The export in a parcel, whose artifacts are in the home's store by then.

    Raises:
        ExportError: it is damaged.
        StorageError: the home cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=home.scratch) as name:
        found = unpack(path, Path(name) / "unpacked")
        source = Source(str(path), found.export, "", found.artifacts)
        take_artifacts([source], sorted(one.name for one in found.artifacts.iterdir()), home)
        with _naming(source):
            yield found.export


def take_artifacts(sources: Iterable[Source], digests: Iterable[str], home: Home) -> int:
    """Copy what is missing into the home's store; returns how many are there then.

    Raises:
        ExportError: a source's copy is not what its name says.
        StorageError: the store cannot be written.
    """
    store = ArtifactStore(home.artifacts)
    store.prepare()
    places = [one for one in sources if one.artifacts is not None]
    stored = 0
    for digest in digests:
        if store.intact(digest):
            stored += 1
            continue
        for source in places:
            assert source.artifacts is not None
            copy = ArtifactStore(source.artifacts)
            if copy.has(digest):
                _take(store, copy, digest, source)
                stored += 1
                break
    return stored


def _take(store: ArtifactStore, copy: ArtifactStore, digest: str, source: Source) -> None:
    damage = copy.damage(digest)
    if damage is None:
        bundle = copy.folder / digest
        names = sorted(one.name for one in (bundle / "payload").iterdir())
        try:
            store.take(bundle, names[0] if names else "", MOST_BYTES)
        except BadBundleError as error:
            damage = str(error)
    if damage is not None:
        raise ExportError(Path(source.name), f"its file {digest[:12]}... is damaged: {damage}")


def _heads(sources: Iterable[Source]) -> list[Head]:
    """The heads of all different sources, by age."""
    heads: dict[str, Head] = {}
    for source in sources:
        if source.digest not in heads:
            with _naming(source):
                heads[source.digest] = read_head(source)
    return sorted(heads.values(), key=lambda one: one.age)


@contextmanager
def _naming(source: Source) -> Generator[None, None, None]:
    """Let an error in an export name what the user named, not a temporary file."""
    try:
        yield
    except ExportError as error:
        raise ExportError(Path(source.name), error.reason, error.advice) from error
