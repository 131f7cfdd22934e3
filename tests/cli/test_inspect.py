"""`crossload inspect`: what it prints, its JSON, its exit codes."""

from __future__ import annotations

import dataclasses
import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossload.runner.errors import ExitCode
from crossload.runner.inspection.model import Contents, FindingKind, Inspection, Risk, Role
from crossload.runner.words import Container
from tests.cli.conftest import CommandLine
from tests.inspection.making import TRAINING, dense, old_lambda, sequential, write_h5, write_keras
from tests.schemas import validate

DOCS = Path(__file__).resolve().parents[2] / "docs" / "inspect.md"


@pytest.fixture
def crossload(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[CommandLine]:
    """As for other commands, without the search for interpreters, which is not needed here."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield CommandLine(tmp_path, capsys, monkeypatch)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_facts_of_a_file(crossload: CommandLine, tmp_path: Path) -> None:
    layers = (dense("a"), dense("b"), {**dense(), "class_name": "Mine"}, old_lambda())
    write_h5(tmp_path / "m.keras", sequential(*layers), TRAINING)
    said = crossload("inspect", "m.keras")
    assert said.code == ExitCode.OK
    for line in (
        "m.keras: whole model",
        "file hdf5, format h5, as Keras 2 writes it",
        "written by Keras 2.10.0, backend tensorflow",
        "model Sequential, 4 layers: 2 Dense, 1 Mine and 1 Lambda",
        "custom 1 that no known version has: Mine (layer)",
        "training compiled with Adam, 2 arrays of its state",
        "weights 2 arrays, 10 numbers, 40 bytes, float32",
        "risk contains code",
        "note contains code: its function is Python byte code",
    ):
        assert line in said.words


def test_one_path_that_cannot_be_read_loses_no_other(
    crossload: CommandLine, tmp_path: Path
) -> None:
    write_keras(tmp_path / "a.keras")
    write_h5(tmp_path / "b.h5", sequential(dense()))
    said = crossload("inspect", "a.keras", "missing", "b.h5")
    assert said.code == ExitCode.USAGE
    assert "a.keras: whole model" in said.out
    assert "b.h5: whole model" in said.out
    assert "'missing' cannot be inspected: No such file" in said.err


def test_json_names_every_path_in_its_order(crossload: CommandLine, tmp_path: Path) -> None:
    write_keras(tmp_path / "a.keras")
    (tmp_path / "text").write_text("x", encoding="utf-8")
    said = crossload("inspect", "--json", "a.keras", "missing", "text")
    assert said.code == ExitCode.USAGE
    document = json.loads(said.out)
    validate("inspect", document)
    assert document["schema"] == 1
    first, missing, text = document["models"]
    assert (first["path"], first["risk"], first["format"]) == ("a.keras", Risk.NONE, "keras")
    assert set(missing) == {"path", "error"}
    assert (text["contents"], text["risk"]) == (Contents.NOTHING, Risk.MALFORMED)
    assert set(first) == {
        "path",
        "risk",
        "predictions",
        "unwritten",
        *(one.name for one in dataclasses.fields(Inspection)),
    }


def test_a_damaged_file_is_exit_code_1(crossload: CommandLine, tmp_path: Path) -> None:
    path = write_h5(tmp_path / "m.h5", sequential(dense()))
    path.write_bytes(path.read_bytes()[:3000])
    said = crossload("inspect", "m.h5")
    assert said.code == ExitCode.INCOMPATIBLE
    assert "m.h5: nothing readable" in said.out
    assert "risk malformed" in said.words


def test_texts_of_a_file_do_nothing_to_a_terminal(crossload: CommandLine, tmp_path: Path) -> None:
    name = "\x1b[2J[red]\u202e\nrisk           no known risk found"
    write_keras(tmp_path / "m.keras", sequential({**dense(), "class_name": name}))
    said = crossload("inspect", "m.keras")
    assert "\x1b" not in said.out
    assert "\u202e" not in said.out
    assert "[red]" in said.out
    assert len(re.findall(r"^  risk", said.out, re.MULTILINE)) == 1


def test_many_notes_are_cut_short(crossload: CommandLine, tmp_path: Path) -> None:
    write_h5(tmp_path / "m.h5", sequential(*(old_lambda(f"l{at}") for at in range(30))))
    assert "and 10 more notes: `--json` lists them all" in crossload("inspect", "m.h5").words


def fields(form: type) -> list[str]:
    return [one.name for one in dataclasses.fields(form)]


@pytest.mark.parametrize("word", [*Container, *Contents, *FindingKind, *Risk, *Role], ids=str)
def test_every_word_is_explained(word: str) -> None:
    assert f"`{word}`" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", fields(Inspection))
def test_every_key_of_the_json_is_explained(name: str) -> None:
    assert f"`{name}`" in DOCS.read_text(encoding="utf-8")
