"""Damaged files: cut anywhere, bytes changed at random. Every one gets an answer."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
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
import json, os, signal, sys
from pathlib import Path
from crossload.runner.inspection import arrays, hdf5, keras_zip
from crossload.runner.inspection.reading import read

answers = {}
for path in sys.stdin.read().splitlines():
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
    answers[path] = f"signal {status}" if status else said
print(json.dumps(answers))
"""


Maker = Callable[[Path], Path]


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


MAKERS: list[Maker] = [h5, write_keras, index, graph, architecture]


NUMBERS = {h5: 200} | dict.fromkeys(MAKERS[1:], 40)


def cut(folder: Path, whole: Path) -> list[Path]:
    """The file cut in many places."""
    data = whole.read_bytes()
    cuts = sorted({len(data) * step // 20 for step in range(1, 20)} | {1, 9, len(data) - 1})
    paths = copies(folder, whole, len(cuts))
    for at, path in zip(cuts, paths, strict=True):
        path.write_bytes(data[:at])
    return paths


def changed(folder: Path, whole: Path, number: int) -> list[Path]:
    """So many copies of the file with some bytes changed at random."""
    chance = random.Random(20)
    paths = copies(folder, whole, number)
    for path in paths:
        data = bytearray(whole.read_bytes())
        for _ in range(chance.choice((1, 4, 16, 64))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(bytes(data))
    return paths


@dataclass(frozen=True)
class Damaged:
    """How often each answer was given to the files of one maker: a word for a file's risk,
    `signal N`, or what reading raised.
    """

    cut: Counter[str]
    changed: Counter[str]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[Maker, Damaged]:
    """All files read by one program: its start takes longer than reading them."""
    files: dict[Maker, tuple[list[Path], list[Path]]] = {}
    for make, number in NUMBERS.items():
        whole, cuts, others = (tmp_path_factory.mktemp(one) for one in ("whole", "cut", "changed"))
        one = make(whole / "model")
        files[make] = cut(cuts, one), changed(others, one, number)
    done = subprocess.run(
        [sys.executable, "-c", READER],
        cwd=ROOT,
        input="\n".join(str(path) for lists in files.values() for one in lists for path in one),
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, str] = json.loads(done.stdout)
    return {
        make: Damaged(*(Counter(said[str(path)] for path in one) for one in lists))
        for make, lists in files.items()
    }


@pytest.mark.parametrize("make", MAKERS)
def test_files_that_are_cut(answers: dict[Maker, Damaged], make: Maker) -> None:
    found = answers[make].cut
    assert found.total() >= 20
    assert set(found) <= {str(one) for one in Risk}
    assert found[str(Risk.MALFORMED)] >= found.total() - 1


@pytest.mark.parametrize("make", MAKERS)
def test_files_with_random_damage(answers: dict[Maker, Damaged], make: Maker) -> None:
    found, number = answers[make].changed, NUMBERS[make]
    assert found.total() == number
    raised = [one for one in found if one not in set(map(str, Risk)) and "signal" not in one]
    assert raised == []
    dead = sum(times for one, times in found.items() if "signal" in one)
    assert dead <= number // 10  # the HDF5 library dies of one in a thousand
