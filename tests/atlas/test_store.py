"""The atlas's file: the same bytes for the same harvest, small, and refused when it is wrong."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from crossload.runner.atlas import Atlas, Kind
from crossload.runner.atlas.harvest import Harvest
from crossload.runner.atlas.lookup import SHIPPED
from crossload.runner.atlas.store import AtlasFileError, encode, read
from crossload.runner.errors import ExitCode
from tests.atlas.conftest import made


def test_equal_harvests_give_equal_bytes(harvested: Harvest) -> None:
    assert encode(harvested) == encode(made())


def test_equal_tables_are_kept_once(harvested: Harvest) -> None:
    text = lzma.decompress(encode(harvested)).decode()
    assert text.count('"arguments":["units","seed"]') == 2  # the old LSTM and the new one, not 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it does not end where it should"),
        (b"nothing of the kind", "it is damaged"),
        (lzma.compress(b"words\n"), "it is damaged"),
        (lzma.compress(b"[]\n"), "it is damaged"),
        (lzma.compress(b'{"format":9}\n'), "it has format 9, this crossload reads 1"),
        (lzma.compress(b'{"format":1}\n')[:-9], "it does not end where it should"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "atlas").write_bytes(content)
    with pytest.raises(AtlasFileError, match=reason) as caught:
        read(tmp_path / "atlas")
    assert caught.value.exit_code is ExitCode.CONFIGURATION
    assert "refresh" in caught.value.advice


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(AtlasFileError, match="no such file"):
        Atlas.load(tmp_path / "none")


def test_the_shipped_atlas_is_small_and_knows_seven_years() -> None:
    assert SHIPPED.stat().st_size < 300_000
    atlas = Atlas.load()
    ids = [one.id for one in atlas.environments]
    assert len(ids) >= 15
    with_time_major = atlas.versions_with(Kind.LAYERS, "LSTM", "time_major")
    assert {"tf1.15-py3.7", "tf2.15-py3.11"} <= set(with_time_major)
    assert "tf2.21-py3.13" not in with_time_major
    assert atlas.knows("tf2.15-py3.11", Kind.LAYERS, "CuDNNLSTM") is True
    assert atlas.knows("tf2.21-py3.13", Kind.LAYERS, "CuDNNLSTM") is False
    assert not atlas.formats("tf2.21-py3.13").loads("savedmodel", "")
    assert atlas.formats("tf2.10-py3.10").writes[".keras"] == "hdf5"
    assert atlas.formats("tf2.13-py3.11").writes[".keras"] == "zip"


def test_the_shipped_atlas_names_no_machine() -> None:
    text = lzma.decompress(SHIPPED.read_bytes()).decode()
    for part in ("site-packages", "/tmp/", "/home/", "0x7"):
        assert part not in text
