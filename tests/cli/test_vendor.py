"""`crossload vendor`."""

from __future__ import annotations

from crossload.runner.vendoring import vendored
from tests.cli.conftest import CommandLine


def test_it_writes_one_file_into_this_folder_and_says_how_to_use_it(crossload: CommandLine) -> None:
    said = crossload("vendor")
    assert said.code == 0
    written = (crossload.folder / "crossload_load.py").read_bytes()
    assert written == vendored().encode("utf-8")
    assert said.out.splitlines() == [
        f"wrote crossload_load.py ({round(len(written) / 1000)} kB)",
        'next: `import crossload_load`, then `crossload_load.load_model("model.h5")`',
    ]


def test_it_leaves_another_file_alone(crossload: CommandLine) -> None:
    (crossload.folder / "mine.py").write_text("mine = True\n", encoding="utf-8")
    said = crossload("vendor", "-o", "mine.py")
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        "crossload: 'mine.py' exists and was not written by `crossload vendor`",
        "  name another file with --output",
    ]
