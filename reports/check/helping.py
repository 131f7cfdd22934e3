"""What helps against the causes that a check found, each cause once.

Owns the grouping. `runner.analysis` decides causes and whether a remedy worked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from crossload.reports.check.lines import Line
from crossload.reports.document import CellRow
from crossload.runner.causes import RemedyState
from crossload.runner.words import Verdict


@dataclass(frozen=True)
class Help:
    """A cause, the loaders it affects, and what helps, verified remedies first.

    `cause` is empty if none is known; `sentence` is then the error, and `predicted` the prediction
    from the file alone. `unproved` load the file where no outputs are known to compare with.
    """

    cause: str
    sentence: str
    loaders: tuple[str, ...]
    verified: tuple[tuple[str, str], ...] = ()
    unproved: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()
    predicted: str = ""


def help_of(lines: Sequence[Line]) -> tuple[Help, ...]:
    """The causes of the lines that are not `same`, in order; lines without a known cause last."""
    known: dict[str, list[CellRow]] = {}
    unknown: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        if not (line.verdict.needs_cause or line.verdict is Verdict.NOT_RUN):
            continue
        if line.row.cause is not None:
            known.setdefault(line.row.cause.id, []).append(line.row)
        elif line.predicted:
            unknown.setdefault((line.said, line.predicted), []).append(line.row.loader)
    without = (
        Help("", said, tuple(dict.fromkeys(loaders)), predicted=predicted)
        for (said, predicted), loaders in unknown.items()
    )
    return (*(_one_help(rows) for rows in known.values()), *without)


@dataclass
class _Proof:
    """Where a remedy worked, and the evidence, in the order found."""

    loaders: dict[str, None] = field(default_factory=dict)
    evidence: dict[str, None] = field(default_factory=dict)

    def shown(self, loaders: Sequence[str]) -> str:
        """Both, leaving out the loaders if it worked in all of them."""
        evidence = ", ".join(one for one in self.evidence if one)
        where = "" if len(self.loaders) == len(loaders) else f" in {', '.join(self.loaders)}"
        return f"{where} ({evidence})" if evidence else where


def _one_help(rows: Sequence[CellRow]) -> Help:
    """What helps against one cause; verified if it worked in at least one of the cells."""
    cause = rows[0].cause
    assert cause is not None
    loaders = tuple(dict.fromkeys(row.loader for row in rows))
    verified: dict[tuple[str, str], _Proof] = {}
    unproved: dict[tuple[str, str], None] = {}
    others: dict[tuple[str, str], None] = {}
    for row in rows:
        for advice in row.advice:
            if advice.verified and advice.code not in {one.code for one in row.remedies}:
                verified.setdefault((advice.said, advice.code), _Proof()).loaders[row.loader] = None
        for remedy in row.remedies:
            entry = (remedy.said, remedy.code)
            if remedy.state is RemedyState.WORKED:
                proof = verified.setdefault(entry, _Proof())
                proof.loaders[row.loader] = None
                proof.evidence[remedy.evidence] = None
            elif remedy.state is RemedyState.UNPROVED:
                unproved[entry] = None
            elif remedy.state is not RemedyState.DID_NOT_HELP:
                others[entry] = None
    return Help(
        cause=cause.id,
        sentence=cause.sentence,
        loaders=loaders,
        verified=tuple(
            (f"{text}{proof.shown(loaders)}", code) for (text, code), proof in verified.items()
        ),
        unproved=tuple(one for one in unproved if one not in verified),
        others=tuple(one for one in others if one not in verified and one not in unproved),
        references=cause.references,
    )
