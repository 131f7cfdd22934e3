"""What `explain` prints: everything about a cell, in the order in which a reader asks.

Owns that order, the layout, and the choice of related cells. `explain_attempts` words a single
attempt.
"""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator, Sequence

from rich.text import Text

from crossload.reports.appearance import APPEARANCE
from crossload.reports.document import CellRow, EnvironmentRow, RemedyRow
from crossload.reports.explain_attempts import lines_of, title_of
from crossload.reports.explain_lookup import Found, Source
from crossload.reports.explain_own_text import meaning_own, measured_own
from crossload.runner.analysis import TryResult
from crossload.runner.causes.values import Cause, RemedyState

_AROUND = 3  # loaders on either side
_LOG_LINES = 6
_LEAST_WIDTH = 40


def explain_lines(found: Found, source: Source, width: int = 80) -> Iterator[Text]:
    """Each line, styled; foreign text is never parsed as markup.

    Sentences are wrapped at `width`; ids, addresses, code and commands stay on one line.
    """
    page = _Page(max(width, _LEAST_WIDTH))
    row = found.row
    look = APPEARANCE[row.verdict]
    yield Text(row.id, style="bold")
    yield from page.wrapped(measured(found), indent=0)
    yield Text("")
    yield from page.wrapped(f"{row.verdict}: {row.detail}", indent=0, style=look.style)
    yield from page.wrapped(meaning_of(found), style="dim")
    run = found.report.run
    yield from page.wrapped(
        f"Run {run.id} of {run.started}, profile {run.profile}, crossload {run.crossload}.",
        style="dim",
    )
    for section in (
        _unusable(found, page),
        _cause("Cause", row.cause, page),
        _cause("Next obstacle", row.behind, page),
        _remedies(row, page),
        _attempts(row, page),
        _file(found, page),
        _environments(found),
        _neighbours(found),
        _commands(found, source),
    ):
        yield from section


class _Page:
    """Wraps at a width, with a hanging indent."""

    def __init__(self, width: int) -> None:
        self._width = width

    def wrapped(self, text: str, *, indent: int = 2, style: str = "") -> Iterator[Text]:
        for line in text.splitlines():
            for part in textwrap.wrap(
                line,
                self._width,
                initial_indent=" " * indent,
                subsequent_indent=" " * (indent + 2),
                break_long_words=False,
                break_on_hyphens=False,
            ):
                yield Text(part, style=style)

    def titled(self, title: str, lines: Sequence[str] = ()) -> Iterator[Text]:
        yield Text("")
        yield from (
            Text(one.plain, style="bold") for one in self.wrapped(title, indent=0, style="bold")
        )
        for line in lines:
            yield from self.wrapped(line)


def measured(found: Found) -> str:
    """What was measured, in one sentence or a few."""
    row = found.row
    if found.own is not None:
        return measured_own(row, found.own)
    if row.format.is_script:
        return (
            f"The case {row.model}: its save script ran in {row.saver}, its load script in "
            f"{row.loader}."
        )
    loader = "itself" if row.loader == row.saver else row.loader
    return f"The model {row.model}, saved by {row.saver} as {row.format}, loaded by {loader}."


def meaning_of(found: Found) -> str:
    """What the cell's verdict means."""
    meaning = APPEARANCE[found.row.verdict].meaning
    return meaning if found.own is None else meaning_own(found.row, found.own, meaning)


def _unusable(found: Found, page: _Page) -> Iterator[Text]:
    """Why an environment of the cell cannot be used, with the tool's last lines."""
    for name in dict.fromkeys((found.row.saver, found.row.loader)):
        one = found.environment(name)
        if one is None or one.problem is None:
            continue
        problem = one.problem
        title = f"Why {name} is {one.state}: {problem.cause}"
        yield from page.titled(title, [problem.message, problem.advice])
        for line in problem.log_tail.strip().splitlines()[-_LOG_LINES:]:
            yield from page.wrapped(f"| {line}", style="dim")


def _attempts(row: CellRow, page: _Page) -> Iterator[Text]:
    """Each attempt; with its code where that is not among the remedies or the advice."""
    shown = {one.code for one in row.remedies} | {one.code for one in row.advice}
    for number, attempt in enumerate(row.attempts, start=1):
        title = f"Attempt {number} of {len(row.attempts)}: {title_of(attempt, row.format)}"
        yield from page.titled(title, list(lines_of(attempt, row)))
        if attempt.result is TryResult.AGREES and attempt.code not in shown:
            yield from _code(attempt.code)
    if not row.attempts and row.error:
        yield from page.titled("Error", [f"{row.error.type}: {row.error.message}"])
        where = [one for one in row.error.traceback.splitlines() if " line " in one]
        yield from page.wrapped(f"raised in {where[-1].strip()[5:]}" if where else "")


