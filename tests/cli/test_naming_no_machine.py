"""No output that is handed on names this machine: its host, its folders, its secrets."""

from __future__ import annotations

import lzma
import os
import platform
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.ledger import Ledger, RunState
from crossload.runner.records import AttemptOutcome, Cell, CheckOutcome, ProbeError
from crossload.runner.words import Format
from tests.cli.conftest import CommandLine
from tests.ledger.examples import (
    ATTEMPT_KEY,
    LOADED,
    LOADER_RECORD,
    PROBLEM,
    REFUSED,
    SAVE_KEY,
    SAVED,
    SAVER_RECORD,
    START,
)

# Locks of these are shipped, so that their cells can be reproduced.
SAVER, LOADER = "tf2.12-py3.11", "tf2.15-py3.11"
CELL = Cell(SAVER, "dense", Format.H5, LOADER)
HOST = "telling-host"
FOLDER = "telling-folder"
SECRETS = ("hunter2-of-bob", "ghp_0123456789abcdefghij")
WORDS = (HOST, FOLDER, *SECRETS)


@pytest.fixture
def desk(crossload: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A project in a folder and on a host with telling names, its home elsewhere, behind a link."""
    monkeypatch.setattr(socket, "gethostname", lambda: HOST)
    monkeypatch.setattr(platform, "node", lambda: HOST)
    project = crossload.folder / FOLDER / "project"
    project.mkdir(parents=True)
    (crossload.folder / f"{FOLDER}-of-bob").mkdir()
    (crossload.folder / "linked").symlink_to(f"{FOLDER}-of-bob")
    monkeypatch.chdir(project)
    return replace(crossload, folder=project)


@pytest.fixture
def home(desk: CommandLine) -> Path:
    """The home, with a run whose every text names folders, the host and secrets."""
    home = desk.folder.parent.parent / "linked" / "home"
    text = naming(desk, home)
    error = ProbeError("ValueError", text, f'Traceback:\n  File "{home}/envs/e/lib/a.py"\n{text}')
    told = replace(REFUSED, error=error, detail=text, output_tail=text, warnings=(text,))
    problem = replace(PROBLEM, message=text, advice=text, log_tail=text)
    command = f"crossload run --home {home} --matrix {desk.folder}/matrix.yaml"
    check = LOADED.checks[0]
    home.mkdir()
    with Ledger.open(home / "ledger.sqlite") as ledger:
        run = ledger.begin_run(replace(START, host=HOST, pid=os.getpid(), command=command))
        ledger.record_environment(run, replace(SAVER_RECORD, id=SAVER, name="tf2.12"))
        ledger.record_environment(run, replace(LOADER_RECORD, id=LOADER, name="tf2.15"))
        broken = replace(LOADER_RECORD, id="broken-py3.7", digest="", problem=problem)
        ledger.record_environment(run, broken)
        ledger.plan_cells(run, [CELL, CELL._replace(loader=SAVER), CELL._replace(loader=broken.id)])
        saved = replace(SAVED, report=replace(SAVED.report, output_tail=text, warnings=(text,)))
        ledger.record_save(run, SAVE_KEY, saved)
        checks = (replace(check, detail=text), *LOADED.checks[1:])
        ledger.record_attempt(run, ATTEMPT_KEY, AttemptOutcome(told, checks))
        own = AttemptOutcome(saved.report, (*checks, CheckOutcome(check.check, check.status)))
        ledger.record_attempt(run, replace(ATTEMPT_KEY, loader=SAVE_KEY.saver), own)
        ledger.finish_run(run, RunState.FINISHED)
    return home


def naming(desk: CommandLine, home: Path) -> str:
    """A text of a framework or a package manager that gives everything away."""
    places = (home, home.resolve(), desk.folder, desk.folder.parent.parent / "linked" / "home")
    paths = " ".join(f"cannot open '{place}/envs/tf/lib/x.py', {place}/y.h5" for place in places)
    user, token = SECRETS
    return f"{HOST}: {paths}, see https://bob:{user}@index.example/simple with {token}"


def written(folder: Path) -> Iterator[tuple[str, str]]:
    """(name, text) of every file in a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            raw = lzma.decompress(raw) if path.suffix == ".xz" else raw
            yield path.name, raw.decode("utf-8", "replace")


def assert_names_nothing(folder: Path, words: tuple[str, ...]) -> None:
    texts = list(written(folder))
    assert texts
    told = [(name, word) for name, text in texts for word in words if word in text]
    assert told == []


def test_reports_name_neither_folders_nor_secrets(desk: CommandLine, home: Path) -> None:
    formats = "html,json,csv,markdown"
    done = desk("report", "--home", str(home), "--format", formats, "--output", "out")
    assert done.code == 0
    assert "unknown layer" not in done.out
    names = {name for name, _ in written(desk.folder / "out")}
    assert names == {"index.html", "report.json", "report.csv", "report.md"}
    assert_names_nothing(desk.folder / "out", WORDS)


def test_a_published_run_names_neither_the_host_nor_folders(desk: CommandLine, home: Path) -> None:
    assert desk("publish", "--home", str(home), "--output", "out").code == 0
    assert_names_nothing(desk.folder / "out", (HOST, FOLDER))


def test_an_exported_run_names_neither_the_host_nor_folders(desk: CommandLine, home: Path) -> None:
    (desk.folder / "out").mkdir()
    assert desk("ledger", "export", "out/run.jsonl.xz", "--home", str(home)).code == 0
    assert_names_nothing(desk.folder / "out", (HOST, FOLDER))


def test_a_reproduced_cell_names_neither_the_host_nor_folders(
    desk: CommandLine, home: Path
) -> None:
    done = desk("reproduce", str(CELL), "--home", str(home), "--output", "out")
    assert done.code == 0, done.err
    assert_names_nothing(desk.folder / "out", WORDS)
