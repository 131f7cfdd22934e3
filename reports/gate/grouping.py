"""Findings with the same trouble as one group, so that sixty cells of one cause are one line.

Owns the grouping and what a group says of itself; each output lays it out in its own way.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from crossload.reports.findings import named
from crossload.runner.causes.values import Cause, CellRemedy, Proof
from crossload.runner.formats import strategy_advice
from crossload.runner.gate import Finding, Kind, Ruling
from crossload.runner.prose import counted
from crossload.runner.words import Strategy, Verdict

# What varies from one file to the next in the message of one error of a framework.
_VARIABLE = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|0x[0-9a-fA-F]+|/\S+|\d\S*")


@dataclass(frozen=True)
class Help:
    """What was proved to work: one sentence, the code for it, and in how many cells."""

    sentence: str
    code: str
    cells: int


@dataclass(frozen=True)
class Group:
    """Findings of one kind with one verdict and one cause, or with like words where none is known.

    `sentence` is the cause's as most cells say it, else the first cell's own. `helps` are those
    remedies that were proved, the one that works in most cells first.
    """

    kind: Kind
    verdict: Verdict
    rulings: tuple[Ruling, ...]
    cause: Cause | None
    sentence: str
    helps: tuple[Help, ...]

    @property
    def rule(self) -> str:
        """The id of the cause, or a name for what has none."""
        return rule_id(self.rulings[0].finding)

    @property
    def files(self) -> str:
        """`dense, lstm, lambda and 4 more as h5 (7 files)`."""
        cells = [one.finding.cell for one in self.rulings]
        models = tuple(dict.fromkeys(one.model for one in cells))
        formats = tuple(dict.fromkeys(str(one.format) for one in cells))
        return f"{named(models)} as {named(formats)} ({counted(len(cells), 'file')})"

    @property
    def help(self) -> str:
        """What helps most, and how often it was proved; empty where nothing does."""
        if not self.helps:
            return ""
        best = self.helps[0]
        return f"{best.sentence} (worked for {best.cells} of {len(self.rulings)})"


def grouped(rulings: Iterable[Ruling]) -> tuple[Group, ...]:
    """The groups, by kind in the order of `Kind`, then the biggest first."""
    groups: dict[tuple[str, ...], list[Ruling]] = defaultdict(list)
    for one in rulings:
        found = one.finding
        key = (str(found.kind), str(found.verdict), *_signature(found))
        groups[key].append(one)
    made = [_group(each) for each in groups.values()]
    order = list(Kind)
    made.sort(key=lambda one: (order.index(one.kind), -len(one.rulings), one.sentence))
    return tuple(made)


def rule_id(finding: Finding) -> str:
    """The id of a finding's cause; `no-known-cause-of-fails` where it has none."""
    return finding.cause.id if finding.cause else f"no-known-cause-of-{finding.verdict}"


def helps_of(finding: Finding) -> tuple[Help, ...]:
    """What was proved to help one cell, the plainest first.

    A remedy of its cause after which the file loads plainly, then the strategy that loads this very
    file; what needs another strategy on top only where there is neither.
    """
    told = [(one, Help(_told(one), one.code, 1)) for one in finding.remedies]
    plain = tuple(said for one, said in told if one.proof.strategy is None)
    if finding.strategy in {None, Strategy.PLAIN}:
        return plain or tuple(said for _, said in told)
    assert finding.strategy is not None  # the line above said so
    if plain:
        return plain
    return (Help(strategy_advice(finding.strategy, finding.cell.format), finding.code, 1),)


def _told(remedy: CellRemedy) -> str:
    if remedy.proof == Proof(strategy=remedy.proof.strategy) and remedy.evidence:
        return f"{remedy.sentence}, and load that {remedy.evidence}"
    return f"{remedy.sentence}: {remedy.evidence}" if remedy.evidence else remedy.sentence


def _signature(finding: Finding) -> tuple[str, ...]:
    if finding.cause is not None:
        return (finding.cause.id,)
    if finding.kind is Kind.LOST:
        return finding.lost
    if not finding.attempts:  # never loaded: the environment's sentence, or what is missing
        return (finding.sentence,)
    error = finding.error
    return (
        str(finding.cell.format),
        str(finding.own),
        *(f"{strategy} {result}" for strategy, result in finding.attempts),
        *finding.notes,
        *(() if error is None else (error.type, _VARIABLE.sub("", error.message))),
    )


def _group(rulings: list[Ruling]) -> Group:
    first = rulings[0].finding
    causes = Counter(one.finding.cause for one in rulings)
    cause = max(causes, key=lambda one: causes[one])
    return Group(
        kind=first.kind,
        verdict=first.verdict,
        rulings=tuple(rulings),
        cause=cause,
        sentence=cause.sentence if cause is not None else first.sentence,
        helps=_helps(rulings),
    )


def _helps(rulings: list[Ruling]) -> tuple[Help, ...]:
    counts: Counter[str] = Counter()
    codes: dict[str, str] = {}
    for ruling in rulings:
        for one in helps_of(ruling.finding):
            counts[one.sentence] += 1
            codes.setdefault(one.sentence, one.code)
    order = sorted(counts, key=lambda one: -counts[one])  # stable: the causes' own order remains
    return tuple(Help(one, codes[one], counts[one]) for one in order)
