"""The runs that were published in one folder: what each came to, kept as `runs/*.json`.

Owns that file's shape. A run that is published again replaces its own entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from pydantic import TypeAdapter, ValidationError

from crossload.reports.document import Report
from crossload.reports.fact import fact
from crossload.reports.headline import headline
from crossload.reports.places import places
from crossload.reports.tallies import tallies
from crossload.runner.words import Usability

SCHEMA = 1
FOLDER = "runs"


@dataclass(frozen=True)
class RunEntry:
    """One run in numbers; times are ISO 8601 in UTC, `fact` and `headline` sentences."""

    key: str
    started: str
    finished: str
    profile: str
    crossload: str
    environments: int
    models: int
    measured: int
    as_it_is: int
    silent: int
    fact: str
    headline: str
    schema: int = SCHEMA

    @property
    def urn(self) -> str:
        """An identifier that is the same wherever the run is published."""
        return uuid5(NAMESPACE_URL, f"crossload-run:{self.key}").urn

    @property
    def feed_urn(self) -> str:
        """The identifier of a feed whose first run this is."""
        return uuid5(NAMESPACE_URL, f"crossload-feed:{self.key}").urn


_ENTRY = TypeAdapter(RunEntry)


def entry_of(report: Report) -> RunEntry:
    """Return the entry of a run."""
    run, summary = report.run, report.summary
    digest = hashlib.sha256(f"{run.started} {run.profile}".encode()).hexdigest()[:8]
    return RunEntry(
        key=f"{run.started[:10]}-{digest}",
        started=run.started,
        finished=run.finished or run.started,
        profile=run.profile,
        crossload=run.crossload,
        environments=sum(one.problem is None for one in report.environments),
        models=len(report.models),
        measured=summary.measured,
        as_it_is=summary.count(Usability.AS_IT_IS),
        silent=summary.count(Usability.SILENT),
        fact=fact(tallies(report.cells), places(report)),
        headline=headline(summary),
    )


def entry_text(entry: RunEntry) -> str:
    """Return the text of the entry's file."""
    return _ENTRY.dump_json(entry, indent=1).decode() + "\n"


def earlier(folder: Path) -> tuple[RunEntry, ...]:
    """Return the entries of a site; other files are ignored."""
    found = []
    for path in sorted((folder / FOLDER).glob("*.json")):
        try:
            one = _ENTRY.validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue
        if one.key == path.stem and one.schema == SCHEMA:
            found.append(one)
    return tuple(found)


def newest_first(latest: RunEntry, others: Iterable[RunEntry]) -> tuple[RunEntry, ...]:
    """Return the one just published, then the others by their time."""
    rest = [one for one in others if one.key != latest.key]
    return (latest, *sorted(rest, key=lambda one: (one.started, one.key), reverse=True))
