"""The gate's result as Markdown, for the summary of a CI job or a pull request.

Owns the layout; the escaping is that of the report's own Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crossload.reports.appearance import APPEARANCE
from crossload.reports.as_markdown import code, escaped
from crossload.reports.gate.grouping import Group, grouped
from crossload.reports.gate.wording import (
    SYMBOLS,
    TITLES,
    below_title,
    described,
    entry_lines,
    headline,
    problems,
    ruled_by,
    ruling_line,
    side_notes,
)
from crossload.runner.gate import EntryState, GateResult, Kind, Ruling, Standing
from crossload.runner.gate.gating import FAILING
from crossload.runner.prose import counted

_CELLS_SHOWN = 500  # GitHub takes a summary of 1 MB
_HEAD = ("what", "which files", "why", "what helps")


def as_markdown(result: GateResult) -> str:
    """The whole result; what is known is folded away."""
    sign = "❌" if result.failing else "⚠️" if result.is_unknown else "✅"
    parts = [
        (
            f"## {sign} Upgrade from {escaped(described(result.before))} "
            f"to {escaped(described(result.after))}"
        ),
        f"**{escaped(_sentence(headline(result)))}** {escaped(ruling_line(result))}",
        *_problems(result),
        *_table_of(result.standing(*FAILING), result),
        *_below(result),
        *_not_measured(result),
        *_known(result),
        *_entries(result),
        *(f"{escaped(line)}" for line in side_notes(result)),
        *_cells(result.failing),
    ]
    return "\n\n".join(parts) + "\n"


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def _problems(result: GateResult) -> Iterator[str]:
    for said, advice in problems(result):
        yield f"> {escaped(said)}. {escaped(advice)}".rstrip()


def _table_of(rulings: Sequence[Ruling], result: GateResult) -> Iterator[str]:
    groups = grouped(rulings)
    if groups:
        yield "\n".join([*_row(_HEAD), *(_line(one, result) for one in groups)])


def _row(head: Sequence[str]) -> tuple[str, str]:
    return (f"| {' | '.join(head)} |", f"|{'---|' * len(head)}")


def _line(group: Group, result: GateResult) -> str:
    why = escaped(group.sentence)
    if group.cause is not None:
        why += f" ({_linked(group)})"
    notes = dict.fromkeys(ruled_by(one, result) for one in group.rulings)
    why += "".join(f"<br>{escaped(note)}" for note in notes if note)
    return f"| {_kind(group.kind)} | {escaped(group.files)} | {why} | {_helps(group)} |"


def _kind(kind: Kind) -> str:
    return f"{APPEARANCE[SYMBOLS[kind]].symbol} **{TITLES[kind].lower()}**"


def _linked(group: Group) -> str:
    """The cause's id, leading to the first report of it."""
    assert group.cause is not None  # the caller saw to it
    references = group.cause.references
    address = references[0] if references else ""
    if not address.startswith("https://") or set(address) & set("()<> \\`"):
        return code(group.cause.id)
    return f"[{code(group.cause.id)}]({address})"


def _helps(group: Group) -> str:
    return escaped(group.help) if group.help else "nothing that was tried"


def _below(result: GateResult) -> Iterator[str]:
    rulings = result.standing(Standing.BELOW)
    if rulings:
        yield f"<details><summary>{below_title(result)}</summary>"
        yield from _table_of(rulings, result)
        yield "</details>"


def _not_measured(result: GateResult) -> Iterator[str]:
    rulings = result.standing(Standing.NOT_MEASURED)
    if rulings:
        yield f"**{TITLES[Kind.NOT_MEASURED]}:** " + "; ".join(
            f"{escaped(one.files)}: {escaped(one.sentence)}" for one in grouped(rulings)
        )


def _known(result: GateResult) -> Iterator[str]:
    """What the policy accepts, by its entries."""
    known = result.standing(Standing.KNOWN)
    if not known:
        return
    yield f"<details><summary>Known and accepted: {counted(len(known), 'finding')}</summary>"
    rows = []
    for entry in result.entries_that_are(EntryState.USED):
        own = [one for one in known if one.entry is entry]
        if own:
            until = escaped(str(entry.expires)) if entry.expires else "always"
            link = f" {escaped(entry.link)}" if entry.link else ""
            rows.append(
                f"| {code(entry.cell)} | {entry.verdict} | {len(own)} "
                f"| {escaped(entry.reason)}{link} | {until} |"
            )
    yield "\n".join([*_row(("cells", "accepted", "findings", "reason", "until")), *rows])
    yield "</details>"


def _entries(result: GateResult) -> Iterator[str]:
    lines = [f"- {escaped(sentence)}" for _, _, sentence in entry_lines(result)]
    if lines:
        yield "\n".join(["**Policy**", "", *lines])


def _cells(rulings: Iterable[Ruling]) -> Iterator[str]:
    """Every failing cell by its id, for `crossload explain`."""
    ids = [str(one.finding.cell) for one in rulings]
    if not ids:
        return
    lines = [f"- {code(one)}" for one in ids[:_CELLS_SHOWN]]
    if len(ids) > _CELLS_SHOWN:
        lines.append(f"- and {len(ids) - _CELLS_SHOWN} more")
    yield "<details><summary>Every cell that fails the gate (`crossload explain ID`)</summary>"
    yield "\n".join(lines)
    yield "</details>"
