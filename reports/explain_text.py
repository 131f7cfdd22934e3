"""What `explain` prints: a cell's texts in the order in which a stranger asks.

Owns that order and the layout, and which other cells tell more of this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from reports.appearance import APPEARANCE
from reports.document import AttemptRow, CauseRow, CellRow
from reports.explain_lookup import Found

_TAIL_LINES = 5
_AROUND = 3  # loaders on either side


def explain_lines(found: Found) -> Iterator[Text]:
    """Each line, styled; texts of others are never read as markup."""
    row = found.row
    yield Text(row.id, style="bold")
    look = APPEARANCE[row.verdict]
    yield Text(f"{row.verdict}: {row.detail or look.meaning}", style=look.style)
    yield Text(f"run {found.report.run.id}, {found.report.run.started}", style="dim")
    yield from _environments(found)
    yield from _file(found)
    for attempt in row.attempts:
        yield from _attempt(attempt)
    if not row.attempts and row.error:
        yield from _titled("Error", [f"{row.error.type}: {row.error.message}"])
    yield from _cause("Cause", row.cause)
    yield from _cause("Behind it", row.behind)
    yield from _remedies(row)
    yield from _neighbours(found)


def _titled(title: str, lines: Sequence[str]) -> Iterator[Text]:
    yield Text("")
    yield Text(title, style="bold")
    for line in lines:
        for part in line.splitlines() or [""]:
            yield Text(f"  {part}")


def _environments(found: Found) -> Iterator[Text]:
    """Versions side by side; what differs is marked, not only coloured."""
    saver, loader = (found.environment(one) for one in (found.row.saver, found.row.loader))
    if saver is None or loader is None:
        return
    pairs = [("api", saver.api, loader.api), ("backend", saver.backend, loader.backend)]
    names = dict.fromkeys(name for one in (saver, loader) for name, _ in one.versions)
    pairs += [(name, saver.version(name), loader.version(name)) for name in names]
    wide = max(len(found.row.saver), 12)
    yield from _titled(
        "Environments (* differs)", [f"{'':14}{found.row.saver:{wide}}  {loader.id}"]
    )
    for name, ours, theirs in pairs:
        differs = ours != theirs
        mark = "*" if differs else " "
        text = f"{mark} {name:14}{ours or '-':{wide}}  {theirs or '-'}"
        yield Text(text, style="yellow" if differs else "dim")


def _file(found: Found) -> Iterator[Text]:
    save = found.save
    if save is None or save.artifact is None:
        return
    noise = "none known" if save.noise is None else f"{save.noise:.1e}"
    yield from _titled(
        "Saved file",
        [
            f"{save.payload_name}, {save.payload_bytes} bytes",
            f"sha256 {save.payload_sha256}",
            f"noise of the saver's own outputs: {noise}",
        ],
    )


def _attempt(attempt: AttemptRow) -> Iterator[Text]:
    lines = []
    if attempt.concessions:
        lines.append(f"gave up: {', '.join(attempt.concessions)}")
    if attempt.error:
        lines.append(f"{attempt.error.type}: {attempt.error.message}")
        where = [one for one in attempt.error.traceback.splitlines() if " line " in one]
        lines += [f"raised in {where[-1].strip()}"] if where else []
    lines += [one for one in (attempt.detail, *attempt.notes) if one]
    for check in attempt.checks:
        number = "" if check.difference is None else f" {check.difference:.2e}"
        lines.append(f"{check.check}: {check.status}{number} {check.detail}".rstrip())
    lines += [f"warning: {one}" for one in attempt.warnings]
    tail = attempt.output_tail.strip().splitlines()[-_TAIL_LINES:]
    lines += [f"| {one}" for one in tail]
    yield from _titled(f"{attempt.strategy}: {attempt.result} ({attempt.seconds:.2f} s)", lines)


def _cause(title: str, cause: CauseRow | None) -> Iterator[Text]:
    if cause is not None:
        yield from _titled(f"{title}: {cause.id}", [cause.sentence, *cause.references])


def _remedies(row: CellRow) -> Iterator[Text]:
    lines = []
    for remedy in row.remedies:
        shown = f" ({remedy.evidence})" if remedy.evidence else ""
        lines.append(f"[{remedy.state}] {remedy.text}{shown}")
        lines += [f"    {one}" for one in remedy.code.splitlines()]
    if not lines:
        for advice in row.advice:
            lines.append(f"{advice.text}{' (verified)' if advice.verified else ''}")
            lines += [f"    {one}" for one in advice.code.splitlines()]
    if lines:
        yield from _titled("What to do", lines)


def neighbours(found: Found) -> tuple[tuple[str, tuple[CellRow, ...]], ...]:
    """Other cells that tell more: the same file in loaders beside this one, other formats."""
    row, order = found.row, found.report.axis
    same_file = {
        one.loader: one
        for one in found.report.cells
        if (one.saver, one.format) == (row.saver, row.format)
    }
    loaders = [name for name in order if name in same_file]
    at = loaders.index(row.loader)
    near = loaders[max(0, at - _AROUND) : at + _AROUND + 1]
    formats = tuple(
        one
        for one in found.report.cells
        if (one.saver, one.loader) == (row.saver, row.loader) and one.format != row.format
    )
    return (
        ("The same file in other loaders", tuple(same_file[name] for name in near)),
        ("The same model in other formats", formats),
    )


def _neighbours(found: Found) -> Iterator[Text]:
    for title, rows in neighbours(found):
        if rows:
            yield from _titled(title, [])
        for row in rows:
            here = "  <- this cell" if row.id == found.row.id else ""
            style = APPEARANCE[row.verdict].style
            yield Text(f"  {row.verdict:12}{row.id}{here}", style=style)
