"""Whether claims are true: pure functions over the judged cells of a run.

Owns what a cell says of a claim and what all its cells say together. `runner.analysis.conditions`
puts into words for which versions a claim holds.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crossload.runner.analysis.claim_facts import Facts, facts_of, selects_file, selects_pair
from crossload.runner.analysis.conditions import Seen, conditions_of
from crossload.runner.analysis.judged import JudgedCell, Tried, TryResult
from crossload.runner.cases.claim_model import Claim, Expected, Extent, Where
from crossload.runner.ledger.snapshot import SavedFile
from crossload.runner.records import Cell, EnvironmentRecord, ProbeError
from crossload.runner.words import Format, Strategy, Verdict, Word

MISSING_PACKAGE = "ModuleNotFoundError"  # a script asks for what the environment does not have
_EXAMPLES = 6
_SAVING = {Expected.SAVES, Expected.UNSAVED}
_LOADING = {Expected.LOADS, Expected.KEEPS, Expected.LOSES}


class ClaimStatus(Word):
    """What was measured of a claim."""

    HOLDS = "holds"
    HOLDS_FOR_SOME = "holds-for-some"
    DOES_NOT_HOLD = "does-not-hold"
    NOT_MEASURED = "not-measured"


@dataclass(frozen=True)
class SeenError:
    """An exception that was really raised: its class, how often, and one of its messages."""

    type: str
    count: int
    message: str


@dataclass(frozen=True)
class JudgedClaim:
    """A claim and what its cells say.

    `confirming` and `refuting` are counts of cells (of saved files, where the claim is about
    saving), `unsaved` of cells without a file to load, `unmeasured` of those that nothing is known
    of, `beside` of those that fail for another reason than the claim's.
    `holds_for` and `not_for` say in words which pairs confirm and refute, where both do (only
    the first, where it need not be true for every pair).
    `errors` are those of the cells that count, or of the saves where no file could be made.
    """

    claim: Claim
    status: ClaimStatus
    confirming: int = 0
    refuting: int = 0
    unsaved: int = 0
    unmeasured: int = 0
    beside: int = 0
    holds_for: str = ""
    not_for: str = ""
    errors: tuple[SeenError, ...] = ()
    for_it: tuple[Cell, ...] = ()
    against_it: tuple[Cell, ...] = ()


def judge_claims(
    claims: Iterable[Claim],
    judged: Sequence[JudgedCell],
    environments: Iterable[EnvironmentRecord],
) -> tuple[JudgedClaim, ...]:
    """Judge each claim by the cells of a run; never raises, whatever was measured.

    Those of a case that the run does not have are left out, and those of a source of which not one
    is about any of these cells.
    """
    claims = tuple(claims)
    if not claims:
        return ()
    run = _Run(judged, environments)
    cases = {"", *(one.cell.model for one in judged)}
    answers = [(claim, _judge(claim, run)) for claim in claims if claim.case in cases]
    sources = {claim.source for claim, answer in answers if answer is not None}
    return tuple(
        answer or JudgedClaim(claim, ClaimStatus.NOT_MEASURED)
        for claim, answer in answers
        if claim.source in sources
    )


class _Run:
    """The judged cells by file, each with what it came to and the facts of its environments."""

    def __init__(
        self, judged: Sequence[JudgedCell], environments: Iterable[EnvironmentRecord]
    ) -> None:
        records = tuple(environments)
        self._facts: Mapping[bool, Mapping[str, Facts]] = {
            scripted: {one.id: facts_of(one, scripted=scripted) for one in records}
            for scripted in (True, False)
        }
        self._selected: dict[tuple[Where, bool], frozenset[tuple[str, str]]] = {}
        self._files: dict[tuple[str, Format], list[Seen]] = {}
        self._outcomes: dict[tuple[str, Format], dict[tuple[str, str], Expected | None]] = {}
        for one in judged:
            self._add(one)

    def _add(self, judged: JudgedCell) -> None:
        cell, plain = judged.cell, _tried(judged, Strategy.PLAIN)
        error = judged.error if plain is None else plain.error
        outcome = _outcome_of(judged, plain, error)
        facts, file = self._facts[cell.format.is_script], (cell.model, cell.format)
        self._outcomes.setdefault(file, {})[cell.saver, cell.loader] = outcome
        if cell.saver in facts and cell.loader in facts:
            seen = Seen(judged, facts[cell.saver], facts[cell.loader], outcome, plain, error)
            self._files.setdefault(file, []).append(seen)

    def about(self, claim: Claim) -> list[Seen]:
        """The cells that a claim is about."""
        found: list[Seen] = []
        needs_others = claim.where.own_reload or claim.where.control
        for (model, file_format), cells in self._files.items():
            if selects_file(claim.where, model, file_format):
                pairs = self._pairs(claim, scripted=file_format.is_script)
                found += [
                    one
                    for one in cells
                    if (one.saver.id, one.loader.id) in pairs
                    and not (needs_others and not self._others_fit(claim, one.judged.cell))
                ]
        return found

    def _pairs(self, claim: Claim, *, scripted: bool) -> frozenset[tuple[str, str]]:
        """The pairs of environments that a claim is about."""
        key = (claim.where, scripted)
        if key not in self._selected:
            facts = self._facts[scripted].values()
            self._selected[key] = frozenset(
                (saver.id, loader.id)
                for saver in facts
                for loader in facts
                if selects_pair(claim.where, saver, loader)
            )
        return self._selected[key]

    def _others_fit(self, claim: Claim, cell: Cell) -> bool:
        """Whether the saver's own reload, and the control, came to what the claim asks for."""
        wanted, control = claim.where.own_reload, claim.where.control
        if wanted:
            reloads = self._outcomes[cell.model, cell.format]
            if reloads.get((cell.saver, cell.saver)) is not wanted:
                return False
        if not control:
            return True
        controls = self._outcomes.get((control, cell.format), {})
        return controls.get((cell.saver, cell.loader)) is Expected.LOADS


