"""`crossload check` of models that hang, crash or do harm; interruptions and wrong options."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from crossload.runner.home import Home
from crossload.runner.ledger import Ledger
from tests.inspection import making
from tests.integration.check.bench import BUILD, Bench
from tests.integration.conftest import HOME, ROOT

pytestmark = pytest.mark.integration

CRASH = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"
HANG = "while True:\n    pass\n"
FILL = "with open('fill', 'wb') as stream:\n    while True:\n        stream.write(bytes(10**7))\n"


@pytest.mark.parametrize(
    ("name", "text"), [("crashing", CRASH), ("hanging", HANG), ("filling", FILL)]
)
def test_models_that_kill_or_hang_their_process(bench: Bench, name: str, text: str) -> None:
    script = bench.write(f"{name}.py", f"{text}\n{BUILD}")
    told = bench.check(str(script), "--pairs", "2.15:2.15", "--format", "h5", code=1)
    model = told["models"][0]
    assert "could not be built and saved" in model["sentence"]


def test_byte_code_of_a_file_runs_in_the_sandbox_and_is_named(bench: Bench) -> None:
    """The file's Lambda tries to write outside; nothing is there afterwards."""
    secret = bench.path("escaped")
    code = f"open({str(secret)!r}, 'w')"
    make = (
        "import os; os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'\n"
        "from tensorflow import keras\n"
        "making = \"__import__('os').environ.get('MAKING')\"\n"
        f"f = eval('lambda x: (' + making + {f' or exec({code!r}), x)[1]'!r})\n"
        "m = keras.Sequential([keras.layers.Input((4,)), keras.layers.Lambda(f)])\n"
        "m.save('lambda.h5')\n"
    )
    python = HOME / "envs" / bench.ids[0] / "bin" / "python"
    subprocess.run(
        [str(python), "-c", make],
        cwd=bench.folder,
        env={**os.environ, "MAKING": "1"},
        check=True,
        capture_output=True,
    )
    done = bench.call(str(bench.path("lambda.h5")), "--to", "tf2.15", "--json")
    told = json.loads(done.stdout)
    assert told["notes"] == []
    assert told["models"][0]["warnings"][0].startswith("contains code")
    assert not secret.exists()


