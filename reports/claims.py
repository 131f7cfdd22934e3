"""Claims in the report: the document's rows for judged claims, and their wording.

Owns the sentences about claims, shared by the page, Markdown and the terminal.
`runner.analysis.claims` decides whether a claim holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from crossload.reports.cleaning import clean, clean_line
from crossload.reports.document import CellRow, ClaimRow, ErrorCount
from crossload.runner.analysis.claims import ClaimStatus, JudgedClaim, judge_claims
from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.cases.claim_model import Claim, Expected, Extent
from crossload.runner.ledger.snapshot import RunSnapshot
from crossload.runner.records import Cell
from crossload.runner.words import Verdict

# A claim's status is drawn like the verdict that is as good or as bad.
LOOKS: Mapping[ClaimStatus, Verdict] = {
    ClaimStatus.HOLDS: Verdict.SAME,
    ClaimStatus.HOLDS_FOR_SOME: Verdict.PARTIAL,
    ClaimStatus.DOES_NOT_HOLD: Verdict.FAILS,
    ClaimStatus.NOT_MEASURED: Verdict.NOT_RUN,
}
_COUNTED = {
    ClaimStatus.HOLDS: ("holds", "hold"),
    ClaimStatus.HOLDS_FOR_SOME: ("holds for some", "hold for some"),
    ClaimStatus.DOES_NOT_HOLD: ("does not hold", "do not hold"),
    ClaimStatus.NOT_MEASURED: ("was not measured", "were not measured"),
}
_EXPECTED = {
    Expected.LOADS: "a plain load gives the same outputs",
    Expected.KEEPS: "a plain load works and keeps {checks}",
    Expected.LOSES: "a plain load works and loses {checks}",
    Expected.DIFFERS: "a plain load gives different outputs without an error",
    Expected.FAILS: "a plain load fails{error}",
    Expected.NEEDS: "a plain load fails{error}, and the strategy {strategy} works",
    Expected.SAVES: "the file can be saved",
    Expected.UNSAVED: "saving fails{error}",
}
_SAVING = {Expected.SAVES, Expected.UNSAVED}
_ERRORS = 8
_CONDITION = 600
_MESSAGE = 200


def claim_rows(
    claims: Sequence[Claim], snapshot: RunSnapshot, judged: Sequence[JudgedCell]
) -> tuple[ClaimRow, ...]:
    """The judged claims that this run has cells for, by source; those not measured come last."""
    rows = [_row(one) for one in judge_claims(claims, judged, snapshot.environments)]
    sources = list(dict.fromkeys(row.source for row in rows))
    return tuple(
        sorted(
            rows,
            key=lambda row: (sources.index(row.source), row.status is ClaimStatus.NOT_MEASURED),
        )
    )


def counted(rows: Iterable[ClaimRow]) -> str:
    """`3 hold, 1 holds for some, 2 do not hold`."""
    counts = Counter(row.status for row in rows)
    return ", ".join(
        f"{counts[one]} {words[0] if counts[one] == 1 else words[1]}"
        for one, words in _COUNTED.items()
        if counts[one]
    )


def by_source(rows: Iterable[ClaimRow]) -> Mapping[str, tuple[ClaimRow, ...]]:
    """The claims of each source, in the order of the rows."""
    groups: dict[str, tuple[ClaimRow, ...]] = {}
    for row in rows:
        groups[row.source] = (*groups.get(row.source, ()), row)
    return groups


def evidence(row: ClaimRow) -> str:
    """How many cells confirm it, and what the others show, in one sentence."""
    if row.unmeasurable:
        return row.unmeasurable
    total = row.confirming + row.refuting
    parts = []
    if total:
        parts.append(f"true in {row.confirming:,} of {_units(row, total)}")
    if row.unsaved:
        parts.append(f"no file to load in {_units(row, row.unsaved)}, because saving fails")
    if row.beside:
        verb = "fails" if row.beside == 1 else "fail"
        parts.append(f"{_units(row, row.beside)} {verb} for another reason")
    if row.unmeasured:
        parts.append(f"{_units(row, row.unmeasured)} not measured")
    return "; ".join(parts) or "this run has no cell that tests it"


def _units(row: ClaimRow, count: int) -> str:
    return f"{count:,} {row.unit}{'' if count == 1 else 's'}"


def errors_line(row: ClaimRow) -> str:
    """The exceptions that were raised, the most frequent first: `ValueError (12), OSError (3)`."""
    return ", ".join(f"{one.type} ({one.count:,})" for one in row.errors)


def known_cells(ids: Sequence[str], cells: Mapping[str, CellRow]) -> tuple[str, ...]:
    """The example cells that the report shows."""
    return tuple(one for one in ids if one in cells)


def _row(judged: JudgedClaim) -> ClaimRow:
    claim = judged.claim
    return ClaimRow(
        id=clean_line(claim.id),
        says=clean_line(claim.says),
        source=clean_line(claim.source),
        case=clean_line(claim.case),
        status=judged.status,
        expected=_expected(claim),
        unit="saved file" if claim.expected in _SAVING else "cell",
        confirming=judged.confirming,
        refuting=judged.refuting,
        unsaved=judged.unsaved,
        unmeasured=judged.unmeasured,
        beside=judged.beside,
        holds_for=clean(judged.holds_for, _CONDITION),
        not_for=clean(judged.not_for, _CONDITION),
        errors=tuple(
            ErrorCount(clean_line(one.type), one.count, clean_line(one.message, _MESSAGE))
            for one in judged.errors[:_ERRORS]
        ),
        for_it=_ids(judged.for_it),
        against_it=_ids(judged.against_it),
        unmeasurable=clean_line(claim.unmeasurable),
    )


def _ids(cells: Iterable[Cell]) -> tuple[str, ...]:
    return tuple(clean_line(str(cell)) for cell in cells)


def _expected(claim: Claim) -> str:
    if claim.expected is None:
        return ""
    error = f" with {' or '.join(claim.exceptions)}" if claim.exceptions else ""
    if claim.message:
        error += f" and the message {claim.message!r}"
    text = _EXPECTED[claim.expected].format(
        error=error, strategy=claim.strategy, checks=" and ".join(claim.checks) or "everything"
    )
    unit = "saved file" if claim.expected in _SAVING else "cell"
    extent = f"at least one {unit}" if claim.extent is Extent.SOME else f"every {unit}"
    return clean_line(f"{text}, in {extent}")
