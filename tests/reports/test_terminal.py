"""The end of a run: a golden one at 80 columns, one screen, ASCII, hostile text."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from crossload.reports.as_html import as_html
from crossload.reports.as_markdown import as_markdown
from crossload.reports.document import Report
from crossload.reports.gather import gather_judged
from crossload.reports.terminal import TerminalReport
from tests.reports.samples import sample_run

GOLDEN = """\
A plain load works for 66% of models within Keras 2.
Of 120 loads, 83 work as they are, 30 with one line and 7 do not work at all.

          .h5 loaded in          SavedModel loaded in   .keras loaded in
saved in  2.13 2.10  2.4         2.13 2.10  2.4         2.13 2.10  2.4
TF 2.13    75+  75+  50+          75+  75+  50+          75+  75+  50+
TF 2.10    75+  75+  75+          75+  75+  75+            -    -    -
TF 2.4     50+  75+  75+          50+  75+  75+            -    -    -
% that loads as it is; + more with help; ≠ some silently wrong; - no such file
On the page as well: .weights.h5 (weights only).

tf1.15-py3.7 cannot be used: no Python 3.7 on this machine; install it with `uv
python install 3.7`

What to look at first
✗ fails  lambda as h5: 2 cells
    saved by tf2.13-py3.11 and tf2.4-py3.8, loaded by tf2.13-py3.11 and
    tf2.4-py3.8
    ValueError: Unrecognized keyword arguments: ['batch_shape']
    load the file where it was saved, and save it again in a format that this
    loader reads
✗ fails  lambda as savedmodel: 2 cells
    saved by tf2.13-py3.11 and tf2.4-py3.8, loaded by tf2.13-py3.11 and
    tf2.4-py3.8
    ValueError: File format not supported: filepath=/scratch/18/payload/model.
    Keras 3 only supports V3 `.keras` files and legacy H5 format files (`.h5`
    extension).
    load the file where it was saved, and save it again in a format that this
    loader reads
✗ fails  lambda as weights-h5: 2 cells
    saved by tf2.13-py3.11 and tf2.4-py3.8, loaded by tf2.13-py3.11 and
    tf2.4-py3.8
    ValueError: Layer count mismatch: expected 2, file has 0
    load the file where it was saved, and save it again in a format that this
    loader reads
✗ fails  lambda as keras: 1 cell
    saved by tf2.13-py3.11, loaded by tf2.4-py3.8
    OSError: Unable to open file (file signature not found)
    load the file where it was saved, and save it again in a format that this
    loader reads
↪ needs one line  custom-layer as h5: 9 cells
    saved by tf2.13-py3.11, tf2.10-py3.10 and tf2.4-py3.8, loaded by
    tf2.13-py3.11, tf2.10-py3.10 and tf2.4-py3.8
    ValueError: Unrecognized keyword arguments: ['batch_shape']
    build the same model in code, then load only the weights from the file
    (worked for 9 of 9)
↪ needs one line  custom-layer as savedmodel: 9 cells
    saved by tf2.13-py3.11, tf2.10-py3.10 and tf2.4-py3.8, loaded by
    tf2.13-py3.11, tf2.10-py3.10 and tf2.4-py3.8
    ValueError: File format not supported: filepath=/scratch/18/payload/model.
    Keras 3 only supports V3 `.keras` files and legacy H5 format files (`.h5`
    extension).
    build the same model in code, then load only the weights from the file
    (worked for 9 of 9)
↪ needs one line  custom-layer as weights-h5: 9 cells
    saved by tf2.13-py3.11, tf2.10-py3.10 and tf2.4-py3.8, loaded by
    tf2.13-py3.11, tf2.10-py3.10 and tf2.4-py3.8
    ValueError: Layer count mismatch: expected 2, file has 0
    build the same model in code, and load the weights by their own names
    (worked for 9 of 9)
↪ needs one line  custom-layer as keras: 3 cells
    saved by tf2.13-py3.11, loaded by tf2.13-py3.11, tf2.10-py3.10 and
    tf2.4-py3.8
    OSError: Unable to open file (file signature not found)
    build the same model in code, then load only the weights from the file
    (worked for 3 of 3)

