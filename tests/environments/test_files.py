"""Small files: whole or absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.environments.files import read_json, write_atomically


def test_a_file_is_replaced_in_one_step_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "x.json"
    write_atomically(path, '{"a": 1}')
    write_atomically(path, '{"a": 2}')
    assert read_json(path) == {"a": 2}
    assert [each.name for each in path.parent.iterdir()] == ["x.json"]


def test_a_failed_write_keeps_the_old_text(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_atomically(path, "{}")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text() == "{}"
    assert [each.name for each in tmp_path.iterdir()] == ["x.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_a_damaged_file_is_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    assert read_json(tmp_path / "x.json") == {}
    assert read_json(tmp_path / "absent.json") == {}
