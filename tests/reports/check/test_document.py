"""What a check shows: the sentence, the lines, what helps; hostile texts and narrow streams."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from crossload.reports.check.as_json import as_json
from crossload.reports.check.document import HOW_TO_LOAD, NO_SANDBOX, CheckDocument, document_of
from crossload.reports.check.text import draw
from crossload.runner.analysis.judged import JudgedCell, TryResult
from crossload.runner.causes import CellRemedy, Family, RemedyState
from crossload.runner.causes.values import Cause, Proof
from crossload.runner.checking.running import Check, Checked, Refusal
from crossload.runner.errors import ExitCode
from crossload.runner.inspection.model import Finding, FindingKind
from crossload.runner.records import ProbeError
from crossload.runner.subjects.model import Subject
from crossload.runner.subjects.reading import LeftOut, Reading
from crossload.runner.words import Strategy, SubjectTask, Verdict
from tests.checking.examples import REFUSED, TF26, TF115, TF215, TF221, cell, script, subject
from tests.reports.samples import judged_cell, run_of
from tests.runs import attempted
from tests.schemas import validate

HOSTILE = "\x1b[31m[red]bad[/red]\x07\u202e<script>\n" + "x" * 5000
CAUSE = Cause("some-cause", Family.FORMAT, "it is written in another way", ("https://e.org/1",))
HELPS = CellRemedy("do-it", "do this instead", "model.do()", RemedyState.WORKED, Proof("tf2.15"))
MAYBE = CellRemedy("or-that", "or do that", "", RemedyState.NOT_TRIED)
NEVER = CellRemedy("not-that", "by no means that", "", RemedyState.DID_NOT_HELP)


def with_cause(one: JudgedCell, *remedies: CellRemedy) -> JudgedCell:
    return replace(one, cause=CAUSE, remedies=remedies)


def document(
    *cells: JudgedCell,
    of: Subject | None = None,
    left_out: Sequence[LeftOut] = (),
    refused: Sequence[LeftOut] = (),
    refusals: tuple[Refusal, ...] = (),
    contained: bool = True,
) -> CheckDocument:
    asked = frozenset(one.cell for one in cells if one.cell.loader != TF26.id)
    checked = Checked(of or subject(), TF26.id, refusals, cells, asked)
    snapshot = run_of([], cells).snapshot
    check = Check(snapshot, (checked,))
    reading = Reading((), tuple(left_out), tuple(refused))
    return document_of(check, Verdict.ASSISTED, reading, contained=contained)


def drawn(found: CheckDocument, *, width: int = 80, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    draw(found, Console(file=stream, width=width, color_system=None))
    stream.flush()
    return raw.getvalue().decode(encoding)


OWN = judged_cell(cell(TF26, TF26), Verdict.SAME)


def at(verdict: Verdict, where: object = TF221) -> JudgedCell:
    return judged_cell(cell(TF26, where), verdict)  # type: ignore[arg-type]


def sentence(*cells: JudgedCell, of: Subject | None = None) -> str:
    return document(*cells, of=of).parts[0].sentence


def test_the_sentence_names_the_worst_first() -> None:
    text = sentence(
        OWN, at(Verdict.SAME, TF115), at(Verdict.FAILS, TF215), at(Verdict.DIFFERS, TF221)
    )
    assert text == (
        "mine.h5 loads with the same outputs in 1 of 3 environments; it gives different outputs "
        f"without an error in {TF221.id}; it fails to load in {TF215.id}."
    )


def test_the_sentence_where_all_is_well_or_nothing_is() -> None:
    assert sentence(OWN, at(Verdict.SAME)) == (
        "mine.h5 loads with the same outputs in the one environment."
    )
    assert "in all 2 environments." in sentence(OWN, at(Verdict.SAME), at(Verdict.SAME, TF215))
    assert "in none of 1 environments; it fails to load" in sentence(OWN, at(Verdict.FAILS))
    lost = sentence(OWN, at(Verdict.PARTIAL))
    assert "(in 1 it loses the optimizer's state and the next training step)" in lost


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_can_be_put_in_words(verdict: Verdict) -> None:
    found = document(OWN, at(verdict))
    assert found.parts[0].sentence.endswith(".")
    assert str(verdict if verdict is not Verdict.UNSAVED else Verdict.NOT_RUN) in drawn(found)


def test_the_sentence_names_the_environment_that_cannot_be_used() -> None:
    lost = replace(at(Verdict.UNAVAILABLE), unusable=(TF26.id,))
    other = replace(at(Verdict.IMPOSSIBLE, TF215), unusable=(TF26.id,))
    assert sentence(OWN, lost, other).endswith(f"; it could not be tried without {TF26.id}.")


def test_a_script_names_saver_and_format() -> None:
    one = replace(at(Verdict.FAILS), cell=cell(TF215, TF221, "script"))
    text = sentence(one, of=script())
    assert (
        f"in none of 1 combinations; it fails to load in {TF221.id} from {TF215.id} as h5" in text
    )


def test_a_script_that_cannot_be_saved_somewhere() -> None:
    one = JudgedCell(cell(TF215, TF215, "script"), Verdict.UNSAVED)
    assert sentence(one, of=script()) == f"script.h5 could not be built and saved in {TF215.id}."


def test_a_cause_appears_once_with_its_verified_remedies() -> None:
    found = document(
        OWN,
        with_cause(at(Verdict.FAILS, TF215), MAYBE),
        with_cause(at(Verdict.FAILS), HELPS, MAYBE, NEVER),
    )
    (helps,) = found.parts[0].help
    assert helps.loaders == (TF215.id, TF221.id)
    told = f"do this instead in {TF221.id} (tf2.15)"  # and not in the other
    assert [text for text, _ in helps.verified] == [told]
    assert [text for text, _ in helps.others] == ["or do that"]
    text = drawn(found)
    assert text.count(f"works: {told}") == 1
    assert "or do that" not in text  # one that works is worth more than guesses
    assert "by no means" not in text
    assert text.count(CAUSE.sentence) == 3  # two lines of the table, and the cause
    assert found.code is ExitCode.INCOMPATIBLE


def test_the_proof_of_a_remedy_appears_next_to_it_once() -> None:
    again = replace(HELPS, proof=Proof("tf2.10"))
    found = document(
        OWN,
        with_cause(at(Verdict.FAILS, TF215), again),
        with_cause(at(Verdict.FAILS), HELPS),
    )
    assert [text for text, _ in found.parts[0].help[0].verified] == [
        "do this instead (tf2.10, tf2.15)"
    ]


def test_what_loads_without_known_outputs_is_no_bare_failure() -> None:
    expecting = replace(subject(), expects=True)
    recipe = 'model = crossload.load_model("$FILE", translate=True)'
    translates = replace(HELPS, sentence="translate it", state=RemedyState.UNPROVED, code=recipe)
    tried = (
        attempted(Strategy.PLAIN, TryResult.REFUSED, error=ProbeError("ValueError", "no")),
        attempted(Strategy.TRANSLATED, TryResult.UNPROVED),
    )
    found = document(OWN, replace(with_cause(at(Verdict.FAILS), translates, MAYBE), tried=tried))
    (line,) = [one for one in found.parts[0].lines if one.row.loader == TF221.id]
    assert line.verdict is Verdict.NOT_RUN
    given = document(OWN, replace(at(Verdict.FAILS), tried=tried), of=expecting)
    assert given.parts[0].baseline == "outputs compared with those passed as --outputs"
    assert line.said == (
        "fails plainly; loads through crossload's translator, but there is nothing to compare "
        "with; pass --inputs and --outputs"
    )
    assert found.parts[0].sentence.endswith(f"it could not be compared in {TF221.id}.")
    text = drawn(found)
    assert "loads, unproved: translate it\n" in text
    assert "untried: or do that\n" in text
    assert found.code is ExitCode.INCOMPATIBLE


def test_addresses_and_code_are_not_folded() -> None:
    address = f"https://example.org/{'a' * 90}"
    code = "model.do(" + ", ".join(["argument"] * 12) + ")"
    one = replace(
        with_cause(at(Verdict.FAILS), replace(HELPS, code=code)),
        cause=replace(CAUSE, references=(address,)),
    )
    text = drawn(document(OWN, one))
    assert f"see {address}\n" in text
    assert f"{code}\n" in text


def test_without_a_cause_the_prediction_is_shown_and_marked() -> None:
    old = subject(keras="3.9.0", generation=3)
    assert old.inspection is not None
    finding = Finding(kind=FindingKind.DAMAGED, text="it ends too early")
    broken = replace(old, inspection=replace(old.inspection, findings=(finding,)))
    found = document(OWN, at(Verdict.FAILS), of=broken)
    (line,) = [one for one in found.parts[0].lines if one.row.loader == TF221.id]
    assert line.predicted
    assert "no known cause" in drawn(found)
    assert "predicted from the file, not measured: " in drawn(found)
    assert "damaged: it ends too early" in drawn(found)


def test_what_is_there_for_comparison_shows_only_where_it_is_not_the_same() -> None:
    assert f"  {TF26.id}  " not in drawn(document(OWN, at(Verdict.SAME)))
    text = drawn(document(judged_cell(cell(TF26, TF26), Verdict.DIFFERS), at(Verdict.SAME)))
    assert f"  {TF26.id}  " in text
    assert "for comparison" in text


def test_an_error_in_the_users_file_is_reported_even_if_another_strategy_helped() -> None:
    one = at(Verdict.ASSISTED)
    error = ProbeError("OwnCodeFails", "layers.py, line 3: ImportError: no mypkg")
    tried = (*one.tried, attempted(Strategy.CUSTOM_OBJECTS, TryResult.REFUSED, error=error))
    found = document(OWN, replace(one, tried=tried))
    (warning,) = found.parts[0].warnings
    assert warning == f"your layers.py, line 3: ImportError: no mypkg (in {TF221.id})"


def test_a_bare_file_and_what_refused_it() -> None:
    bare = replace(subject(), task=SubjectTask.BARE)
    refusals = (Refusal(TF115.id, REFUSED), Refusal(TF221.id, REFUSED), Refusal(TF215.id, None))
    found = document(at(Verdict.FAILS), of=bare, refusals=refusals)
    told = dict(found.parts[0].refusals)
    assert told[TF115.id] == "ValueError: Unknown layer: Mine"
    assert told[TF215.id] == "the environment cannot be used"
    assert TF221.id not in told  # its line in the table says it


def test_a_bare_file_is_compared_with_the_outputs_that_were_passed() -> None:
    bare = replace(subject(), task=SubjectTask.BARE, expects=True)
    text = " ".join(drawn(document(at(Verdict.TRANSLATED), of=bare)).split())
    assert "outputs compared with those passed as --outputs" in text


def test_skipped_files_and_a_missing_sandbox_are_reported() -> None:
    out = LeftOut(Path("models/empty.h5"), "'models/empty.h5' cannot be inspected: it is empty")
    found = document(OWN, at(Verdict.SAME), left_out=[out], contained=False)
    assert found.code is ExitCode.ENVIRONMENTS
    text = " ".join(drawn(found).split())
    assert "Skipped 'models/empty.h5' cannot be inspected: it is empty" in text
    assert NO_SANDBOX.partition(":")[0] in text


def test_refused_files_are_listed_with_what_allows_them() -> None:
    out = LeftOut(Path("a.h5"), "a.h5 is not loaded without a sandbox: contains code: a Lambda")
    found = document(OWN, at(Verdict.SAME), refused=[out], contained=False)
    assert found.code is ExitCode.UNTRUSTED
    text = " ".join(drawn(found).split())
    assert "Refused a.h5 is not loaded without a sandbox: contains code: a Lambda" in text
    assert HOW_TO_LOAD in text
    assert json.loads(as_json(found))["refused"] == [{"path": "a.h5", "reason": out.reason}]


def test_a_cell_that_a_file_with_code_could_forge_is_marked() -> None:
    clean = subject()
    assert clean.inspection is not None
    finding = Finding(kind=FindingKind.CODE, text="a Lambda")
    coded = replace(clean, inspection=replace(clean.inspection, findings=(finding,)))
    assert "self-reported" not in drawn(document(OWN, at(Verdict.SAME), of=clean))
    found = document(OWN, at(Verdict.SAME), of=coded)
    (row,) = (line for line in drawn(found).splitlines() if TF221.id in line)
    assert row.rstrip().endswith("(self-reported)")
    validate("check", json.loads(as_json(found)))
    cells = json.loads(as_json(found))["models"][0]["cells"]
    assert [one["self_reported"] for one in cells] == [True, True]


def test_several_models_end_in_a_list() -> None:
    cells = [(name, judged_cell(cell(TF26, TF221, name), Verdict.SAME)) for name in ("one", "two")]
    snapshot = run_of([], [one for _, one in cells]).snapshot
    checked = tuple(
        Checked(subject(name), TF26.id, (), (one,), frozenset({one.cell})) for name, one in cells
    )
    text = drawn(document_of(Check(snapshot, checked), Verdict.ASSISTED, Reading(())))
    assert "All models\n  one.h5 loads" in text


def hostile() -> CheckDocument:
    bad = replace(subject(), path=Path(f"/tmp/{HOSTILE[:40]}.h5"))
    assert bad.inspection is not None
    origin = replace(bad.inspection.origin, keras=HOSTILE[:100])
    finding = Finding(kind=FindingKind.CODE, text=HOSTILE)
    inspection = replace(bad.inspection, origin=origin, findings=(finding,))
    bad = replace(bad, inspection=inspection)
    error = ProbeError(HOSTILE[:50], HOSTILE, HOSTILE)
    one = replace(at(Verdict.FAILS), error=error)
    refusal = Refusal(TF115.id, replace(REFUSED, report=replace(REFUSED.report, error=error)))
    out = LeftOut(Path(HOSTILE[:50]), HOSTILE)
    return document(one, of=bad, refusals=(refusal,), left_out=(out,))


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_hostile_texts_do_nothing_to_the_terminal(width: int, encoding: str) -> None:
    text = drawn(hostile(), width=width, encoding=encoding)
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "[red]bad[/red]" in text
    assert len(text) < 20_000


def test_a_stream_of_ascii_gets_ascii() -> None:
    found = document(OWN, at(Verdict.FAILS), of=replace(subject(), path=Path("модель.h5")))
    text = drawn(found, encoding="ascii")
    assert text.isascii()
    assert "fails" in text


@pytest.mark.parametrize("width", [60, 80])
def test_lines_fit_the_terminal(width: int) -> None:
    found = document(
        OWN, with_cause(at(Verdict.FAILS), HELPS), with_cause(at(Verdict.FAILS, TF215))
    )
    lines = drawn(found, width=width).splitlines()
    told = [line for line in lines if ": crossload " not in line]  # commands are there to be copied
    assert len(lines) - len(told) == 2
    assert [line for line in told if len(line.rstrip()) > width] == []


def test_the_conversion_is_suggested_if_a_file_does_not_load() -> None:
    bad = drawn(document(OWN, at(Verdict.FAILS)))
    assert "to convert it: crossload migrate" in bad
    assert f"--to {TF221.id} -o " in bad
    assert "crossload migrate" not in drawn(document(OWN))
    bare = replace(subject(), task=SubjectTask.BARE)
    assert "crossload migrate" not in drawn(document(at(Verdict.FAILS), of=bare))
    assert "crossload migrate" not in drawn(document(at(Verdict.ASSISTED), of=script()))


def test_json_has_everything_and_is_ascii() -> None:
    text = as_json(hostile())
    assert text.isascii()
    told = json.loads(text)
    assert told["schema"] == 1
    assert told["exit_code"] == 1
    (model,) = told["models"]
    (one,) = model["cells"]
    assert (one["verdict"], one["fine"], one["asked"]) == ("fails", False, True)
    assert one["measured"]["attempts"]
    assert told["left_out"]
    assert model["warnings"][0].startswith("contains code: ")