crossload explain tf2.13-py3.11/lambda.h5/tf2.4-py3.8
crossload check FILE --to tf2.13-py3.11    your own file
"""


def drawn(
    report: Report,
    *,
    width: int = 80,
    height: int | None = None,
    encoding: str = "utf-8",
    colour: bool = False,
) -> str:
    """Return what is printed; a height makes it a terminal of that many lines."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict", write_through=True)
    console = Console(
        file=stream,
        width=width,
        height=height,
        force_terminal=colour or height is not None,
        color_system="auto" if colour else None,
        highlight=False,
        legacy_windows=False,
    )
    TerminalReport(report, console).draw()
    return raw.getvalue().decode(encoding)


def test_the_report_at_80_columns() -> None:
    sample = sample_run(4, ("dense", "lstm", "custom-layer", "lambda"))
    text = drawn(gather_judged(sample.snapshot, sample.judged))
    assert [line.rstrip() for line in text.splitlines()] == GOLDEN.splitlines()


def test_it_fits_one_screen_with_the_written_file_and_the_next_prompt(report: Report) -> None:
    lines = drawn(report, height=24).splitlines()
    assert len(lines) <= 22
    assert lines[0].startswith("A plain load works for 79% of models within Keras 2")
    assert lines[-2] == "crossload explain tf2.16-py3.12/conv-bn.weights-h5/tf2.15-py3.11"
    assert lines[-1] == "crossload check FILE --to tf2.16-py3.12    your own file"


def test_no_line_is_wider_than_the_terminal(report: Report) -> None:
    for width in (64, 80, 200):  # a command is not broken
        assert max(map(len, drawn(report, width=width).splitlines())) <= width


def test_a_command_is_not_broken(report: Report) -> None:
    lines = drawn(report, width=40).splitlines()
    assert "crossload explain tf2.16-py3.12/conv-bn.weights-h5/tf2.15-py3.11" in lines


@pytest.mark.parametrize(
    ("width", "titles", "heads"),
    [
        pytest.param(40, [".h5"], ["2.16", "2.15", "2.13", "2.10", "2.4"], id="one-format"),
        pytest.param(80, [".h5", "SavedModel", ".keras"], 3 * ["2.16", "2.15", "2.13", "2.10"]),
        pytest.param(
            100, [".h5", "SavedModel", ".keras"], 3 * ["2.16", "2.15", "2.13", "2.10", "2.4"]
        ),
    ],
)
def test_as_many_formats_and_environments_as_fit(
    report: Report, width: int, titles: list[str], heads: list[str]
) -> None:
    lines = drawn(report, width=width).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("saved in"))
    assert [one for one in lines[at - 1].split() if one not in {"loaded", "in"}] == titles
    assert lines[at].split()[2:] == heads


def test_a_stream_without_unicode_gets_ascii(report: Report) -> None:
    text = drawn(report, encoding="ascii")
    assert "! silently wrong" in text
    assert text.isascii()


def test_hostile_text_is_neither_markup_nor_control(hostile_report: Report) -> None:
    for encoding in ("utf-8", "ascii"):
        text = drawn(hostile_report, encoding=encoding)
        assert "\x1b" not in text
        assert "\x00" not in text
        assert "\u202e" not in text
        assert "[bold]markup[/]" in text
        assert len(text) < 40_000


def test_silent_differences_come_first(report: Report) -> None:
    text = drawn(report)
    first = text[text.index("What to look at first") :].splitlines()[1]
    assert first == "≠ silently wrong  conv-bn as weights-h5: 8 cells"


def test_colour_is_only_for_terminals(report: Report) -> None:
    assert "\x1b[" in drawn(report, colour=True)
    assert "\x1b[" not in drawn(report)


def test_an_unfinished_run_says_so(report: Report) -> None:
    cut = replace(report, run=replace(report.run, state="interrupted", command=""))
    line = "This run did not finish (interrupted); `crossload run` continues where it stopped."
    assert line in drawn(cut, width=100)
    command = "crossload run --profile full --from 2.15"
    with_options = replace(cut, run=replace(cut.run, command=command))
    line = f"This run did not finish (interrupted); `{command}` continues where it stopped."
    assert line in " ".join(drawn(with_options, width=100).split())
    assert "did not finish" not in drawn(report)


def test_a_run_that_is_going_on_says_so(report: Report) -> None:
    early = replace(report, run=replace(report.run, state="running"))
    line = "This run is still going on: cells that are not measured yet show as not-run."
    assert line in drawn(early, width=100)
    assert line in as_html(early)
    assert f"**{line}**" in as_markdown(early)
