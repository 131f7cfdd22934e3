"""How long the short commands take: `--help`, `inspect`, and a `run` with nothing new to measure.

Prints the median of several runs: wall seconds, processor seconds (children included), and the
latter as a multiple of `python -c pass`, measured in the same round, so that numbers of busy and
quiet machines can be compared. Usage: startup.py [MODEL [FOLDER [PROFILE]]]; without a MODEL, a
small one is made. FOLDER is a project whose PROFILE (default: quick) has been run before.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py

ROUNDS = 5


def main() -> int:
    """Measure every command in turn, several times, and print a table."""
    if len(sys.argv) > 4:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        model = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else small_model(Path(folder))
        show(measured(commands_about(model)))
    return 0


def commands_about(model: Path) -> dict[str, tuple[list[str], Path]]:
    """The commands by name, each with the folder in which it runs."""
    program = [sys.executable, "-m", "crossload"]
    commands = {
        "python -c pass": ([sys.executable, "-c", "pass"], Path.cwd()),
        "--version": ([*program, "--version"], Path.cwd()),
        "--help": ([*program, "--help"], Path.cwd()),
        "inspect": ([*program, "inspect", str(model)], Path.cwd()),
    }
    if len(sys.argv) > 2:
        profile = sys.argv[3] if len(sys.argv) > 3 else "quick"
        commands["rerun"] = ([*program, "run", "--profile", profile], Path(sys.argv[2]))
    return commands


def measured(commands: dict[str, tuple[list[str], Path]]) -> dict[str, list[tuple[float, float]]]:
    """The wall and processor seconds of every command, round after round."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, (command, folder) in commands.items():
            found[name].append(measure(command, folder))
    return found


def show(found: dict[str, list[tuple[float, float]]]) -> None:
    """Print a table of the medians."""
    floor = statistics.median(processor for _, processor in found["python -c pass"])
    print(f"{'':16}{'wall s':>8}{'cpu s':>8}{'x pass':>8}")
    for name, times in found.items():
        wall, processor = (statistics.median(one) for one in zip(*times, strict=True))
        print(f"{name:16}{wall:8.2f}{processor:8.2f}{processor / floor:8.1f}")


def small_model(folder: Path) -> Path:
    """A file as Keras 2 writes it, of one layer."""
    path = folder / "model.h5"
    layer = {"class_name": "Dense", "config": {"name": "dense", "units": 3}}
    config = {"class_name": "Sequential", "config": {"name": "model", "layers": [layer]}}
    with h5py.File(path, "w") as file:
        file.attrs.update(model_config=json.dumps(config), keras_version="2.10.0")
        weights = file.create_group("model_weights/dense/dense")
        weights["kernel:0"] = [[1.0, 2.0, 3.0]] * 4
        weights.parent.attrs["weight_names"] = [b"dense/kernel:0"]
        file["model_weights"].attrs["layer_names"] = [b"dense"]
    return path


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall and processor seconds of one run, that of its children included.

    The program finds no bubblewrap: that does not wait for what it starts, whose time would count
    for nobody.
    """
    before, begun = os.times(), time.perf_counter()
    variables = {**os.environ, "PATH": ""} if "inspect" in command else None
    subprocess.run(command, cwd=folder, env=variables, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - begun, os.times()
    processor = sum(after[2:4]) - sum(before[2:4])
    return wall, processor


if __name__ == "__main__":
    sys.exit(main())
