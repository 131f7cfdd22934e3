"""The report as Markdown, for a pull request or a job summary: totals, grids, problems.

Owns the escaping for Markdown: foreign text is put into code spans or escaped, so that it cannot
break a table or become a link, a mention or HTML.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from crossload.reports import labels
from crossload.reports.appearance import APPEARANCE, DAMAGED, ORDER
from crossload.reports.causes import cause_summaries, explained_line
from crossload.reports.changes import changed_line
from crossload.reports.claims import LOOKS, by_source, counted, errors_line, evidence
from crossload.reports.document import ClaimRow, EnvironmentRow, Report
from crossload.reports.fact import fact
from crossload.reports.findings import find
from crossload.reports.frames import cell_frame, grid
from crossload.reports.headline import headline, lead, notes, unfinished
from crossload.reports.labels import WORDS
from crossload.reports.loads import format_name, formats_in_order
from crossload.reports.places import in_use, places
from crossload.reports.tallies import Tally, percent, tallies
from crossload.runner.words import Verdict

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|<>~&$])")
_LINE_BREAKS = re.compile(r"\s+")
_CORNER = "saved by ↓ loaded by →"
_SHARES = (
    "The share of test models that load as they are; “+” adds those that load with one line or "
    "translated by crossload, “≠” counts silently wrong ones."
)
_ZERO_WIDTH = "\u200b"  # between @ and a name: invisible, and prevents a mention


def as_markdown(report: Report) -> str:
    """Return the whole report as Markdown."""
    frame = cell_frame(report)
    sentence, said = fact(tallies(report.cells), places(report)), headline(report.summary)
    parts = [
        f"# {escaped(sentence or said)}",
        *((escaped(said),) if sentence else ()),
        *(escaped(note) for note in notes(report.summary)),
        escaped(lead(report)),
        *((f"**{escaped(text)}**",) if (text := unfinished(report)) else ()),
        _legend(report),
        "## What loads where",
        _SHARES,
        *_loads(report),
        *_changes(report),
        *_findings(report),
        *_claims(report),
        *_causes(report),
        *_problems(report.environments),
        "## Every cell",
        *_grids(report, frame),
        "## Environments",
        _environments(report.environments),
    ]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Return `text` on one line with all Markdown characters escaped."""
    line = _LINE_BREAKS.sub(" ", text).strip()
    return _MARKS.sub(r"\\\1", line).replace("@", f"@{_ZERO_WIDTH}")


def code(text: str) -> str:
    """Return `text` as a code span that is also safe in a table cell."""
    line = _LINE_BREAKS.sub(" ", text).strip().replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{line.replace('@', '@' + _ZERO_WIDTH)}{space}{fence}" if line else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(verdict: Verdict) -> str:
    word = f"{APPEARANCE[verdict].symbol} {WORDS[verdict].label}"
    return f"**{word}**" if verdict is Verdict.DIFFERS else word


def _legend(report: Report) -> str:
    counts = Counter(row.verdict for row in report.cells if not row.damaged)
    rows = [
        (_shown(one), code(str(one)), f"{counts[one]:,}", escaped(APPEARANCE[one].meaning))
        for one in ORDER
        if counts[one]
    ]
    if damaged := sum(row.damaged for row in report.cells):
        name = f"{DAMAGED.symbol} {labels.DAMAGED.label}"
        rows.append((name, code(labels.IS_DAMAGED), f"{damaged:,}", escaped(DAMAGED.meaning)))
    return _table(("result", "verdict", "cells", "meaning"), rows)


def _loads(report: Report) -> Iterable[str]:
    """One table per format; folded environments are left to the grids of every cell."""
    found = [one for one in places(report) if not one.folded]
    counts = tallies(report.cells)
    for format_ in formats_in_order(key[0] for key in counts):
        loaders = [one for one in found if any((format_, x.id, one.id) in counts for x in found)]
        savers = [one for one in found if any((format_, one.id, x.id) in counts for x in found)]
        rows = [
            (
                escaped(saver.name),
                *(_share(counts.get((format_, saver.id, loader.id))) for loader in loaders),
            )
            for saver in savers
        ]
        yield f"### {escaped(format_name(format_))}"
        yield _table((_CORNER, *(escaped(one.name) for one in loaders)), rows)