def test_damaged_files_get_a_verdict_each(bench: Bench) -> None:
    models = bench.path("damaged")
    models.mkdir()
    whole = bench.path("plain.h5").read_bytes()
    (models / "cut.h5").write_bytes(whole[: len(whole) // 2])
    (models / "text.h5").write_text("this is no model")
    (models / "empty.h5").touch()
    shutil.copy(bench.path("plain.h5"), models / "wrong-suffix.keras")
    shutil.copy(bench.path("plain.keras"), models / "zip.h5")
    told = bench.check(str(models), code=1)
    found = {
        one["name"]: {cell["verdict"] for cell in one["cells"] if cell["asked"]}
        for one in told["models"]
    }
    assert found["cut"] == {"fails"}
    assert found["text"] == {"fails"}
    assert set(found) == {"cut", "text", "wrong-suffix", "zip"}
    assert [Path(one["path"]).name for one in told["left_out"]] == ["empty.h5"]


def declares_a_petabyte(path: Path) -> None:
    """A model whose kernel declares more numbers than there is memory, and holds none."""
    making.write_h5(path, making.sequential(making.dense(batch_input_shape=[None, 4])))
    with h5py.File(path, "r+") as file:
        group = file["model_weights/d/d"]
        del group["kernel:0"]
        group.create_dataset("kernel:0", shape=(2**24, 2**24), dtype="f4", chunks=(1024, 1024))


def reads_another_file(path: Path, secret: Path) -> None:
    """A model whose kernel lies in another file of the machine."""
    making.write_h5(path, making.sequential(making.dense(batch_input_shape=[None, 4])))
    with h5py.File(path, "r+") as file:
        group = file["model_weights/d/d"]
        del group["kernel:0"]
        places = [(str(secret).encode(), 0, 32)]
        group.create_dataset("kernel:0", shape=(4, 2), dtype="f4", external=places)


def test_hostile_files_get_an_answer_and_nothing_else(bench: Bench) -> None:
    models = bench.path("hostile")
    models.mkdir()
    secret = bench.write("secret.bin", "0123456789abcdef" * 4)
    declares_a_petabyte(models / "huge.h5")
    reads_another_file(models / "reads.h5", secret)
    outside = {"../outside": b"out", "assets/../../outside": b"out"}
    making.write_keras(models / "leaves.keras", more=outside)
    lookup = {"class_name": "StringLookup", "config": {"name": "s", "vocabulary": str(secret)}}
    making.write_keras(models / "words.keras", making.new_sequential(lookup))
    told = bench.check(str(models), code=1)
    found = {one["name"]: one for one in told["models"]}
    assert set(found) == {"huge", "reads", "leaves", "words"}
    for one in found.values():
        assert {cell["verdict"] for cell in one["cells"] if cell["asked"]} - {"not-run"}
    assert any("declares far more" in one for one in found["huge"]["warnings"])
    assert any("reads other files" in one for one in found["reads"]["warnings"])
    # `reads` can be answered only if the other file was read, which no sandbox lets it see.
    assert "same" not in {cell["verdict"] for cell in found["reads"]["cells"]}
    assert "0123456789abcdef" not in json.dumps(told)
    assert not list(bench.folder.glob("**/outside"))


def test_the_same_check_again_measures_nothing(bench: Bench) -> None:
    arguments = (str(bench.path("still.h5")), "--to", "2.15", "--to", "2.21")
    bench.check(*arguments)
    started = runs(bench)
    again = bench.call(*arguments)
    assert "everything is known already" in again.stderr
    assert again.returncode == 0
    assert "still.h5 loads with the same outputs in all 2 environments" in again.stdout
    assert runs(bench) == started + 1


def runs(bench: Bench) -> int:
    with Ledger.open(Home(bench.home).ledger) as ledger:
        return len(ledger.runs())


@pytest.fixture
def interrupted(bench: Bench) -> Callable[[str], str]:
    """Start a check, stop it when it has begun to measure, and return what it said."""

    def stop(path: str) -> str:
        process = subprocess.Popen(
            [sys.executable, "-m", "crossload", "check", path, "--environment", "*", "--home",
             str(bench.home)],
            cwd=bench.folder,
            env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if line.startswith("saves and loads:"):
                break
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=60)
        assert process.returncode == 130, said + rest
        return said + rest

    return stop


def test_an_interrupted_check_continues(bench: Bench, interrupted: Callable[[str], str]) -> None:
    models = bench.path("interrupted")
    models.mkdir()
    for number in range(12):
        shutil.copy(bench.path("two.keras"), models / f"model-{number}.keras")
    assert "everything measured so far is kept" in interrupted("interrupted")
    told = json.loads(bench.call("interrupted", "--environment", "*", "--json").stdout)
    assert len(told["models"]) == 12
    found = {cell["verdict"] for one in told["models"] for cell in one["cells"]}
    assert found <= {"same", "assisted", "translated"}


def test_mistakes_are_reported_before_anything_is_built(bench: Bench) -> None:
    np.savez(bench.path("objects.npz"), x=np.array([{}], dtype=object))
    done = bench.call("missing.h5", "--inputs", "objects.npz", "--to", "2.15")
    assert done.returncode == 2
    assert "missing.h5" in done.stderr
    assert "Python objects" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--pairs", "2.15"),
        ("--pairs", "2.15:2.21", "--to", "2.21"),
        ("--to", "2.15", "--profile", "quick"),
        ("--to", "nowhere"),
        ("--fail-on", "always"),
        ("--outputs", "right.npz"),
        ("--format", "docx"),
    ],
    ids=" ".join,
)
def test_options_that_make_no_sense_are_refused(bench: Bench, arguments: tuple[str, ...]) -> None:
    done = bench.call("plain.h5", *arguments)
    assert done.returncode == 2
    assert arguments[0].lstrip("-") in done.stderr
    assert "Traceback" not in done.stderr
