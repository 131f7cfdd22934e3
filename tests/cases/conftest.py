"""What the tests of cases share: folders of cases, written for one test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

WriteCase: TypeAlias = Callable[..., Path]


@pytest.fixture
def write_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteCase:
    """Writes `cases/<name>/` below the working folder; what is None is left out."""
    monkeypatch.chdir(tmp_path)

    def write(
        name: str,
        yaml: str | None = "title: one",
        save: str | None = "outputs = 1",
        load: str | None = "outputs = 1",
        *,
        below: str = "cases",
    ) -> Path:
        folder = tmp_path / below / name
        folder.mkdir(parents=True)
        for file, text in (("case.yaml", yaml), ("save.py", save), ("load.py", load)):
            if text is not None:
                (folder / file).write_text(text, encoding="utf-8")
        return folder

    return write
