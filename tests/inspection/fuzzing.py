"""Damages model files of every container at random and reports what reading them does.

Owns the mutations and the counting. The same seed gives the same files; run it as
`python -m tests.inspection.fuzzing`. A file that raises, kills or never ends is printed with its
number, by which `damaged` makes it again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

# Readers that a fork must not import each time.
from crossload.runner.inspection import arrays, hdf5, keras_zip  # noqa: F401
from crossload.runner.inspection.model import Risk
from crossload.runner.inspection.reading import read
from crossload.runner.inspection.sniffing import NotAModelError
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

CPU_SECONDS = 3
_NOTHING = "nothing to look at"


def _h5(folder: Path) -> Path:
    return write_h5(folder / "m.h5", sequential(dense()), TRAINING)


def _keras(folder: Path) -> Path:
    return write_keras(folder / "m.keras")


def _index(folder: Path) -> Path:
    path = folder / "m.index"
    path.write_bytes(index_table(VARIABLES))
    return path


def _graph(folder: Path) -> Path:
    return write_savedmodel(folder / "sm", ("Const", "SaveV2")) / "saved_model.pb"


def _metadata(folder: Path) -> Path:
    described = (("_tf_keras_sequential", sequential(dense())),)
    return write_savedmodel(folder / "km", metadata=described) / "keras_metadata.pb"


def _json(folder: Path) -> Path:
    path = folder / "m.json"
    path.write_text(json.dumps(sequential(dense())), encoding="utf-8")
    return path


def _yaml(folder: Path) -> Path:
    path = folder / "m.yaml"
    path.write_text("class_name: Model\nconfig: {name: m, layers: [&a {x: 1}, *a]}\n", "utf-8")
    return path


MAKERS: tuple[Callable[[Path], Path], ...] = (_h5, _keras, _index, _graph, _metadata, _json, _yaml)


def damaged(data: bytes, seed: int, number: int) -> bytes:
    """The bytes with damage that depends on nothing but the two numbers."""
    chance = random.Random(f"{seed}:{number}")
    out = bytearray(data)
    kind = chance.randrange(5)
    at, length = chance.randrange(len(out)), chance.randrange(1, 64)
    if kind == 0:
        del out[at:]
    elif kind == 1:
        out[at:at] = out[chance.randrange(len(out)) :][:length]
    elif kind == 2:
        del out[at : at + length]
    else:
        for _ in range(chance.choice((1, 4, 16, 64))):
            out[chance.randrange(len(out))] = chance.choice((0, 1, 127, 255, chance.randrange(256)))
    return bytes(out)


def outcome(path: Path) -> str:
    """What reading a file in a fork gives: its risk, what it raised, or the signal."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        try:
            os.write(writing, str(read(path).risk).encode())
        except NotAModelError:
            os.write(writing, _NOTHING.encode())
        except BaseException as error:  # noqa: BLE001 - what it is stands in the report
            os.write(writing, f"raised {error!r}".encode()[:500])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read().decode("utf-8", "replace")
    _, status = os.waitpid(child, 0)
    return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else said


def fuzz(number: int, seed: int, seconds: float) -> Iterator[tuple[str, int, str]]:
    """(container, number, outcome) of so many damaged files, or of those that the time allows."""
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        paths = [make(Path(folder)) for make in MAKERS]
        wholes = [path.read_bytes() for path in paths]
        for at in range(number):
            if time.monotonic() > end:
                return
            path, data = paths[at % len(paths)], wholes[at % len(paths)]
            path.write_bytes(damaged(data, seed, at))
            yield path.name, at, outcome(path)
            path.write_bytes(data)


def is_answer(found: str) -> bool:
    """Whether reading ended as it should: with a word about the file."""
    return found == _NOTHING or found in {str(one) for one in Risk}


def main() -> int:
    """Print counts and every file that gave no answer; 1 where one raised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=900)
    args = parser.parse_args()
    counts: Counter[str] = Counter()
    raised = 0
    for name, at, found in fuzz(args.number, args.seed, args.seconds):
        counts[found if is_answer(found) else found.partition("(")[0]] += 1
        if not is_answer(found):
            sys.stdout.write(f"{name} number {at}: {found}\n")
            raised += found.startswith("raised")
    lines = (f"{count:6} {found}\n" for found, count in counts.most_common())
    sys.stdout.writelines([f"{counts.total()} files, seed {args.seed}\n", *lines])
    return 1 if raised else 0


if __name__ == "__main__":
    sys.exit(main())
