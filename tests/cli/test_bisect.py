"""`crossload bisect` as it is typed: what is refused before anything is built, and how."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CommandLine
from tests.inspection.making import dense, sequential, write_h5

MATRIX = """
environments:
  tf2.10: {tensorflow: "2.10.1", python: "3.10"}
  tf2.21: {tensorflow: "2.21.0"}
  tf2.21-tfkeras: {tensorflow: "2.21.0", api: tf_keras, tf_keras: "2.21.0"}
  tf2.15-never: {tensorflow: "2.15.1", python: "3.99"}
"""


@pytest.fixture
def desk(crossload: CommandLine) -> CommandLine:
    crossload.matrix(MATRIX)
    write_h5(crossload.folder / "old.h5", sequential(dense()))
    (crossload.folder / "script.py").write_text("def build():\n    return None\n")
    return crossload


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.h5",), "missing.h5 cannot be read"),
        (("old.h5", "--good", "x"), "--good 'x'"),
        (("old.h5", "--bad", "2.99"), "--bad '2.99'"),
        (("old.h5", "--good", "2.10", "--bad", "2.10"), "would begin and end in"),
        (("old.h5", "--good", "tf2.21-tfkeras"), "is not a version along tensorflow"),
        (("old.h5", "--axis", "keras"), "fewer than two versions along keras"),
        (("old.h5", "--axis", "numpy"), "invalid choice"),
        (("old.h5", "--fail-on", "never"), "--fail-on: found 'never'"),
        (("script.py", "--format", "pickle"), "--format: there is no format 'pickle'"),
    ],
)
def test_what_cannot_be_is_refused_at_once(
    desk: CommandLine, arguments: tuple[str, ...], said: str
) -> None:
    done = desk("bisect", *arguments)
    assert done.code == 2
    assert said in " ".join(done.err.split())
    assert "Traceback" not in done.err


def test_an_end_that_cannot_be_used_here_ends_with_4(desk: CommandLine) -> None:
    done = desk("bisect", "old.h5", "--good", "tf2.15-never")
    assert done.code == 4
    assert "cannot be used" in done.err
