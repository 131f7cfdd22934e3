"""Where published models of other people are: they lie beside the repository, not in it.

Owns the place and the reason for skipping the tests that read them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WILD = Path(os.environ.get("CROSSLOAD_WILD", ROOT.parent / "shared" / "wild"))
MISSING = (
    f"needs published models and their measured.json outside the repository, and {str(WILD)!r} is "
    "missing; CROSSLOAD_WILD names another folder"
)
needs_wild = pytest.mark.skipif(not WILD.is_dir(), reason=MISSING)
