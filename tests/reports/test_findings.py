"""What a finding advises: what worked for most of its cells, nothing that the run disproved."""

from __future__ import annotations

from collections.abc import Sequence

from crossload.reports.document import AdviceRow, CellRow, RemedyRow, Report, RunRow
from crossload.reports.findings import Finding, find
from crossload.runner.causes.values import Cause, Family, RemedyState
from crossload.runner.words import Format, Verdict

CAUSE = Cause("moved", Family.MODULE_PATH, "the class has moved", ())
RUN = RunRow(1, "finished", "default", "2026-11-28T00:00:00+00:00", None, "0.1", 1e-5, 4, 1e-2)


def finding_of(
    *cells: Sequence[RemedyRow], advice: tuple[AdviceRow, ...] = (), damaged: bool = False
) -> tuple[Finding, ...]:
    """The findings of one failing cell per list of remedies."""
    rows = tuple(
        CellRow(
            f"a/m{number}.h5/b",
            "a",
            f"m{number}",
            Format.H5,
            "b",
            Verdict.FAILS,
            cause=CAUSE,
            damaged=damaged,
            remedies=tuple(remedies),
            advice=advice,
        )
        for number, remedies in enumerate(cells)
    )
    return find(Report(RUN, (), tuple(row.model for row in rows), (Format.H5,), rows))


def remedy(name: str, state: RemedyState) -> RemedyRow:
    return RemedyRow(name, name, "", state)


def test_the_advice_is_what_worked_for_most_cells() -> None:
    (one,) = finding_of(
        [remedy("rename", RemedyState.WORKED)],
        [remedy("rename", RemedyState.DID_NOT_HELP), remedy("rebuild", RemedyState.WORKED)],
        [remedy("rebuild", RemedyState.WORKED)],
    )
    assert one.helps == "rebuild (worked for 2 of 3)"


def test_what_the_run_disproved_is_not_advised() -> None:
    (one,) = finding_of(
        [remedy("save as .keras", RemedyState.NOT_TRIED)],
        [remedy("save as .keras", RemedyState.DID_NOT_HELP)],
    )
    assert one.helps == ""


def test_what_was_not_tried_says_so() -> None:
    (one,) = finding_of([remedy("downgrade", RemedyState.NOT_TRIED)])
    assert one.helps == "downgrade (not tried)"


def test_damaged_files_are_no_finding() -> None:
    assert finding_of([], damaged=True) == ()
