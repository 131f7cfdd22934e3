"""The project's home folder and its run lock."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crossload.runner.errors import BusyError, ExitCode, StorageError
from crossload.runner.home import Home, exclusive_run


def test_prepare_marks_the_folder_for_git_and_backup_tools(tmp_path: Path) -> None:
    home = Home(tmp_path / ".crossload")
    home.prepare()
    assert (home.root / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert (home.root / "CACHEDIR.TAG").read_text(encoding="utf-8").startswith("Signature: 8a47")


def test_prepare_leaves_what_is_there(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (tmp_path / ".gitignore").write_text("mine\n", encoding="utf-8")
    home.prepare()
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine\n"


def test_a_file_in_the_way_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot write to") as caught:
        Home(tmp_path / "home").prepare()
    assert caught.value.exit_code is ExitCode.STORAGE
    assert caught.value.advice == "choose a writable folder with --home"


def test_a_second_run_learns_who_holds_the_lock(tmp_path: Path) -> None:
    with (
        exclusive_run(Home(tmp_path)),
        pytest.raises(BusyError, match=f"another run \\(process {os.getpid()}\\)"),
        exclusive_run(Home(tmp_path)),
    ):
        pytest.fail("two runs at once")


def test_the_lock_is_free_after_its_holder_was_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from crossload.runner.home import *\n"
        f"with exclusive_run(Home(Path({str(tmp_path)!r}))):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
    with exclusive_run(Home(tmp_path)):
        pass


def test_the_lock_is_free_after_an_exception(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), exclusive_run(Home(tmp_path)):
        raise RuntimeError
    with exclusive_run(Home(tmp_path)):
        pass
