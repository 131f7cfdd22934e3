"""Where a file that could not be loaded here is likely to load, for the message of a `LoadError`.

Owns that sentence. It needs what the commands need, which a program that only loads models may not
have: `crossload.loading` imports it when a load has failed, and does without it otherwise.
"""

from __future__ import annotations

from pathlib import Path

from crossload.cli.shared.predictions import predictions
from crossload.runner.atlas import Atlas
from crossload.runner.atlas.ranges import described
from crossload.runner.inspection.inspecting import inspect
from crossload.runner.prediction.model import Outcome


def where_it_loads(path: Path) -> str:
    """Versions in which Keras itself is predicted to load the file; empty if there are none.

    Raises:
        CrossloadError: the file cannot be read.
    """
    found = predictions(inspect(path), path)
    chosen = {one.environment for one in found if one.outcome is Outcome.LOADS}
    versions = "; ".join(described(Atlas.load().environments, chosen))
    return f"predicted to load plainly (not measured): {versions}" if versions else ""
