"""A load that fails names the versions that are predicted to load the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload import loading
from tests.inspection import making


def refuse(path: Path, *_: object) -> None:
    raise loading.LoadError(f"{path} could not be loaded: no")


def message(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(loading._facade, "load_model", refuse)
    with pytest.raises(loading.LoadError) as raised:
        loading.load_model(path)
    return str(raised.value)


def test_the_versions_that_are_predicted_to_load_it_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plain.keras"
    making.write_keras(path, making.new_sequential(making.dense()))
    first, second = message(path, monkeypatch).splitlines()
    assert first == f"{path} could not be loaded: no"
    assert second.startswith("predicted to load plainly (not measured): ")
    assert "Keras 3" in second


@pytest.mark.parametrize("text", ["", "no model"])
def test_nothing_is_added_where_nothing_can_be_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    path = tmp_path / "other.keras"
    path.write_text(text)
    assert message(path, monkeypatch) == f"{path} could not be loaded: no"
    assert message(tmp_path / "gone.h5", monkeypatch).endswith("could not be loaded: no")
