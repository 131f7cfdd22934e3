"""The subcommand `publish`, and drawing an exported run: whole, checked, naming no machine."""

from __future__ import annotations

import argparse
import hashlib
import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.cli import publish as command
from crossload.cli.context import Context
from crossload.reports.document import Report
from crossload.reports.gather import gather
from crossload.runner.errors import LedgerError, StorageError, UsageError
from crossload.runner.ledger import Ledger, SavedFile
from crossload.runner.ledger.importing import read_snapshot
from tests.cli.test_report import context, filled, run
from tests.reports.samples import sample_run

__all__ = ["context"]  # the fixture


def publish(context: Context, *argv: str) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(argv), context) == 0


@pytest.fixture
def out(context: Context, tmp_path: Path) -> Path:
    filled(context, sample_run(3, ("dense",)))
    folder = tmp_path / "public" / "results"
    publish(context, "--output", str(folder))
    return folder


def unnumbered(report: Report) -> Report:
    return replace(report, run=replace(report.run, id=0))


def test_the_export_draws_the_same_report_as_the_ledger(context: Context, out: Path) -> None:
    with Ledger.open(context.home.ledger, read_only=True) as ledger:
        here = gather(ledger.snapshot())
    there = gather(read_snapshot(out / "run.jsonl.xz"))
    assert repr(unnumbered(there)) == repr(unnumbered(here))


def test_the_facts_name_every_file_with_its_digest(out: Path) -> None:
    facts = json.loads((out / "published.json").read_text(encoding="utf-8"))
    assert set(facts["files"]) == {path.name for path in out.iterdir()} - {"published.json"}
    for name, said in facts["files"].items():
        content = (out / name).read_bytes()
        expected = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        assert said == expected


def test_the_facts_say_what_was_measured_and_on_what(context: Context, out: Path) -> None:
    facts = json.loads((out / "published.json").read_text(encoding="utf-8"))
    with Ledger.open(context.home.ledger, read_only=True) as ledger:
        snapshot = ledger.snapshot()
    assert sum(facts["verdicts"].values()) == facts["cells"] == len(snapshot.cells)
    assert {one["id"]: one["digest"] for one in facts["environments"]} == {
        one.id: one.digest for one in snapshot.environments
    }
    assert facts["machine"]["cores"] >= 1
    assert facts["command"] == snapshot.run.start.command
    saved = [cell for cell in snapshot.cells if SavedFile.of(cell) in snapshot.saves]
    assert facts["measured_cells"]["all"] == len(saved) > 0
    assert facts["measured_cells"]["by_these_probes"] == 0  # a sample's digests are nobody's
    assert facts["finished"]


def test_the_facts_say_when_and_how_long_although_a_run_may_repeat_what_is_known(
    context: Context, out: Path
) -> None:
    facts = json.loads((out / "published.json").read_text(encoding="utf-8"))
    with Ledger.open(context.home.ledger, read_only=True) as ledger:
        snapshot = ledger.snapshot()
    reports = [one.report for one in snapshot.saves.values()]
    reports += [one.outcome.report for each in snapshot.attempts.values() for one in each]
    assert facts["job_seconds"] == round(sum(one.total_seconds for one in reports)) > 0
    days = {str(one.measured) for one in reports}
    assert facts["measured"] == [min(days), max(days)]
    assert {tuple(one["measured"]) for one in facts["environments"]} <= {(min(days), max(days))}


def test_the_locks_digest_is_that_of_the_file_next_to_the_matrix(
    context: Context, tmp_path: Path
) -> None:
    filled(context, sample_run(2, ("dense",)))
    with Ledger.open(context.home.ledger, read_only=True) as ledger:
        first, *_ = ledger.snapshot().environments
    lock = tmp_path / "locks" / first.platform / f"{first.id}.txt"
    lock.parent.mkdir(parents=True)
    lock.write_text("numpy==1.0\n", encoding="utf-8")
    publish(context, "--output", str(tmp_path / "out"))
    facts = json.loads((tmp_path / "out" / "published.json").read_text(encoding="utf-8"))
    locks = {one["id"]: one["lock_sha256"] for one in facts["environments"]}
    assert locks[first.id] == hashlib.sha256(lock.read_bytes()).hexdigest()


def test_no_file_names_the_machine_or_its_folders(
    context: Context, out: Path, tmp_path: Path
) -> None:
    for path in out.iterdir():
        if path.suffix in {".html", ".json"}:
            text = path.read_text(encoding="utf-8")
            assert socket.gethostname() not in text
            assert str(tmp_path) not in text
    assert str(context.home.root) not in repr(read_snapshot(out / "run.jsonl.xz"))