def _share(tally: Tally | None) -> str:
    if tally is None:
        return ""
    plain, whole = (percent(one, tally.measured) for one in (tally.plain, tally.whole))
    more = f" +{whole - plain}" if whole > plain else ""
    silent = f" **≠ {tally.silent}**" if tally.silent else ""
    return f"{plain}%{more}{silent}"


def _changes(report: Report) -> list[str]:
    if not report.compared_with:
        return []
    rows = [
        (one.kind, code(one.cell), escaped(one.before), escaped(one.after))
        for one in report.changes
    ]
    table = [_table(("change", "cell", "before", "now"), rows)] if rows else []
    return ["## Changes", escaped(changed_line(report)), *table]


def _findings(report: Report) -> list[str]:
    lines = []
    for one in find(report):
        lines.append(f"- {_shown(one.verdict)}: {escaped(one.what)}, {escaped(one.where)}")
        if one.cause:
            lines.append(f"  {escaped(one.cause.sentence)} ({code(one.cause.id)})")
        elif one.error:
            lines.append(f"  {code(one.error)}")
        if one.helps:
            lines.append(f"  {escaped(one.helps)}")
    return ["## What to look at first", "\n".join(lines)] if lines else []


def _claims(report: Report) -> list[str]:
    parts = []
    for source, rows in by_source(report.claims).items():
        parts += [f"### {escaped(source)}", "\n".join(line for row in rows for line in _claim(row))]
    return ["## Claims", escaped(f"{counted(report.claims)}."), *parts] if parts else []


def _claim(row: ClaimRow) -> Iterable[str]:
    yield f"- {APPEARANCE[LOOKS[row.status]].symbol} {row.status}: {escaped(row.says)}"
    yield f"  ({escaped(evidence(row))})"
    if row.holds_for:
        yield f"  - true for {escaped(row.holds_for)}"
    if row.not_for:
        yield f"  - not for {escaped(row.not_for)}"
    if row.errors:
        yield f"  - {code(errors_line(row))}"


def _causes(report: Report) -> list[str]:
    intact = (row for row in report.cells if not row.damaged)
    rows = [
        (
            f"{escaped(one.cause.sentence)} ({code(one.cause.id)}, {one.family})",
            str(one.cells),
            "<br>".join(f"{escaped(each.text)} ({each.said})" for each in one.remedies[:3]),
        )
        for one in cause_summaries(intact, in_use(places(report)))
    ]
    if not rows:
        return []
    return ["## Causes", explained_line(report), _table(("cause", "cells", "what helps"), rows)]


def _problems(environments: Iterable[EnvironmentRow]) -> list[str]:
    lines = [
        f"- {code(one.id)}: {escaped(one.problem.message)}. {escaped(one.problem.advice)}"
        for one in environments
        if one.problem
    ]
    return ["## Unusable environments", "\n".join(lines)] if lines else []


def _grids(report: Report, frame: pd.DataFrame) -> Iterable[str]:
    planned = dict.fromkeys((row.model, row.format) for row in report.cells)
    for model, format_ in planned:
        table = grid(frame, model, format_)
        rows = [
            (escaped(str(saver)), *(_shown(Verdict(one)) if one in ORDER else "" for one in line))
            for saver, line in zip(
                table.index, table.to_numpy(dtype=object, na_value=""), strict=True
            )
        ]
        yield f"### {escaped(model)} as {format_}"
        yield _table((_CORNER, *(escaped(str(one)) for one in table.columns)), rows)


def _environments(environments: Iterable[EnvironmentRow]) -> str:
    head = ("environment", "state", "Python", "TensorFlow", "Keras", "h5py", "NumPy", "resolved")
    names = ("tensorflow", "keras", "h5py", "numpy")
    rows = [
        tuple(
            map(
                escaped,
                (
                    one.id,
                    one.state,
                    one.python,
                    *(one.version(name) for name in names),
                    one.resolve,
                ),
            )
        )
        for one in environments
    ]
    return _table(head, rows)
