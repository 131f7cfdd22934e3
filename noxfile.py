"""nox's entry: `env(<id>)` for each environment of the matrix, and the developers' own sessions.

Owns the list of sessions. The nox command does not put this folder on `sys.path`, hence the insert.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

import runner.environments.sessions  # noqa: E402, F401  (defines the `env` sessions)
