"""The copy of the probe that workers run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crossload.runner.probing.run_folder import RunFolder
from crossload.runner.shipped import probes_folder


def test_a_worker_gets_the_whole_probe_and_no_byte_code(tmp_path: Path) -> None:
    probes = probes_folder()
    folder = RunFolder(tmp_path)
    folder.prepare(probes)
    copy = folder.place(tmp_path, 0, 0).probes
    wanted = {path.relative_to(probes) for path in probes.rglob("*") if path.is_file()}
    found = {path.relative_to(copy): path for path in copy.rglob("*") if path.is_file()}
    assert set(found) == {path for path in wanted if "__pycache__" not in path.parts}
    assert all(path.read_bytes() == (probes / name).read_bytes() for name, path in found.items())
    folder.remove()
    assert list(tmp_path.iterdir()) == []


def test_another_user_can_read_the_copy_whatever_the_umask(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    probes = tmp_path / "probes"
    (probes / "package").mkdir(parents=True)
    (probes / "package" / "module.py").touch(mode=0o600)
    before = os.umask(0o077)
    request.addfinalizer(lambda: os.umask(before))
    folder = RunFolder(tmp_path / "scratch")
    folder.prepare(probes)
    copy = folder.place(tmp_path, 0, 0).probes
    modes = [path.stat().st_mode & 0o777 for path in (copy, *sorted(copy.rglob("*")))]
    assert modes == [0o755, 0o755, 0o644]
