"""Damaged files: cut anywhere, bytes changed at random. Every one gets an answer."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crossload.runner.inspection.model import Risk
from tests.inspection.making import (
    TRAINING,
    VARIABLES,
    dense,
    index_table,
    sequential,
    write_h5,
    write_keras,
    write_savedmodel,
)

ROOT = Path(__file__).resolve().parents[2]

# Damage may kill a reader, as the child is there for. A fork is a child without its slow start.
READER = """
import collections, json, os, signal, sys
from pathlib import Path
from crossload.runner.inspection import arrays, hdf5, keras_zip
from crossload.runner.inspection.reading import read

answers = []
for path in sys.argv[1:]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        try:
            os.write(writing, str(read(Path(path)).risk).encode())
        except BaseException as error:
            os.write(writing, repr(error).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as stream:
        said = stream.read()
    _, status = os.waitpid(child, 0)
    answers.append(f"signal {status}" if status else said)
print(json.dumps(collections.Counter(answers)))
"""


def answers(paths: list[Path]) -> dict[str, int]:
    """What reading each gives: a word for its risk, `signal N`, or what it raised."""
    done = subprocess.run(
        [sys.executable, "-c", READER, *map(str, paths)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, int] = json.loads(done.stdout)
    return found


def h5(path: Path) -> Path:
    return write_h5(path, sequential(dense()), TRAINING)


def index(path: Path) -> Path:
    path = path.with_suffix(".index")
    path.write_bytes(index_table(VARIABLES))
    return path


def architecture(path: Path) -> Path:
    path.write_text(json.dumps(sequential(dense())), encoding="utf-8")
    return path


def graph(path: Path) -> Path:
    return write_savedmodel(path.with_suffix(".d"), ("Const", "SaveV2")) / "saved_model.pb"


def copies(folder: Path, whole: Path, number: int) -> list[Path]:
    """Where damaged ones go; a graph and an index are known by their names."""
    found = []
    for at in range(number):
        (folder / str(at)).mkdir()
        found.append(folder / str(at) / whole.name)
    return found


MAKERS = [h5, write_keras, index, graph, architecture]


@pytest.mark.parametrize("make", MAKERS)
def test_files_that_are_cut(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    whole = make(tmp_path / "whole")
    data = whole.read_bytes()
    cuts = sorted({len(data) * step // 20 for step in range(1, 20)} | {1, 9, len(data) - 1})
    paths = copies(tmp_path, whole, len(cuts))
    for cut, path in zip(cuts, paths, strict=True):
        path.write_bytes(data[:cut])
    found = answers(paths)
    assert set(found) <= {str(one) for one in Risk}
    assert found.get(str(Risk.MALFORMED), 0) >= len(cuts) - 1


@pytest.mark.parametrize(("make", "number"), [(h5, 200), *((make, 40) for make in MAKERS[1:])])
def test_files_with_random_damage(
    tmp_path: Path, make: Callable[[Path], Path], number: int
) -> None:
    chance = random.Random(20)
    whole = make(tmp_path / "whole")
    paths = copies(tmp_path, whole, number)
    for path in paths:
        data = bytearray(whole.read_bytes())
        for _ in range(chance.choice((1, 4, 16, 64))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(bytes(data))
    found = answers(paths)
    assert sum(found.values()) == number
    raised = [one for one in found if one not in set(map(str, Risk)) and "signal" not in one]
    assert raised == []
    dead = sum(times for one, times in found.items() if "signal" in one)
    assert dead <= number // 10  # the HDF5 library dies of one in a thousand
