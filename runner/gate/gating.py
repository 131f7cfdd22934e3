"""The ruling of the gate: which findings are new, known or none of the upgrade's doing.

Owns how the policy and the threshold apply, and what became of each entry of the policy. Pure: the
day is an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.errors import ExitCode
from crossload.runner.gate.findings import Examined, Finding, Kind
from crossload.runner.gate.policy import Policy, PolicyEntry
from crossload.runner.thresholds import DEFAULT_THRESHOLD
from crossload.runner.words import Verdict, Word


class Standing(Word):
    """How a finding stands; the first three fail the gate."""

    NEW = "new"
    WORSE = "worse-than-known"
    EXPIRED = "expired"
    KNOWN = "known"
    BELOW = "below-threshold"
    ALREADY = "already-before"
    NOT_MEASURED = "not-measured"


FAILING = (Standing.NEW, Standing.WORSE, Standing.EXPIRED)


class EntryState(Word):
    """What became of an entry of the policy."""

    USED = "used"
    EXPIRED = "expired"
    FIXED = "fixed"
    UNUSED = "selects-nothing"
    OTHER_PAIR = "about-another-pair"


@dataclass(frozen=True)
class Ruling:
    """A finding and how it stands; `entry` is the one of the policy that this rests on."""

    finding: Finding
    standing: Standing
    entry: PolicyEntry | None = None


@dataclass(frozen=True)
class RuledEntry:
    """An entry of the policy and what became of it."""

    entry: PolicyEntry
    state: EntryState


@dataclass(frozen=True)
class Side:
    """One environment of the upgrade; `problem` says why it could not be used, if so."""

    id: str
    name: str
    versions: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    advice: str = ""

    @property
    def names(self) -> tuple[str, str]:
        return (self.name, self.id)

    @property
    def title(self) -> str:
        """What people call it: `TensorFlow 2.15.1, Keras 2.15.0`; its id where that is unknown."""
        known = dict(self.versions)
        titles = (("tensorflow", "TensorFlow"), ("keras_in_use", "Keras"), ("keras", "Keras"))
        parts = {title: known[key] for key, title in reversed(titles) if key in known}
        order = [one for one in ("TensorFlow", "Keras") if one in parts]
        return ", ".join(f"{one} {parts[one]}" for one in order) or self.id


@dataclass(frozen=True)
class GateResult:
    """What the gate says of one upgrade; cells are in the order of the run."""

    before: Side
    after: Side
    threshold: Verdict
    rulings: tuple[Ruling, ...]
    same: tuple[JudgedCell, ...]
    unsaved: tuple[JudgedCell, ...]
    entries: tuple[RuledEntry, ...]
    policy: Policy

    def standing(self, *standings: Standing) -> tuple[Ruling, ...]:
        """The findings that stand so."""
        return tuple(one for one in self.rulings if one.standing in standings)

    def entries_that_are(self, *states: EntryState) -> tuple[PolicyEntry, ...]:
        return tuple(one.entry for one in self.entries if one.state in states)

    @property
    def failing(self) -> tuple[Ruling, ...]:
        """What fails the gate: findings that are new, worse than known, or whose entry expired."""
        return self.standing(*FAILING)

    @property
    def is_unknown(self) -> bool:
        """Whether something could not be found out."""
        return bool(self.standing(Standing.NOT_MEASURED))

    @property
    def exit_code(self) -> ExitCode:
        """1 where something fails the gate, 4 where something could not be measured, else 0."""
        if self.failing:
            return ExitCode.INCOMPATIBLE
        return ExitCode.ENVIRONMENTS if self.is_unknown else ExitCode.OK


@dataclass(frozen=True)
class GateRequest:
    """What the gate goes by besides what was measured."""

    before: Side
    after: Side
    policy: Policy
    today: date
    threshold: Verdict = DEFAULT_THRESHOLD


def gate(examined: Examined, request: GateRequest) -> GateResult:
    """Rule on every finding; never raises, whatever was measured."""
    return GateResult(
        before=request.before,
        after=request.after,
        threshold=request.threshold,
        rulings=tuple(_rule(one, request) for one in examined.findings),
        same=examined.same,
        unsaved=examined.unsaved,
        entries=tuple(
            RuledEntry(one, _state(one, examined, request)) for one in request.policy.entries
        ),
        policy=request.policy,
    )


def _rule(finding: Finding, request: GateRequest) -> Ruling:
    if finding.kind is Kind.NOT_MEASURED:
        return Ruling(finding, Standing.NOT_MEASURED)
    if not finding.is_new:
        return Ruling(finding, Standing.ALREADY)
    about = [one for one in request.policy.entries if _takes(one, finding, request)]
    valid = [one for one in about if not one.has_expired(request.today)]
    known = _enough(valid, finding)
    if known is not None:
        return Ruling(finding, Standing.KNOWN, known)
    if request.threshold.is_worse_than(finding.verdict):
        return Ruling(finding, Standing.BELOW)
    expired = _enough(about, finding)
    if expired is not None:
        return Ruling(finding, Standing.EXPIRED, expired)
    return Ruling(finding, Standing.WORSE, valid[0]) if valid else Ruling(finding, Standing.NEW)


def _enough(entries: Sequence[PolicyEntry], finding: Finding) -> PolicyEntry | None:
    """The first entry that accepts a verdict as bad as the finding's."""
    return next((one for one in entries if not finding.verdict.is_worse_than(one.verdict)), None)


def _takes(entry: PolicyEntry, finding: Finding, request: GateRequest) -> bool:
    return entry.takes(finding.cell, request.before.names, request.after.names)


def _state(entry: PolicyEntry, examined: Examined, request: GateRequest) -> EntryState:
    before, after = request.before.names, request.after.names
    if not entry.is_for(before, after):
        return EntryState.OTHER_PAIR
    if not any(entry.takes(cell, before, after) for cell in examined.cells):
        return EntryState.UNUSED
    if not any(_takes(entry, one, request) for one in examined.findings):
        return EntryState.FIXED
    return EntryState.EXPIRED if entry.has_expired(request.today) else EntryState.USED
