"""Training goes on after a translation: every optimizer, in files of other generations of Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import ROOT
from tests.integration.drivers import printed

DRIVER = ROOT / "tests" / "probes" / "fixtures" / "training_driver.py"
TOLERANCE = 2e-5
# The optimizers that 2.11 replaced, those that it brought, and those of Keras 3.
PAIRS = (("tf2.10", "tf2.21"), ("tf2.15", "tf2.21"), ("tf2.21", "tf2.15"))
# What the other side computes by another rule, and what its file does not hold.
NAMED = {
    ("tf2.10", "tf2.21"): {"nadam": "follows another schedule"},
    ("tf2.15", "tf2.21"): {"adam-decay.keras": ".keras file does not hold"},
}
pytestmark = pytest.mark.integration


def run(task: str, name: str, folder: Path) -> dict[str, Any]:
    """What the driver prints in that environment."""
    return printed(name, DRIVER, task, folder)


def is_named(pair: tuple[str, str], name: str, answer: dict[str, Any]) -> bool:
    """Whether this is known to be lost, and the report says so."""
    return any(
        name.startswith(file) and any(text in lost for lost in answer["lost"])
        for file, text in NAMED.get(pair, {}).items()
    )


@pytest.mark.parametrize("pair", PAIRS, ids=" to ".join)
def test_the_next_steps_are_the_savers(pair: tuple[str, str], tmp_path: Path) -> None:
    saver, loader = pair
    run("save", saver, tmp_path)
    answers = run("load", loader, tmp_path)
    assert len(answers) >= 20
    wrong = {
        name: answer
        for name, answer in answers.items()
        if "error" in answer
        or answer["evaluated"] > TOLERANCE
        or (answer["losses"] > TOLERANCE and not is_named(pair, name, answer))
        or (answer.get("loaded", 0) > TOLERANCE and not is_named(pair, name, answer))
    }
    assert wrong == {}
