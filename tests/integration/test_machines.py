"""A run in shards, each in a home of its own, comes to what the undivided run came to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.conftest import HOME, Measured, crossload, read_report

pytestmark = pytest.mark.integration


def test_shards_merge_into_the_undivided_run(measured: Measured, tmp_path: Path) -> None:
    exports = []
    for number in (1, 2):
        home = tmp_path / f"machine{number}"
        home.mkdir()
        (home / "envs").symlink_to(HOME / "envs")
        shard = ("run", "--profile", "pair", "--shard", f"{number}/2")
        ran = crossload(measured.folder, *shard, home=home)
        assert ran.returncode == 0, ran.stderr
        exports.append(str(tmp_path / f"{number}.tar"))
        export = ("ledger", "export", exports[-1], "--with-artifacts")
        assert crossload(measured.folder, *export, home=home).returncode == 0
    merged = tmp_path / "merged"
    said = crossload(measured.folder, "merge", *exports, home=merged)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("run 1 is 2 runs merged: 16 cells, ")
    again = crossload(measured.folder, "merge", *reversed(exports), home=merged)
    assert again.stdout == "run 1 is the same run; nothing was added\n"

    whole = {cell.id: cell.verdict for cell in measured.report.cells}
    parts = {cell.id: cell.verdict for cell in read_report(tmp_path, merged).cells}
    assert len(parts) == 16
    assert parts == {one: whole[one] for one in parts}

    # The merged run is known, with its files: the whole measures nothing again.
    (merged / "envs").rmdir()
    (merged / "envs").symlink_to(HOME / "envs")
    ran = crossload(measured.folder, "run", "--profile", "pair", home=merged)
    assert "everything is known already; nothing to measure" in ran.stderr
