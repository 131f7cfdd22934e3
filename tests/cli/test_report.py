"""The subcommand `report` on a real ledger, and the files it writes."""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crossload.cli import report
from crossload.cli.context import Context
from crossload.cli.report import chosen_formats, targets_of
from crossload.reports.writing import write_whole
from crossload.runner.errors import StorageError, UsageError
from crossload.runner.home import Home
from crossload.runner.ledger import Ledger, RunState, SavedFile
from crossload.runner.records import AttemptKey, SaveKey
from tests.reports.samples import SampleRun, sample_run


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("COLUMNS", "100")
    return Context(Home(tmp_path / "home"), tmp_path / "matrix.yaml")


def filled(context: Context, sample: SampleRun) -> None:
    """Write the sample run into the ledger of `context`, the way a run does."""
    context.home.prepare()
    snapshot = sample.snapshot
    digests = {one.id: one.digest for one in snapshot.environments}
    with Ledger.open(context.home.ledger) as ledger:
        run = ledger.begin_run(snapshot.run.start)
        for record in snapshot.environments:
            ledger.record_environment(run, record)
        ledger.plan_cells(run, snapshot.cells)
        artifacts: dict[SavedFile, str] = {}
        for number, (file, outcome) in enumerate(snapshot.saves.items()):
            artifacts[file] = f"{number:064x}"
            key = SaveKey(digests[file.saver], file.model, file.format, "p", "o")
            saved = type(outcome)(outcome.report, artifacts[file], noise=outcome.noise)
            ledger.record_save(run, key, saved)
        for cell, attempts in snapshot.attempts.items():
            file = SavedFile.of(cell)
            for one in attempts:
                load = AttemptKey(artifacts[file], digests[cell.loader], one.strategy, "p", "o")
                ledger.record_attempt(run, load, one.outcome)
        ledger.finish_run(run, RunState.FINISHED)


def run(context: Context, *argv: str) -> str:
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert report.run(parser.parse_args(argv), context) == 0
    return out.getvalue()


def test_a_baseline_is_a_run_or_a_file_of_one(context: Context, tmp_path: Path) -> None:
    filled(context, sample_run(3, ("dense",)))
    before = tmp_path / "before.json"
    run(context, "--format", "json", "--output", str(before))
    filled(context, sample_run(3, ("dense", "lstm")))
    changed = "0 new, 0 fixed, 0 other cause, 12 appeared, 0 vanished."
    assert f"Since run 1: {changed}" in run(context, "--baseline", "1")
    assert f"Since before.json: {changed}" in run(context, "--baseline", str(before))
    one = run(context, "--baseline", "1", "--cell", "*/lstm.h5/*")
    assert "Since run 1: 0 new, 0 fixed, 0 other cause, 4 appeared, 0 vanished." in one


def test_a_baseline_that_is_not_there_is_a_mistake(context: Context) -> None:
    filled(context, sample_run(3, ("dense",)))
    with pytest.raises(UsageError, match=r"--baseline: cannot read 'none\.json'"):
        run(context, "--baseline", "none.json")


def test_the_page_is_written_to_the_home_by_default(context: Context) -> None:
    filled(context, sample_run(3, ("dense",)))
    out = run(context)
    page = context.home.report / "index.html"
    assert f"wrote {page}" in out
    assert "saved in" in out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [one.name for one in context.home.report.iterdir()] == ["index.html"]


def test_several_formats_go_to_one_folder(context: Context, tmp_path: Path) -> None:
    filled(context, sample_run(2, ("dense",)))
    run(context, "--format", "html,json", "--format", "csv,markdown", "--output", str(tmp_path))
    for name in ("index.html", "report.json", "report.csv", "report.md"):
        assert (tmp_path / name).stat().st_size > 100


def test_cells_can_be_chosen(context: Context, tmp_path: Path) -> None:
    filled(context, sample_run(3, ("dense", "lstm")))
    path = tmp_path / "some.json"
    run(context, "--cell", "*/lstm.h5/*", "--output", str(path))
    document = json.loads(path.read_text(encoding="utf-8"))
    assert {row["model"] for row in document["cells"]} == {"lstm"}
    assert document["models"] == ["lstm"]


def test_without_a_ledger_it_says_what_to_do(context: Context) -> None:
    with pytest.raises(UsageError, match=r"^there is no ledger at '.*ledger.sqlite'$") as caught:
        run(context)
    assert caught.value.advice == "run `crossload run` first"


def test_a_ledger_without_runs_says_what_to_do(context: Context) -> None:
    context.home.prepare()
    Ledger.open(context.home.ledger).close()
    with pytest.raises(UsageError, match=r"^the ledger '.*' has no run$") as caught:
        run(context)
    assert caught.value.advice == "run `crossload run` first"


def test_a_run_that_is_not_there_names_those_that_are(context: Context) -> None:
    filled(context, sample_run(2, ("dense",)))
    with pytest.raises(UsageError, match=r"^the ledger '.*' has no run 9$") as caught:
        run(context, "--run", "9")
    assert caught.value.advice == "its runs are 1 to 1; leave --run out for the latest"


def test_formats_are_checked_by_name() -> None:
    assert chosen_formats(None, None) == ("html",)
    assert chosen_formats(None, Path("x.md")) == ("markdown",)
    assert chosen_formats(["json, csv", "json"], None) == ("json", "csv")
    with pytest.raises(UsageError, match=r"^--format: there is no format 'pdf'$"):
        chosen_formats(["pdf"], None)
    with pytest.raises(UsageError, match=r"^--format: no format is named$"):
        chosen_formats([","], None)


def test_one_file_cannot_hold_several_formats(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"^--output 'report.html' is one file, --format asks for 2$"
    ):
        targets_of(Path("report.html"), ("html", "json"), tmp_path)
    assert targets_of(Path("report.html"), ("json",), tmp_path) == {"json": Path("report.html")}
    assert targets_of(None, ("csv",), tmp_path) == {"csv": tmp_path / "report.csv"}


def test_the_module_loads_without_what_only_drawing_needs() -> None:
    code = (
        "import sys, crossload.cli.report;"
        "print({'pandas', 'jinja2', 'numpy', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.html"
    write_whole(path, "one")
    write_whole(path, "two\r\n")
    assert path.read_bytes() == b"two\r\n"
    assert [one.name for one in path.parent.iterdir()] == ["report.html"]


@pytest.mark.parametrize(
    ("number", "message", "advice"),
    [
        pytest.param(
            errno.ENOSPC, "no space left to write the report", "free some space", id="disk-full"
        ),
        pytest.param(
            errno.EIO, "cannot write the report", "choose a writable path", id="input-output"
        ),
    ],
)
def test_a_failing_disk_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, message: str, advice: str
) -> None:
    path = tmp_path / "report.html"
    write_whole(path, "old")

    def fail(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError, match=f"^{message} ") as caught:
        write_whole(path, "new")
    assert caught.value.advice.startswith(advice)
    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_that_is_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StorageError, match=r"^cannot write the report '.*': ") as caught:
        write_whole(tmp_path / "file" / "index.html", "text")
    assert caught.value.advice == "choose a writable path with --output"
    with pytest.raises(StorageError, match=r"Is a directory$"):
        write_whole(tmp_path, "text")
