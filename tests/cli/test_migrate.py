"""`crossload migrate` as it is typed: what is refused before anything is built, and how."""

from __future__ import annotations

import pytest

from crossload.runner.home import Home, exclusive_run
from tests.cli.conftest import CommandLine
from tests.inspection.making import dense, sequential, write_h5

MATRIX = """
environments:
  tf2.10: {tensorflow: "2.10.1", python: "3.10"}
  tf2.21: {tensorflow: "2.21.0"}
  tf2.15-never: {tensorflow: "2.15.1", python: "3.99"}
"""


@pytest.fixture
def desk(crossload: CommandLine) -> CommandLine:
    """A project with a model file and a script."""
    crossload.matrix(MATRIX)
    write_h5(crossload.folder / "old.h5", sequential(dense()))
    (crossload.folder / "script.py").write_text("def build():\n    return None\n")
    (crossload.folder / "there.keras").write_text("")
    return crossload


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.h5", "--to", "2.21", "-o", "new.keras"), "missing.h5 cannot be read"),
        (("script.py", "--to", "2.21", "-o", "new.keras"), "script.py is a script"),
        (("old.h5", "--to", "2.99", "-o", "new.keras"), "--to '2.99'"),
        (("old.h5", "--to", "2.21", "--from", "x", "-o", "new.keras"), "--from 'x'"),
        (("old.h5", "--to", "2.21", "-o", "new.pt"), "expected .keras, .h5 or none"),
        (("old.h5", "--to", "2.21", "-o", "new"), ", not savedmodel"),
        (("old.h5", "--to", "2.21", "-o", "there.keras"), "there.keras already exists"),
        (("old.h5", "--to", "2.21", "-o", "no/new.keras"), "folder no of --output does not exist"),
        (("old.h5", "--to", "2.21", "-o", "old.h5", "--force"), "old.h5 is the model"),
        (("old.h5", "--to", "2.21", "-o", "n.keras", "--outputs", "o.npz"), "--outputs needs"),
        (
            ("old.h5", "--to", "2.21", "--from", "2.10", "--unproved", "-o", "n.keras"),
            "--unproved and --from exclude each other",
        ),
        (("old.h5", "--to", "2.21"), "required"),
        (("old.h5", "-o", "new.keras"), "required"),
    ],
)
def test_what_cannot_be_is_refused_at_once(
    desk: CommandLine, arguments: tuple[str, ...], said: str
) -> None:
    done = desk("migrate", *arguments)
    assert done.code == 2
    assert said in " ".join(done.err.split())
    assert "Traceback" not in done.err
    assert not (desk.folder / "new.keras").exists()


@pytest.mark.parametrize("options", [("--to", "tf2.15-never"), ("--to", "2.10", "--from", "tf2.15-never")])  # fmt: skip # noqa: E501 - a table
def test_an_environment_that_cannot_be_used_here_ends_with_4(
    desk: CommandLine, options: tuple[str, ...]
) -> None:
    done = desk("migrate", "old.h5", *options, "-o", "new.keras")
    assert done.code == 4
    assert "cannot be used" in done.err
    assert not (desk.folder / "new.keras").exists()


def test_two_at_once_in_one_home_are_refused(desk: CommandLine) -> None:
    home = Home(desk.folder / ".crossload")
    home.prepare()
    with exclusive_run(home):
        done = desk("migrate", "old.h5", "--to", "2.21", "-o", "new.keras")
    assert done.code == 6
    assert "another run" in done.err


def test_a_folder_of_models_is_not_one_model(desk: CommandLine) -> None:
    for name in ("a.h5", "b.h5"):
        folder = desk.folder / "models"
        folder.mkdir(exist_ok=True)
        write_h5(folder / name, sequential(dense()))
    done = desk("migrate", "models", "--to", "2.21", "-o", "new.keras")
    assert done.code == 2
    assert "models is a folder with 2 models" in done.err


def test_the_new_file_may_not_lie_in_the_old_one(desk: CommandLine) -> None:
    (desk.folder / "saved").mkdir()
    (desk.folder / "saved" / "saved_model.pb").write_bytes(b"")
    done = desk("migrate", "saved", "--to", "2.21", "-o", "saved/new.keras")
    assert done.code == 2
    assert "is the model, is inside it" in done.err
