"""Foreign text is made safe to print and store; foreign files are read with care."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crossload.runner.untrusted.evidence import clean_tail, clean_text, read_tail, remove_tree
from crossload.runner.untrusted.folders import usage


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain\n\ttext", "plain\n\ttext"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07rest", "rest"),
        ("a\x00b\x07", "a\\u0000b\\u0007"),
        ("10%\r20%\r\n", "10%\n20%\n"),
        ("evil\u202egnp", "evil\\u202egnp"),
        ("line\u2028break", "line\\u2028break"),
        ("\udcff", "\\udcff"),
        ("größer ≤ 模型", "größer ≤ 模型"),
    ],
)
def test_foreign_text_is_made_printable(raw: str, shown: str) -> None:
    assert clean_text(raw) == shown


def test_long_text_keeps_its_head_and_says_so() -> None:
    assert clean_text("x" * 30, 10) == "x" * 10 + "… [20 more]"


def test_a_tail_keeps_the_end() -> None:
    assert clean_tail(b"x" * 100 + b"the end\xff\n", 8) == "he end\ufffd"


def test_the_end_of_a_log_is_read(tmp_path: Path) -> None:
    (tmp_path / "17").mkdir()
    (tmp_path / "17" / "output.log").write_bytes(b"a\n" * 100_000 + b"last line\n")
    assert read_tail(tmp_path, ("17", "output.log"), 12) == "a\nlast line"


@pytest.mark.parametrize("kind", ["missing", "link", "folder link", "fifo", "folder"])
def test_what_is_not_a_file_reads_as_nothing(tmp_path: Path, kind: str) -> None:
    folder, log = tmp_path / "17", tmp_path / "17" / "output.log"
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "output.log").write_text("secret")
    if kind == "folder link":
        folder.symlink_to("real")
    else:
        folder.mkdir()
    if kind == "link":
        log.symlink_to("../real/output.log")
    elif kind == "fifo":
        os.mkfifo(log)
    elif kind == "folder":
        log.mkdir()
    assert read_tail(tmp_path, ("17", "output.log")) == ""


def test_a_very_deep_tree_is_removed(tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    handle = os.open(top, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("d", dir_fd=handle)
        below = os.open("d", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
    os.close(handle)
    remove_tree(top)
    assert not top.exists()


def test_removing_does_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "link").symlink_to(tmp_path / "kept")
    remove_tree(tmp_path / "top")
    remove_tree(tmp_path / "top")
    assert (tmp_path / "kept" / "file").exists()


def test_usage_counts_blocks_not_links_and_stops_at_a_cap(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"x" * 100_000)
    (tmp_path / "link").symlink_to("/usr")
    with (tmp_path / "sparse").open("wb") as stream:
        stream.truncate(1 << 40)
    counted = usage(tmp_path, 10**9, 100)
    assert 100_000 <= counted.size < 200_000
    assert (counted.entries, counted.complete) == (3, True)
    assert not usage(tmp_path, 50_000, 100).complete
    assert not usage(tmp_path, 10**9, 2).complete