def _file(found: Found, page: _Page) -> Iterator[Text]:
    save, row = found.save, found.row
    if save is None or save.artifact is None:
        return
    own = found.own
    is_theirs = own is not None and own.was_there
    where, own_saver = (row.saver,) * 2 if is_theirs else ("the saver", "its own saver")
    lines = [f"{save.payload_name}, {save.payload_bytes} bytes", f"sha256 {save.payload_sha256}"]
    if save.noise is not None:
        lines.append(f"noise floor: outputs in {where} vary by {save.noise:.1e}")
    if row.baseline is not None and row.loader != row.saver:
        lines.append(f"loaded again by {own_saver}: {row.baseline}")
    yield from page.titled("Your file" if is_theirs else "Saved file", lines)


def _environments(found: Found) -> Iterator[Text]:
    """Versions side by side; differences are marked, not only coloured."""
    saver, loader = (found.environment(one) for one in (found.row.saver, found.row.loader))
    if saver is None or loader is None:
        return
    pairs = [("api", saver.api, loader.api), ("backend", saver.backend, loader.backend)]
    names = dict.fromkeys(name for one in (saver, loader) for name, _ in one.versions)
    pairs += [(name, _version(saver, name), _version(loader, name)) for name in names]
    wide = max(len(saver.id), 12)
    yield Text("")
    yield Text("Environments (* marks differences)", style="bold")
    yield Text(f"  {'':14}{saver.id:{wide}}  {loader.id}")
    for name, ours, theirs in pairs:
        differs = ours != theirs
        mark = "*" if differs else " "
        text = f"{mark} {name:14}{ours or '-':{wide}}  {theirs or '-'}"
        yield Text(text, style="yellow" if differs else "dim")


def _version(environment: EnvironmentRow, name: str) -> str:
    """The version of a package; an environment that was never built still names its Python."""
    found = environment.version(name)
    return environment.python if name == "python" and not found else found


def _cause(title: str, cause: Cause | None, page: _Page) -> Iterator[Text]:
    if cause is None:
        return
    yield from page.titled(f"{title}: {cause.id}", [cause.sentence])
    for address in cause.references:
        yield Text(f"  see {address}", style="dim")


def _remedies(row: CellRow, page: _Page) -> Iterator[Text]:
    """Each remedy with its measured result and the code to type."""
    if row.remedies:
        yield from page.titled("Remedies and their measured results")
    for remedy in row.remedies:
        yield from page.wrapped(f"[{remedy.state}] {remedy.said}{_shown_by(remedy)}")
        yield from _code(remedy.code)
    shown = {one.code for one in row.remedies if one.state is RemedyState.WORKED and one.code}
    wanted = any(one.verified and one.code not in shown for one in row.advice)
    if not row.advice or (row.remedies and not wanted):
        return
    yield from page.titled("What to do")
    for advice in row.advice:
        verified = "[worked] " if advice.verified else ""
        yield from page.wrapped(f"{verified}{advice.said}")
        yield from _code(advice.code)


def _shown_by(remedy: RemedyRow) -> str:
    measured = f" (measured: {remedy.evidence})" if remedy.evidence else ""
    return f"{measured}, for the next obstacle" if remedy.behind else measured


def _code(code: str) -> Iterator[Text]:
    for line in code.splitlines():
        yield Text(f"      {line}", style="cyan")


def neighbours(found: Found) -> tuple[tuple[str, tuple[CellRow, ...]], ...]:
    """Related cells: the same file in neighbouring loaders, and the same model in other formats."""
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
        ("Same file, neighbouring loaders", tuple(same_file[name] for name in near)),
        ("Same model, other formats", formats),
    )


def _neighbours(found: Found) -> Iterator[Text]:
    for title, rows in neighbours(found):
        if rows:
            yield Text("")
            yield Text(title, style="bold")
        for row in rows:
            here = "  <- this cell" if row.id == found.row.id else ""
            style = APPEARANCE[row.verdict].style
            yield Text(f"  {row.verdict:12}{row.id}{here}", style=style)


def reproduce_command(row: CellRow, source: Source) -> str:
    """The command that writes this cell as a folder, ready to type."""
    words = ["crossload", "reproduce", row.id]
    if source.export is not None:
        words += ["--from", str(source.export)]
    elif source.run is not None:
        words += ["--run", str(source.run)]
    return shlex.join([*words, "-o", f"{row.model}-{row.verdict}"])


def _commands(found: Found, source: Source) -> Iterator[Text]:
    row, own = found.row, found.own
    if not row.attempts and (row.error is None or (own is not None and own.was_there)):
        return
    what = "two scripts, two lock files, a README"
    if own is not None:
        what = "your model, a script, lock files, a README"
    yield Text("")
    yield Text(f"Reproduce without crossload: {what}", style="bold")
    yield Text(f"  {reproduce_command(row, source)}")
