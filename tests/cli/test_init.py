"""`crossload init`."""

from __future__ import annotations

import json

from crossload.runner.shipped import shipped_path
from tests.cli.conftest import CommandLine


def test_it_writes_the_shipped_matrix_and_its_schema(crossload: CommandLine) -> None:
    said = crossload("init")
    assert said.code == 0
    assert said.out.splitlines() == [
        "wrote matrix.yaml and matrix.schema.json",
        "next: `crossload plan` shows what would run, `crossload run` runs it",
    ]
    written = (crossload.folder / "matrix.yaml").read_bytes()
    assert written == shipped_path("matrix.yaml").read_bytes()
    schema = json.loads((crossload.folder / "matrix.schema.json").read_text(encoding="utf-8"))
    assert "environments" in schema["properties"]


def test_what_it_writes_can_be_planned(crossload: CommandLine) -> None:
    crossload("init")
    assert crossload("plan", "--profile", "full").code == 0


def test_it_leaves_a_matrix_alone(crossload: CommandLine) -> None:
    path = crossload.matrix("mine")
    said = crossload("init")
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        f"crossload: {str(path)!r} already exists",
        "  edit it, or replace it with `crossload init --force`",
    ]
    assert path.read_text(encoding="utf-8") == "mine"


def test_force_replaces_it(crossload: CommandLine) -> None:
    path = crossload.matrix("mine")
    assert crossload("init", "--force").code == 0
    assert path.read_bytes() == shipped_path("matrix.yaml").read_bytes()


def test_a_place_that_cannot_be_written_is_reported(crossload: CommandLine) -> None:
    (crossload.folder / "file").write_text("", encoding="utf-8")
    said = crossload("init", "--matrix", "file/matrix.yaml")
    assert said.code == 7
    assert said.err.splitlines() == [
        (
            f"crossload: cannot write {str(crossload.folder / 'file' / 'matrix.yaml')!r}: "
            "File exists"
        ),
        "  choose another place with --matrix",
    ]
