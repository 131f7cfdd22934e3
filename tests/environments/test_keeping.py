"""What an environment takes on the disk, and whether somebody uses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crossload.runner.environments.keeping import folder_bytes, is_in_use


def test_a_folder_takes_the_room_of_its_files_and_not_of_what_links_point_to(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "env"
    (folder / "lib").mkdir(parents=True)
    (tmp_path / "elsewhere").write_bytes(b"x" * 1_000_000)
    assert folder_bytes(folder) == 0
    (folder / "lib" / "file").write_bytes(b"x" * 100_000)
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    assert 100_000 <= folder_bytes(folder) < 200_000


@pytest.mark.parametrize("linked", [False, True])
def test_an_environment_is_in_use_while_its_python_runs(tmp_path: Path, *, linked: bool) -> None:
    (tmp_path / "real" / "a" / "bin").mkdir(parents=True)
    (tmp_path / "envs").symlink_to(tmp_path / "real")
    python = tmp_path / "real" / "a" / "bin" / "python"
    python.symlink_to(sys.executable)
    prefix = tmp_path / ("envs" if linked else "real") / "a"
    assert not is_in_use(prefix)
    with subprocess.Popen([python, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            assert is_in_use(prefix)
            assert not is_in_use(tmp_path / "real" / "b")
        finally:
            process.communicate(b"\n")
    assert not is_in_use(prefix)
