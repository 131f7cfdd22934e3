"""What is damaged or belongs to something else is reported, and the target stays as it is."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from crossload.runner.errors import CrossloadError, LedgerError, UsageError
from crossload.runner.home import Home
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.merging import merging
from crossload.runner.words import RunKind
from tests.ledger.examples import LOADER_RECORD
from tests.ledger.exports import contents
from tests.merging.machines import Machine, Make, merged


@dataclass(frozen=True)
class Place:
    """Where a source that is wrong is made."""

    machine: Make
    folder: Path

    def foreign(self) -> Machine:
        return self.machine("foreign", 9)

    def tar(self, *members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> Path:
        path = self.folder / "foreign.tar"
        with tarfile.open(path, "w") as tar:
            for name, content in members:
                info = tarfile.TarInfo(name)
                info.type, info.linkname, info.size = kind, "/etc/passwd", len(content)
                tar.addfile(info, io.BytesIO(content))
        return path


def other_environment(at: Place) -> tuple[Path, str]:
    made = at.foreign()
    with Ledger.open(made.home.ledger) as ledger:
        run_id = ledger.begin_run(made.start)
        ledger.record_environment(run_id, replace(LOADER_RECORD, digest="another"))
        ledger.finish_run(run_id, RunState.FINISHED)
    return made.home.root, "'tf2.15-py3.11' is not the same environment in"


def other_tolerances(at: Place) -> tuple[Path, str]:
    made = at.foreign()
    made.start = replace(made.start, tolerances=replace(made.start.tolerances, relative=0.5))
    return made.measure("lstm"), "have different tolerances"


def check_run(at: Place) -> tuple[Path, str]:
    made = at.foreign()
    made.start = replace(made.start, kind=RunKind.CHECK)
    made.measure("lstm")
    return made.exported(at.folder / "check.xz"), "is a run of `crossload check`"


def only_checks(at: Place) -> tuple[Path, str]:
    made = at.foreign()
    made.start = replace(made.start, kind=RunKind.CHECK)
    return made.measure("lstm"), "holds no `crossload run`"


def cut_export(at: Place) -> tuple[Path, str]:
    made = at.foreign()
    made.measure("lstm")
    export = made.exported(at.folder / "cut.xz")
    export.write_bytes(export.read_bytes()[:-40])
    return export, "cannot read the export"


def other_file(at: Place) -> tuple[Path, str]:
    (at.folder / "notes.txt").write_text("notes", encoding="utf-8")
    return at.folder / "notes.txt", "cannot read the export"


def missing(at: Place) -> tuple[Path, str]:
    return at.folder / "nowhere", "there is no file or folder"


def empty_folder(at: Place) -> tuple[Path, str]:
    (at.folder / "empty").mkdir()
    return at.folder / "empty", "there is no ledger at"


def damaged_artifact(at: Place) -> tuple[Path, str]:
    made = at.foreign()
    home = made.measure("lstm")
    (file,) = made.home.artifacts.glob("*/payload/model.h5")
    file.write_text("changed", encoding="ascii")
    return home, "is damaged: content has the digest"


def tar_without_run(at: Place) -> tuple[Path, str]:
    return at.tar(("artifacts/" + "0" * 64 + "/x", b"")), "it holds no run"


def tar_outside(at: Place) -> tuple[Path, str]:
    name = f"artifacts/{'0' * 64}/../../../x"
    return at.tar((name, b"")), "which is no plain file or folder"


def tar_of_other_files(at: Place) -> tuple[Path, str]:
    return at.tar(("artifacts/x", b"")), "which no export of a run has"


def tar_of_links(at: Place) -> tuple[Path, str]:
    return at.tar(("run.jsonl.xz", b""), kind=tarfile.SYMTYPE), "which is no plain file or folder"


def tar_with_a_damaged_run(at: Place) -> tuple[Path, str]:
    return at.tar(("run.jsonl.xz", b"no")), "foreign.tar': it is cut"


def cut_tar(at: Place) -> tuple[Path, str]:
    path = at.tar(("run.jsonl.xz", b"x" * 5000))
    path.write_bytes(path.read_bytes()[:2000])
    return path, "it is damaged or cut"


@pytest.mark.parametrize(
    "make",
    [
        tar_without_run,
        tar_outside,
        tar_of_other_files,
        tar_of_links,
        tar_with_a_damaged_run,
        cut_tar,
        other_environment,
        other_tolerances,
        check_run,
        only_checks,
        cut_export,
        other_file,
        missing,
        empty_folder,
        damaged_artifact,
    ],
)
def test_input_that_is_wrong_leaves_the_target_as_it_is(
    machine: Make, target: Home, tmp_path: Path, make: Callable[[Place], tuple[Path, str]]
) -> None:
    good = machine("good").measure("dense")
    merged(target, good)
    with Ledger.open(target.ledger) as ledger:
        before = contents(ledger)
    source, message = make(Place(machine, tmp_path))
    with pytest.raises(CrossloadError) as raised:
        merged(target, good, source)
    assert message in str(raised.value)
    assert isinstance(raised.value, LedgerError | UsageError)
    with Ledger.open(target.ledger) as ledger:
        assert contents(ledger) == before
    assert list(target.scratch.iterdir()) == []


@pytest.mark.parametrize("step", ["read_head", "merged_head", "take_artifacts"])
def test_a_merge_that_is_interrupted_leaves_the_target_as_it_is(
    machine: Make, target: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    good = machine("good").measure("dense")
    merged(target, good)
    with Ledger.open(target.ledger) as ledger:
        before = contents(ledger)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(merging, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        merged(target, good, machine("more", 2).measure("lstm"))
    with Ledger.open(target.ledger) as ledger:
        assert contents(ledger) == before
    assert list(target.scratch.iterdir()) == []
