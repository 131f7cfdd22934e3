"""Predictions for real files of others agree with what was measured on them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from runner.atlas import Atlas
from runner.prediction import Predictor

ROOT = Path(__file__).resolve().parent.parent.parent
WILD = ROOT.parent / "shared" / "wild"
BOUND = 0.97


def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module; its dataclasses look themselves up among the imported ones."""
    path = ROOT / "benchmarks" / "prediction.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_predictions", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not WILD.is_dir(), reason="the files of others are not on this machine")
def test_precision_and_recall(monkeypatch: pytest.MonkeyPatch) -> None:
    score = benchmark(monkeypatch).score_wild(WILD, Predictor(Atlas.load()))
    assert sum(score.counts.values()) > 100
    assert score.precision >= BOUND
    assert score.recall >= BOUND
