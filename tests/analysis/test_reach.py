"""What the benchmark of the translator counts, on a run of a few cells."""

from __future__ import annotations

import pytest

from benchmarks.reach import Reach


def test_the_share_is_of_what_was_refused() -> None:
    found = Reach()
    assert found.share == 1.0
    found.refused["h5", "Keras 2 → Keras 3"] = 4
    found.translated["h5", "Keras 2 → Keras 3"] = 3
    assert found.share == pytest.approx(0.75)
    assert list(found.rows()) == [("h5", "Keras 2 → Keras 3", 4, 3)]