def test_it_replaces_what_was_published_before_and_nothing_else(
    context: Context, out: Path
) -> None:
    (out / "README.md").write_text("mine", encoding="utf-8")
    (out / "index.html").write_text("old", encoding="utf-8")
    publish(context, "--output", str(out))
    names = {"README.md", "index.html", "published.json", "run.jsonl.xz"}
    assert {path.name for path in out.iterdir()} == names
    assert (out / "index.html").stat().st_size > 1000
    assert [path.name for path in out.parent.iterdir()] == [out.name]  # nothing is left beside it


def test_a_run_that_did_not_finish_is_refused_and_the_old_files_stay(
    context: Context, out: Path
) -> None:
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with Ledger.open(context.home.ledger) as ledger:
        ledger.begin_run(ledger.snapshot().run.start)
    with pytest.raises(UsageError, match="run 2 is running: only a finished run is published"):
        publish(context, "--output", str(out))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    publish(context, "--output", str(out), "--run", "1")


def test_there_must_be_a_run(context: Context, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        publish(context, "--output", str(tmp_path / "out"))
    filled(context, sample_run(2, ("dense",)))
    with pytest.raises(UsageError, match="has no run 7"):
        publish(context, "--output", str(tmp_path / "out"), "--run", "7")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_reported(context: Context, tmp_path: Path) -> None:
    filled(context, sample_run(2, ("dense",)))
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot publish into"):
        publish(context, "--output", str(tmp_path / "file" / "out"))


def test_report_draws_an_exported_run_without_any_ledger(
    context: Context, out: Path, tmp_path: Path
) -> None:
    elsewhere = replace(context, home=type(context.home)(tmp_path / "empty"))
    said = run(elsewhere, "--from", str(out / "run.jsonl.xz"), "--output", str(tmp_path / "a.html"))
    assert "saved in" in said
    assert (tmp_path / "a.html").stat().st_size > 1000
    with pytest.raises(UsageError, match="--run belongs to the ledger"):
        run(elsewhere, "--from", str(out / "run.jsonl.xz"), "--run", "1")
    with pytest.raises(LedgerError, match="cannot read the export"):
        run(elsewhere, "--from", str(out / "published.json"))


def test_the_old_name_of_the_output_still_works(context: Context, tmp_path: Path) -> None:
    filled(context, sample_run(2, ("dense",)))
    publish(context, "--out", str(tmp_path / "out"))
    assert (tmp_path / "out" / "published.json").exists()


def test_a_site_has_the_record_and_the_pages(context: Context, tmp_path: Path) -> None:
    filled(context, sample_run(3, ("dense",)))
    folder = tmp_path / "site"
    publish(context, str(folder), "--url", "https://example.org/keras")
    facts = json.loads((folder / "published.json").read_text(encoding="utf-8"))
    paths = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(facts["files"]) == paths - {"published.json"}
    assert {"run.jsonl.xz", "models/dense.html", "data/models/dense.json"} <= paths
    assert "https://example.org/keras/models/dense.html" in (folder / "sitemap.xml").read_text()
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert socket.gethostname() not in text
        assert str(tmp_path) not in text


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["site", "--output", "other"], "both name a folder"),
        (["--url", "https://example.org"], "--url belongs to a site"),
        (["site", "--url", "example.org"], "is not an address"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    context: Context, argv: list[str], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        publish(context, *argv)


def test_pages_that_a_new_site_no_longer_has_are_removed(context: Context, tmp_path: Path) -> None:
    filled(context, sample_run(3, ("dense", "lstm")))
    folder = tmp_path / "site"
    publish(context, str(folder))
    assert (folder / "models" / "lstm.html").exists()
    (folder / "data" / "models" / "lstm.json").write_text("changed by hand", encoding="utf-8")
    runs = {path.name for path in (folder / "runs").iterdir()}
    filled(context, sample_run(3, ("dense",)))
    publish(context, str(folder))
    assert (folder / "models" / "dense.html").exists()
    assert not (folder / "models" / "lstm.html").exists()
    assert (folder / "data" / "models" / "lstm.json").exists()
    assert runs <= {path.name for path in (folder / "runs").iterdir()}


def test_facts_that_name_files_elsewhere_remove_nothing(context: Context, tmp_path: Path) -> None:
    filled(context, sample_run(2, ("dense",)))
    mine = tmp_path / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    folder = tmp_path / "site"
    folder.mkdir()
    digest = hashlib.sha256(b"mine").hexdigest()
    facts = {"files": {"../mine.txt": {"bytes": 4, "sha256": digest}}}
    (folder / "published.json").write_text(json.dumps(facts), encoding="utf-8")
    publish(context, str(folder))
    assert mine.read_text(encoding="utf-8") == "mine"
