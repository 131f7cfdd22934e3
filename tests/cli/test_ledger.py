"""`crossload ledger`: what it says, and how it ends."""

from __future__ import annotations

import os
import platform
from dataclasses import replace

from crossload.runner.ledger import Ledger
from tests.cli.conftest import CommandLine
from tests.ledger.examples import START
from tests.ledger.exports import fill


def filled(crossload: CommandLine) -> None:
    with Ledger.open(crossload.home / "ledger.sqlite") as ledger:
        fill(ledger)


def test_a_run_goes_to_another_home(crossload: CommandLine) -> None:
    filled(crossload)
    said = crossload("ledger", "export", "run.jsonl.xz")
    assert said.code == 0
    assert said.words == "run 1 (finished) is in run.jsonl.xz, 0.0 MB"
    said = crossload("ledger", "import", "run.jsonl.xz", "--home", "other")
    assert said.code == 0
    assert said.words == "run 1 was added: 3 cells, 2 attempts"
    said = crossload("ledger", "import", "run.jsonl.xz", "--home", "other")
    assert said.words == "run 1 is the same run; nothing was added"


def test_a_run_that_is_going_on_is_exported_as_such(crossload: CommandLine) -> None:
    here = replace(START, host=platform.node(), pid=os.getpid())
    with Ledger.open(crossload.home / "ledger.sqlite") as ledger:
        ledger.begin_run(here)
        said = crossload("ledger", "export", "run.jsonl.xz")
        refused = crossload("publish")
    assert said.code == 0
    assert said.words == "run 1 (running) is in run.jsonl.xz, 0.0 MB"
    warning = "run 1 is still running: run.jsonl.xz holds only what was measured until now"
    assert said.err.strip() == warning
    said = crossload("ledger", "import", "run.jsonl.xz", "--home", "other")
    assert said.words.endswith("it had not finished when it was exported")
    assert refused.code == 2
    assert "run 1 is running: only a finished run is published" in refused.err
    assert "wait until it has finished" in refused.err


def test_a_run_can_be_chosen(crossload: CommandLine) -> None:
    filled(crossload)
    filled(crossload)
    assert crossload("ledger", "export", "a.xz", "--run", "1").words.startswith("run 1 ")
    assert crossload("ledger", "export", "a.xz", "--run", "latest").words.startswith("run 2 ")
    said = crossload("ledger", "export", "b.xz", "--run", "9")
    assert said.code == 5
    assert "does not hold a run 9" in said.err
    assert not (crossload.folder / "b.xz").exists()


def test_wrong_options_are_reported(crossload: CommandLine) -> None:
    said = crossload("ledger", "export", "a.xz", "--run", "last")
    assert said.code == 2
    assert "'last' is neither a run's number nor 'latest'" in said.err
    said = crossload("ledger", "import", "a.xz", "--run", "1")
    assert said.code == 2
    assert "--run belongs to export" in said.err


def test_without_a_ledger_there_is_nothing_to_export(crossload: CommandLine) -> None:
    said = crossload("ledger", "export", "a.xz")
    assert said.code == 5
    assert "there is no ledger at" in said.err


def test_a_file_that_is_not_an_export_is_refused(crossload: CommandLine) -> None:
    (crossload.folder / "a.xz").write_text("words and more words", encoding="utf-8")
    said = crossload("ledger", "import", "a.xz")
    assert said.code == 5
    assert "cannot read the export 'a.xz': it is damaged or not an xz file" in said.err
    assert "Traceback" not in said.err
    said = crossload("ledger", "import", "none.xz")
    assert "no such file or directory" in said.err
