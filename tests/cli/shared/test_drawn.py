"""A run whose results were drawn before: the same table, and the page as it is."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from crossload.cli import report
from crossload.cli.context import Context
from crossload.cli.report import draw_run
from crossload.runner.cases.library import CaseLibrary
from crossload.runner.home import Home
from tests.cli.test_report import filled
from tests.reports.samples import sample_run

NO_CASES = CaseLibrary((), {})


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "matrix.yaml").write_text("profiles: {}\n", encoding="utf-8")
    return Context(Home(tmp_path / "home"), tmp_path / "matrix.yaml")


class Drawing:
    """Draws runs of a home, and counts how often that took more than a copy."""

    def __init__(self, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
        self.context = context
        self.count = 0
        draw = report._draw

        def counted(*arguments: object) -> None:
            self.count += 1
            draw(*arguments)  # type: ignore[arg-type] # passed on as they came

        monkeypatch.setattr(report, "_draw", counted)

    def __call__(self, run: int, capsys: pytest.CaptureFixture[str]) -> str:
        fresh = dataclasses.replace(self.context)  # a process of its own has its own console
        draw_run(run, NO_CASES, fresh)
        return capsys.readouterr().out


@pytest.fixture
def drawing(context: Context, monkeypatch: pytest.MonkeyPatch) -> Drawing:
    return Drawing(context, monkeypatch)


def test_the_same_results_are_drawn_once(
    context: Context, drawing: Drawing, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = sample_run(3, ("dense",))
    filled(context, sample)
    first = drawing(1, capsys)
    assert "saved in" in first
    page = context.home.report / "index.html"
    written = page.stat()
    assert drawing(1, capsys) == first
    assert drawing.count == 1
    assert page.stat().st_mtime_ns == written.st_mtime_ns


@pytest.mark.parametrize("change", ["page", "matrix", "copy", "width", "results"])
def test_whatever_changes_is_drawn_anew(
    change: str,
    context: Context,
    drawing: Drawing,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    filled(context, sample_run(3, ("dense",)))
    drawing(1, capsys)
    run = 1
    if change == "page":
        (context.home.report / "index.html").write_text("spoiled", encoding="utf-8")
    elif change == "matrix":
        context.matrix_path.write_text("# another\nprofiles: {}\n", encoding="utf-8")
    elif change == "copy":
        (context.home.cache / "drawn.json").write_text("{", encoding="utf-8")
    elif change == "width":
        monkeypatch.setenv("COLUMNS", "70")
    else:
        filled(context, sample_run(3, ("dense", "lstm")))
        run = 2
    drawing(run, capsys)
    assert drawing.count == 2
    page = (context.home.report / "index.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
