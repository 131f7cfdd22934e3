"""How long `crossload migrate` takes beside the imports of the frameworks that it needs.

Usage: migrate.py MODEL TARGET HOME [ROUNDS]. HOME has the built environments; each round measures
anew, in an empty home that only has these. Prints wall seconds, those of the two imports (of the
environment whose outputs are expected, and of the target), what is left, and the ratio. Imports
are measured right after, so that numbers of busy and quiet machines can be compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

IMPORT = """
try:
    import tensorflow
    tensorflow.keras.Sequential
except ImportError:
    import keras
"""


def main() -> int:
    """Migrate several times; print a line for each."""
    if not 4 <= len(sys.argv) <= 5:
        print(__doc__)
        return 2
    model, target, envs = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]).resolve() / "envs"
    print(f"{'':8}{'wall s':>8}{'imports':>9}{'rest':>8}{'ratio':>8}  route")
    for number in range(1, int(sys.argv[4]) + 1 if len(sys.argv) > 4 else 2):
        wall, told = migrate(model, target, envs)
        proof = told["proof"]
        places = [proof["answers_from"]["id"], proof["target"]["id"]]
        imports = sum(seconds([str(envs / one / "bin" / "python"), "-c", IMPORT]) for one in places)
        ways = ", ".join(f"{one['environment']['id']} {one['strategy']}" for one in proof["path"])
        rest, ratio = wall - imports, wall / imports
        print(f"round {number:<2}{wall:8.1f}{imports:9.1f}{rest:8.1f}{ratio:8.2f}  {ways}")
    return 0


def migrate(model: Path, target: str, envs: Path) -> tuple[float, dict[str, Any]]:
    """Wall seconds of one migration in a home without results, and what it printed."""
    with tempfile.TemporaryDirectory(prefix="crossload-benchmark-") as text:
        home = Path(text) / "home"
        home.mkdir()
        (home / "envs").symlink_to(envs)
        command = [sys.executable, "-m", "crossload", "migrate", str(model), "--to", target]
        command += ["-o", str(Path(text) / "new.keras"), "--home", str(home), "--json"]
        begun = time.perf_counter()
        told: dict[str, Any] = json.loads(output(command))
        return time.perf_counter() - begun, told


def output(command: list[str]) -> str:
    """What a command prints to standard output."""
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def seconds(command: list[str]) -> float:
    """Wall seconds of a command."""
    begun = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