def _judge(claim: Claim, run: _Run) -> JudgedClaim | None:
    """The claim judged; None where it is about no cell of the run."""
    if claim.expected is None:
        return None
    cells = run.about(claim)
    if not cells:
        return None
    if claim.expected in _SAVING:
        by_file = {SavedFile.of(one.judged.cell): one for one in reversed(cells)}
        cells = list(reversed(by_file.values()))
    measured = [one for one in cells if one.outcome is not None]
    counted = measured
    if claim.expected not in _SAVING:
        counted = [one for one in measured if one.outcome is not Expected.UNSAVED]
    telling = [one for one in counted if not _fails_beside(claim, one)]
    confirming, refuting = list[Seen](), list[Seen]()
    for one in telling:
        (confirming if _confirms(claim, one) else refuting).append(one)
    holds_for, not_for = conditions_of(confirming, refuting, of_savers=claim.expected in _SAVING)
    if claim.extent is Extent.SOME:
        not_for = ""  # nobody said that it is true for every pair
    return JudgedClaim(
        claim=claim,
        status=_status(claim, confirming, refuting),
        confirming=len(confirming),
        refuting=len(refuting),
        unsaved=len(measured) - len(counted),
        unmeasured=len(cells) - len(measured),
        beside=len(counted) - len(telling),
        holds_for=holds_for,
        not_for=not_for,
        errors=_errors(claim, telling or measured),
        for_it=tuple(one.judged.cell for one in confirming[:_EXAMPLES]),
        against_it=tuple(one.judged.cell for one in refuting[:_EXAMPLES]),
    )


def _status(claim: Claim, confirming: Sequence[Seen], refuting: Sequence[Seen]) -> ClaimStatus:
    if not confirming and not refuting:
        return ClaimStatus.NOT_MEASURED
    if not confirming:
        return ClaimStatus.DOES_NOT_HOLD
    if refuting and claim.extent is Extent.EVERY:
        return ClaimStatus.HOLDS_FOR_SOME
    return ClaimStatus.HOLDS


def _outcome_of(
    judged: JudgedCell, plain: Tried | None, error: ProbeError | None
) -> Expected | None:
    """`loads`, `differs`, `fails` or `unsaved`, by the plain load alone; None if not measured.

    A script that lacks a package of its own says nothing of the file.
    """
    if judged.verdict.is_unknown:
        return None
    if judged.cell.format.is_script and error and _last(error.type) == MISSING_PACKAGE:
        return None
    if judged.verdict is Verdict.UNSAVED:
        return Expected.UNSAVED
    if plain is None:
        return None
    if plain.result is TryResult.AGREES:
        return Expected.LOADS
    return Expected.DIFFERS if plain.result is TryResult.DIFFERS else Expected.FAILS


def _fails_beside(claim: Claim, seen: Seen) -> bool:
    """Whether a cell fails for another kind of reason than the claim is about."""
    if not claim.causes or seen.outcome is not Expected.FAILS:
        return False
    cause = seen.judged.cause
    return cause is None or cause.family not in claim.causes


def _confirms(claim: Claim, seen: Seen) -> bool:
    """Whether a measured cell is as the claim says."""
    judged, outcome, expected = seen.judged, seen.outcome, claim.expected
    if expected is Expected.SAVES:
        return outcome is not Expected.UNSAVED
    if expected in _LOADING:
        return outcome is Expected.LOADS and _losses_fit(claim, seen.plain)
    if expected is Expected.DIFFERS:
        return outcome is Expected.DIFFERS
    if expected is Expected.NEEDS:
        helper = _tried(judged, claim.strategy) if claim.strategy else None
        if helper is None or helper.result is not TryResult.AGREES:
            return False
    wanted = Expected.UNSAVED if expected is Expected.UNSAVED else Expected.FAILS
    return outcome is wanted and _error_fits(claim, seen.error)


def _losses_fit(claim: Claim, plain: Tried | None) -> bool:
    lost = set(plain.lost) if plain else set()
    if claim.checks:
        lost &= set(claim.checks)
    return claim.expected is Expected.LOADS or bool(lost) is (claim.expected is Expected.LOSES)


def _error_fits(claim: Claim, error: ProbeError | None) -> bool:
    if not claim.exceptions and not claim.message:
        return True
    if error is None or claim.message not in error.message:
        return False
    return not claim.exceptions or any(_is_a(error.type, one) for one in claim.exceptions)


def _is_a(raised: str, claimed: str) -> bool:
    """Whether `except claimed` would catch it, as far as Python's own classes tell."""
    name = _last(raised)
    if name == claimed:
        return True
    ours, theirs = getattr(builtins, name, None), getattr(builtins, claimed, None)
    return isinstance(ours, type) and isinstance(theirs, type) and issubclass(ours, theirs)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _tried(judged: JudgedCell, strategy: Strategy) -> Tried | None:
    return next((one for one in judged.tried if one.strategy is strategy), None)


def _errors(claim: Claim, cells: Iterable[Seen]) -> tuple[SeenError, ...]:
    """The exceptions of these cells, the most frequent first; of saves, if the claim is of them."""
    found: dict[str, list[str]] = {}
    for one in cells:
        if claim.expected in _SAVING and one.outcome is not Expected.UNSAVED:
            continue
        if one.error is not None:
            found.setdefault(one.error.type, []).append(one.error.message)
    errors = [SeenError(name, len(texts), texts[0]) for name, texts in found.items()]
    return tuple(sorted(errors, key=lambda one: (-one.count, one.type)))
