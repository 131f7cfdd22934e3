"""Files that can run code, where bubblewrap is not to be found: no command loads them unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.ledger import Ledger
from tests.cli.conftest import CommandLine
from tests.cli.matrices import IMPOSSIBLE
from tests.inspection.making import dense, old_lambda, sequential, write_h5

COMMANDS = (
    ("check", "--to", "new"),
    ("migrate", "--to", "old", "-o", "new.keras"),
    ("bisect",),
    ("upgrade", "--from", "old", "--to", "new", "--no-reference"),
)
MATRIX = """
environments:
  old: {tensorflow: "2.15.1"}
  new: {tensorflow: "2.16.1"}
"""


@pytest.fixture
def desk(crossload: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A project with a file that can run code and one that cannot, without bubblewrap."""
    nothing = crossload.folder / "bin"
    nothing.mkdir()
    monkeypatch.setenv("PATH", str(nothing))
    crossload.matrix(MATRIX)
    models = crossload.folder / "models"
    models.mkdir()
    write_h5(models / "coded.h5", sequential(old_lambda()))
    write_h5(models / "plain.h5", sequential(dense()))
    return crossload


def assert_nothing_was_started(desk: CommandLine) -> None:
    assert not (desk.home / "envs").exists() or not any((desk.home / "envs").iterdir())
    assert not (desk.home / "ledger.sqlite").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
@pytest.mark.parametrize("options", [(), ("--no-sandbox",)], ids=["missing", "switched off"])
def test_a_file_with_code_is_refused(
    desk: CommandLine, command: tuple[str, ...], options: tuple[str, ...]
) -> None:
    done = desk(command[0], str(Path("models/coded.h5")), *command[1:], *options)
    words = " ".join(done.err.split())
    assert (done.code, done.out) == (9, "")
    assert "models/coded.h5 is not loaded without a sandbox: contains code: " in words
    assert "--trust loads the file with your permissions" in words
    assert ("switched off by --no-sandbox" if options else "apt install bubblewrap") in words
    assert "Traceback" not in words
    assert_nothing_was_started(desk)


def test_check_goes_on_with_the_other_files(desk: CommandLine) -> None:
    desk.matrix(IMPOSSIBLE)
    done = desk("check", "models", "--to", "new")
    assert done.code == 4  # nothing can be built here: the run began
    with Ledger.open(desk.home / "ledger.sqlite", read_only=True) as ledger:
        subjects = ledger.snapshot(1).run.start.subjects
        assert [one.name for one in subjects] == ["plain"]


@pytest.mark.parametrize("command", [("check", "--to", "new")])
def test_trust_lets_it_run(desk: CommandLine, command: tuple[str, ...]) -> None:
    desk.matrix(IMPOSSIBLE)
    done = desk(command[0], "models/coded.h5", *command[1:], "--trust")
    assert done.code == 4
    assert "is not loaded" not in done.err
    with Ledger.open(desk.home / "ledger.sqlite", read_only=True) as ledger:
        subjects = ledger.snapshot(1).run.start.subjects
        assert [one.name for one in subjects] == ["coded"]
