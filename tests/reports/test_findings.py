"""What a finding advises: what worked for most of its cells, nothing that the run disproved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crossload.reports.document import AdviceRow, CellRow, RemedyRow, Report, RunRow
from crossload.reports.findings import Finding, error_line, find
from crossload.reports.gather import gather_judged
from crossload.reports.places import places
from crossload.runner.causes.values import Cause, Family, RemedyState
from crossload.runner.records import ProbeError
from crossload.runner.words import Format, Verdict
from tests.reports.samples import sample_run

CAUSE = Cause("moved", Family.MODULE_PATH, "the class has moved", ())
RUN = RunRow(1, "finished", "default", "2026-11-28T00:00:00+00:00", None, "0.1", 1e-5, 4, 1e-2)


def failing(number: int) -> CellRow:
    """A cell of a model of its own that does not load, for a known cause."""
    name = f"m{number}"
    return CellRow(f"a/{name}.h5/b", "a", name, Format.H5, "b", Verdict.FAILS, cause=CAUSE)


def finding_of(
    *cells: Sequence[RemedyRow], advice: tuple[AdviceRow, ...] = (), damaged: bool = False
) -> tuple[Finding, ...]:
    """The findings of one failing cell per list of remedies."""
    rows = tuple(
        replace(failing(number), damaged=damaged, remedies=tuple(remedies), advice=advice)
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


def few(number: int, of: int, state: RemedyState, *, behind: bool = False) -> list[list[RemedyRow]]:
    """The remedies of cells of which a few were helped by the newest version, and none else."""
    one, rest = remedy("upgrade", RemedyState.WORKED), remedy("upgrade", state)
    return [[replace(one if at < number else rest, behind=behind)] for at in range(of)]


def test_what_worked_for_a_few_is_not_advised_to_all() -> None:
    """It is said in plain words, and only where nothing else can be advised."""
    cells = few(3, 8, RemedyState.DID_NOT_HELP)
    (one,) = finding_of(*cells, advice=(AdviceRow("load it where it was saved"),))
    assert one.helps == "only for some: upgrade (worked for 3 of 8)"
    (one,) = finding_of(*([*each, remedy("edit", RemedyState.CANNOT_BE_TRIED)] for each in cells))
    assert one.helps == "edit (not tried)"
    (one,) = finding_of(*few(4, 8, RemedyState.DID_NOT_HELP))
    assert one.helps == "upgrade (worked for 4 of 8)"


def test_what_works_with_the_models_code_is_advised_with_that_condition() -> None:
    (one,) = finding_of(*few(3, 8, RemedyState.NEEDS_CODE))
    assert one.helps == "upgrade (worked for 8 of 8, 5 of them with the model's code)"
    (one,) = finding_of(*few(0, 8, RemedyState.NEEDS_CODE))
    assert one.helps == "upgrade (worked for 8 of 8, with the model's code)"


def test_what_worked_wherever_it_was_tried_may_help_the_others() -> None:
    (one,) = finding_of(*few(3, 8, RemedyState.NOT_TRIED))
    assert one.helps == "upgrade (worked in 3 of 3)"


def test_a_remedy_of_the_next_obstacle_is_advised_only_if_it_worked_for_most() -> None:
    cells = few(2, 8, RemedyState.NOT_TRIED, behind=True)
    (one,) = finding_of(*cells, advice=(AdviceRow("load it where it was saved"),))
    assert one.helps == "load it where it was saved"
    (one,) = finding_of(*few(5, 8, RemedyState.NOT_TRIED, behind=True))
    assert one.helps == "upgrade (worked for 5 of 8)"


def test_what_the_run_disproved_is_not_advised() -> None:
    (one,) = finding_of(
        [remedy("save as .keras", RemedyState.NOT_TRIED)],
        [remedy("save as .keras", RemedyState.DID_NOT_HELP)],
    )
    assert one.helps == ""


def test_what_was_not_tried_says_so() -> None:
    (one,) = finding_of([remedy("downgrade", RemedyState.NOT_TRIED)])
    assert one.helps == "downgrade (not tried)"


def test_the_error_is_one_of_those_that_the_sentence_is_about() -> None:
    """Cells of one cause name different classes; the sentence and the error name the same."""
    cells = tuple(
        replace(
            failing(number),
            cause=replace(CAUSE, sentence=f"{name} has moved"),
            error=ProbeError("ValueError", f"Unknown layer: {name}"),
        )
        for number, name in enumerate(["Tower", "Scale", "Scale"])
    )
    (one,) = find(Report(RUN, (), ("m0", "m1", "m2"), (Format.H5,), cells))
    assert one.cause is not None
    assert one.cause.sentence == "Scale has moved"
    assert one.error == "ValueError: Unknown layer: Scale"


def test_an_error_line_keeps_the_reason_at_the_end() -> None:
    config = "{'name': 'dense', 'units': 10, " + "'initializer': None, " * 30 + "}"
    message = (
        f"Error when deserializing class 'Dense' using config={config}.\n\n"
        "Exception encountered: Unrecognized keyword arguments: ['quantization_config']"
    )
    row = CellRow("a/m.h5/b", "a", "m", Format.H5, "b", Verdict.FAILS)
    line = error_line(replace(row, error=ProbeError("TypeError", message)))
    assert line.startswith("TypeError: Error when deserializing class 'Dense'")
    assert line.endswith("Unrecognized keyword arguments: ['quantization_config']")
    assert "\n" not in line
    assert len(line) < 350


def test_damaged_files_are_no_finding() -> None:
    assert finding_of([], damaged=True) == ()


def test_versions_in_use_are_read_first_the_newest_on_top() -> None:
    sample = sample_run(11, ("lambda",))  # with fewer environments, none is folded
    report = gather_judged(sample.snapshot, sample.judged)
    order = [one.id for one in sorted(places(report), key=lambda one: one.folded)]
    one = max(find(report), key=lambda one: len(one.loaders))
    assert len(one.loaders) > 1
    assert list(one.loaders) == [name for name in order if name in one.loaders]
    assert one.cells[0].saver == one.savers[0]
    assert one.where.startswith(f"saved by {one.savers[0]}")
