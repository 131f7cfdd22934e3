"""The table at the end of a run: a golden one at 80 columns, ASCII, hostile text."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from crossload.reports.as_html import as_html
from crossload.reports.as_markdown import as_markdown
from crossload.reports.document import Report
from crossload.reports.gather import gather_judged
from crossload.reports.terminal import TerminalReport
from tests.reports.samples import sample_run

PAGE = Path("/project/.crossload/report/index.html")
GOLDEN = """\
saver /  tf2.4       tf2.10      tf2.13
loader   py3.8       py3.10      py3.11
───────────────────────────────────────────
tf2.4    ↪ assisted  ↪ assisted  ✗ fails
py3.8    9/12 same   9/12 same   6/12 same
tf2.10   ↪ assisted  ↪ assisted  ↪ assisted
py3.10   9/12 same   9/12 same   9/12 same
tf2.13   ✗ fails     ↪ assisted  ↪ assisted
py3.11   8/16 same   12/16 same  12/16 same

Of 120 loads, 83 work as they are, 30 with one line and 7 do not work at all.
✓ 83 same   ↪ 30 assisted   ✗ 7 fails   \u2013 24 unsaved   ∅ 112 unavailable

What to look at first
✗ fails  lambda as h5: 2 cells
    saved by tf2.4-py3.8 and tf2.13-py3.11, loaded by tf2.4-py3.8 and tf2.13-...
    ValueError: Unrecognized keyword arguments: ['batch_shape']
✗ fails  lambda as savedmodel: 2 cells
    saved by tf2.4-py3.8 and tf2.13-py3.11, loaded by tf2.4-py3.8 and tf2.13-...
    ValueError: File format not supported: filepath=/scratch/18/payload/model.
    Keras 3 only supports V3 `.keras` files and legacy H5 format files (`.h5`
    extension).
✗ fails  lambda as weights-h5: 2 cells
    saved by tf2.4-py3.8 and tf2.13-py3.11, loaded by tf2.4-py3.8 and tf2.13-...
    ValueError: Layer count mismatch: expected 2, file has 0
✗ fails  lambda as keras: 1 cell
    saved by tf2.13-py3.11, loaded by tf2.4-py3.8
    OSError: Unable to open file (file signature not found)
↪ assisted  custom-layer as h5: 9 cells
    saved by tf2.4-py3.8, tf2.10-py3.10 and tf2.13-py3.11, loaded by tf2.4-py...
    ValueError: Unrecognized keyword arguments: ['batch_shape']
↪ assisted  custom-layer as savedmodel: 9 cells
    saved by tf2.4-py3.8, tf2.10-py3.10 and tf2.13-py3.11, loaded by tf2.4-py...
    ValueError: File format not supported: filepath=/scratch/18/payload/model.
    Keras 3 only supports V3 `.keras` files and legacy H5 format files (`.h5`
    extension).
↪ assisted  custom-layer as weights-h5: 9 cells
    saved by tf2.4-py3.8, tf2.10-py3.10 and tf2.13-py3.11, loaded by tf2.4-py...
    ValueError: Layer count mismatch: expected 2, file has 0
↪ assisted  custom-layer as keras: 3 cells
    saved by tf2.13-py3.11, loaded by tf2.4-py3.8, tf2.10-py3.10 and tf2.13-p...
    OSError: Unable to open file (file signature not found)

Unusable environments
tf1.15-py3.7: no Python 3.7 on this machine
    install it with `uv python install 3.7`

page: /project/.crossload/report/index.html
"""


def drawn(report: Report, *, width: int = 80, encoding: str = "utf-8", colour: bool = False) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict", write_through=True)
    console = Console(
        file=stream, width=width, force_terminal=colour, highlight=False, legacy_windows=False
    )
    TerminalReport(report, console).draw(PAGE)
    return raw.getvalue().decode(encoding)


def test_the_table_at_80_columns() -> None:
    sample = sample_run(4, ("dense", "lstm", "custom-layer", "lambda"))
    text = drawn(gather_judged(sample.snapshot, sample.judged))
    assert [line.rstrip() for line in text.splitlines()] == GOLDEN.splitlines()


def test_no_line_is_wider_than_the_terminal(report: Report) -> None:
    for width in (60, 80, 200):
        lines = drawn(report, width=width).splitlines()
        assert max(len(line) for line in lines if not line.startswith("page:")) <= width


def test_five_environments_fit_80_columns(report: Report) -> None:
    assert drawn(report).splitlines()[0].split() == (
        ["saver", "/", "tf2.4", "tf2.10", "tf2.13", "tf2.15", "tf2.16"]
    )


def test_a_stream_without_unicode_gets_ascii(report: Report) -> None:
    text = drawn(report, encoding="ascii")
    assert "! differs" in text
    assert "4/21 same !1" in text
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
    assert first == "≠ differs  conv-bn as weights-h5: 8 cells"


def test_colour_is_only_for_terminals(report: Report) -> None:
    assert "\x1b[" in drawn(report, colour=True)
    assert "\x1b[" not in drawn(report)


def test_an_unfinished_run_says_so(report: Report) -> None:
    cut = replace(report, run=replace(report.run, state="interrupted"))
    line = "This run did not finish (interrupted); `crossload run` continues where it stopped."
    assert line in drawn(cut, width=100)
    assert "did not finish" not in drawn(report)


def test_a_run_that_is_going_on_says_so(report: Report) -> None:
    early = replace(report, run=replace(report.run, state="running"))
    line = "This run is still going on: cells that are not measured yet show as not-run."
    assert line in drawn(early, width=100)
    assert line in as_html(early)
    assert f"**{line}**" in as_markdown(early)
