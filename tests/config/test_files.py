"""Which files are read, and that the others are refused without hanging."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from crossload.runner.config.files import MAX_BYTES, read_text
from crossload.runner.errors import ConfigurationError, ExitCode

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices of POSIX")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refusal(path: str | Path) -> tuple[str, str]:
    with pytest.raises(ConfigurationError) as caught:
        read_text(Path(path))
    return str(caught.value), caught.value.advice


def test_text_is_read_without_its_byte_order_mark() -> None:
    Path("m.yaml").write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\r\n")
    assert read_text(Path("m.yaml")) == "a: é\r\n"


def test_missing_file_leads_to_init() -> None:
    assert refusal("m.yaml") == (
        "there is no file 'm.yaml'",
        "run `crossload init` to write one here, or name another with --matrix",
    )


def test_files_below_the_working_folder_are_called_by_their_relative_path(tmp_path: Path) -> None:
    assert refusal(tmp_path / "sub" / "m.yaml")[0] == "there is no file 'sub/m.yaml'"


def test_configuration_errors_have_their_exit_code() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_text(Path("m.yaml"))
    assert caught.value.exit_code is ExitCode.CONFIGURATION


def test_folder_is_refused() -> None:
    Path("m.yaml").mkdir()
    message = refusal("m.yaml")[0]
    assert message in {
        "'m.yaml' is a folder, expected a file",
        "'m.yaml' cannot be read: permission denied",  # Windows opens no folders
    }


@needs_posix
def test_pipe_is_refused_without_waiting_for_a_writer() -> None:
    os.mkfifo("m.yaml")
    assert refusal("m.yaml")[0] == "'m.yaml' is a pipe, expected a file"


@needs_posix
def test_endless_device_is_refused() -> None:
    assert stat.S_ISCHR(Path("/dev/zero").stat().st_mode)
    assert refusal("/dev/zero")[0] == "'/dev/zero' is a device, expected a file"


@needs_posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file_is_refused() -> None:
    Path("m.yaml").touch(mode=0)
    assert refusal("m.yaml")[0] == "'m.yaml' cannot be read: permission denied"


@needs_posix
def test_link_to_itself_is_refused() -> None:
    Path("m.yaml").symlink_to("m.yaml")
    assert refusal("m.yaml")[0] == "'m.yaml' cannot be read: too many levels of symbolic links"


def test_path_with_nul_is_refused() -> None:
    message, advice = refusal("m\0.yaml")
    assert message.startswith("'m\\x00.yaml' cannot be read: ")
    assert "embedded null" in message  # the rest of the words is Python's, and changes with it
    assert advice == "check its path and permissions"


def test_one_megabyte_is_allowed() -> None:
    Path("m.yaml").write_bytes(b"#" * MAX_BYTES)
    assert len(read_text(Path("m.yaml"))) == MAX_BYTES


def test_more_is_refused_with_its_size() -> None:
    with Path("m.yaml").open("wb") as stream:
        stream.truncate(50_000_000)
    assert refusal("m.yaml")[0] == "'m.yaml' holds 50000000 bytes, expected at most 1000000"


def test_other_encodings_are_refused_with_line_and_byte() -> None:
    Path("m.yaml").write_bytes(b"a: b\nc: \xe9\n")
    assert refusal("m.yaml") == (
        "m.yaml:2: found the byte 0xe9, expected UTF-8 text",
        "save the file as UTF-8",
    )


def test_utf_16_is_refused() -> None:
    Path("m.yaml").write_text("a: b", encoding="utf-16")
    assert refusal("m.yaml")[0].startswith("m.yaml:1: found the byte 0xf")
