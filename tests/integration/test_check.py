"""`crossload check` with real frameworks: files, scripts, own code, damaged and hostile models."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from crossload.cli.main import main
from crossload.runner import workflow
from crossload.runner.home import Home
from crossload.runner.ledger import Ledger
from crossload.runner.progress import ProbeProgress
from tests.inspection import making
from tests.integration.conftest import HOME, ROOT, crossload

pytestmark = pytest.mark.integration

# Keras 2 and Keras 3; models that never end are given little time.
MATRIX = """
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
limits: {cpu_seconds: 8, wall_seconds: 20, scratch_mb: 300}
profiles:
  quick: {environments: all, models: [dense]}
"""

# Written by Keras 2.15 into the working folder: what the tests then check.
MAKE = """
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np, tensorflow as tf
from tensorflow import keras
L = keras.layers
keras.utils.set_random_seed(1)

def done(model, name, **more):
    model.save(name, **more)

one = keras.Sequential([L.Input((4,)), L.Dense(3, activation="tanh"), L.Dense(2)])
one.compile("adam", "mse")
one.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
done(one, "plain.h5"); done(one, "plain.keras")
one.save_weights("only.weights.h5"); one.save_weights("ckpt/only")
open("arch.json", "w").write(one.to_json())
done(one, "my model (модель).h5")
one.save("still.h5", include_optimizer=False)
x = np.random.RandomState(5).rand(3, 4).astype("float32")
np.savez("inputs.npz", x); np.savez("right.npz", one.predict(x, verbose=0))
np.savez("wrong.npz", one.predict(x, verbose=0) + 1); np.savez("shape.npz", x[:, :3])

class Twice(L.Layer):
    def call(self, x): return 2 * x
done(keras.Sequential([L.Input((4,)), Twice(), L.Dense(2)]), "custom.h5")

a, b = L.Input((3,), name="a"), L.Input((5,), name="b")
done(keras.Model([a, b], [L.Dense(2)(L.concatenate([a, b])), L.Dense(1)(a)]), "two.keras")
i = L.Input((6,), dtype="int32")
done(keras.Model(i, L.Dense(2)(L.Flatten()(L.Embedding(9, 4)(i)))), "embedding.keras")
drop = keras.Sequential([L.Input((4,)), L.Dense(8, activation="relu"), L.Dropout(0.5), L.Dense(2)])
drop.compile("sgd", "mse"); done(drop, "dropout.keras")
done(keras.Sequential([L.Input(batch_shape=(3, 5, 2)), L.LSTM(4, stateful=True)]), "stateful.h5")
s = L.Input((1,), dtype="string")
look = L.StringLookup(vocabulary=["the", "fox"], output_mode="one_hot")
done(keras.Model(s, L.Dense(2)(look(s))), "words.keras")
keras.mixed_precision.set_global_policy("mixed_float16")
last = L.Dense(2, dtype="float32")
done(keras.Sequential([L.Input((4,)), L.Dense(4, activation="relu"), last]), "mixed.h5")
keras.mixed_precision.set_global_policy("float32")
class Sub(keras.Model):
    def __init__(self):
        super().__init__(); self.d = L.Dense(2)
    def call(self, x): return self.d(x)
sub = Sub(); sub(np.ones((1, 4), "float32")); done(sub, "sub", save_format="tf")
module = tf.Module(); module.v = tf.Variable(np.ones((4, 2), "float32"))
spec = tf.TensorSpec((None, 4), tf.float32, name="x")
f = tf.function(lambda x: {"y": x @ module.v}, input_signature=[spec])
tf.saved_model.save(module, "bare-graph", signatures=f)
"""
CODE = """
import keras

class Twice(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs
"""
BUILD = """
def build(keras):
    return keras.Sequential([
        keras.layers.Input((4,)), keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(2)
    ])
"""


@dataclass
class Bench:
    """A folder with models that Keras 2.15 wrote, and a home with built environments."""

    folder: Path
    home: Path
    ids: tuple[str, str]

    def path(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, text: str) -> Path:
        path = self.path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return crossload(self.folder, "check", *arguments, home=self.home, timeout=400)

    def check(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """The JSON of a check, by default of all environments."""
        named = {"--to", "--pairs", "--environment"} & set(arguments)
        more = () if named else ("--environment", "*")
        done = self.call(*arguments, *more, "--json")
        told = json.loads(done.stdout) if done.stdout else {"models": [], "left_out": []}
        said = [one["sentence"] for one in told["models"]]
        assert done.returncode == code, (said, told["left_out"], done.stderr[-2000:])
        return dict(told)

    def verdicts(self, *arguments: str, code: int = 0) -> list[str]:
        """Those of the first model that were asked for, in the order of the matrix."""
        (model, *_) = self.check(*arguments, code=code)["models"]
        return [one["verdict"] for one in model["cells"] if one["asked"]]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, environments: tuple[str, str]) -> Bench:
    folder = tmp_path_factory.mktemp("models")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    home = folder / "home"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    made = subprocess.run(
        [str(HOME / "envs" / environments[0] / "bin" / "python"), "-c", MAKE],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-2000:]
    return Bench(folder, home, environments)


@pytest.mark.parametrize(
    ("name", "at_home"),
    [
        ("plain.keras", "same"),
        ("two.keras", "same"),
        ("embedding.keras", "same"),
        ("dropout.keras", "same"),
        ("words.keras", "same"),
        ("plain.h5", "same"),
        ("stateful.h5", "same"),
        ("mixed.h5", "same"),
        ("my model (модель).h5", "same"),
        ("sub", "same"),
        ("bare-graph", "predicts"),  # it has a signature and no endpoint
    ],
)
def test_kinds_of_models_agree_where_they_load(bench: Bench, name: str, at_home: str) -> None:
    """In the Keras that wrote them, and, some with help, in Keras 3."""
    done = bench.call(str(bench.path(name)), "--environment", "*", "--json")
    assert done.returncode in {0, 1}, done.stderr
    cells = json.loads(done.stdout)["models"][0]["cells"]
    home, newer = [one["verdict"] for one in cells if one["asked"]]
    assert home == at_home
    assert newer in {"same", "partial", "assisted", "translated", "predicts"}
    losses = [
        check["check"]
        for one in cells
        for attempt in one["measured"]["attempts"]
        for check in attempt["checks"]
        if check["check"] == "step" and check["status"] == "measured"
    ]
    assert bool(losses) == (name in {"plain.keras", "plain.h5", "my model (модель).h5"})


def test_the_users_code_counts_as_part_of_the_model(bench: Bench) -> None:
    model = str(bench.path("custom.h5"))
    code = bench.write("own.py", CODE)
    assert bench.verdicts(model, "--custom-objects", str(code)) == ["same", "same"]


def test_a_mistake_in_the_users_code_is_reported_as_theirs_with_its_line(bench: Bench) -> None:
    code = bench.write("broken.py", "import keras\n\nimport nothing_of_that_name\n")
    told = bench.check(str(bench.path("custom.h5")), "--custom-objects", str(code), code=1)
    warnings = " ".join(told["models"][0]["warnings"])
    assert "your broken.py, line 3: ModuleNotFoundError" in warnings


def test_weights_alone_with_code_that_builds_the_model(bench: Bench) -> None:
    code = str(bench.write("builds.py", BUILD))
    for name in ("only.weights.h5", "ckpt/only.index"):
        told = bench.check(str(bench.path(name)), "--custom-objects", code, "--to", "tf2.15")
        assert [one["verdict"] for one in told["models"][0]["cells"]] == ["same"], name


def test_an_architecture_with_its_weights(bench: Bench) -> None:
    weights = str(bench.path("only.weights.h5"))
    shutil.copy(weights, bench.path("plain-only.h5"))
    told = bench.check(str(bench.path("arch.json")), "--weights", weights, "--to", "tf2.15")
    assert told["models"][0]["cells"][0]["verdict"] in {"same", "partial"}


def test_given_inputs_and_outputs(bench: Bench) -> None:
    given = ("--inputs", str(bench.path("inputs.npz")), "--outputs")
    model = str(bench.path("still.h5"))
    right = bench.verdicts(model, *given, str(bench.path("right.npz")))
    assert set(right) <= {"same", "partial"}
    wrong = bench.verdicts(model, *given, str(bench.path("wrong.npz")), code=1)
    assert wrong == ["differs", "differs"]


def test_inputs_that_do_not_fit_are_reported_as_such(bench: Bench) -> None:
    shape = ("--inputs", str(bench.path("shape.npz")), "--to", "tf2.15")
    told = bench.check(str(bench.path("plain.keras")), *shape, code=4)
    (cell,) = told["models"][0]["cells"]
    assert cell["verdict"] == "not-run"
    assert cell["said"].startswith("it loads, but there is nothing to compare with: ValueError")


def test_a_script_in_every_saver_format_and_loader(bench: Bench) -> None:
    script = bench.write("script.py", BUILD)
    told = bench.check(str(script), "--pairs", "2.15:2.21,2.21:2.15", code=1)
    found = {
        (one["measured"]["saver"][:6], one["measured"]["format"]): one["verdict"]
        for one in told["models"][0]["cells"]
        if one["asked"]
    }
    assert found["tf2.15", "keras"] == "same"
    assert found["tf2.15", "savedmodel"] == "translated"
    assert found["tf2.21", "savedmodel"] == "unsaved"
    assert len(found) == 6


def test_a_script_that_one_saver_cannot_build(bench: Bench) -> None:
    text = BUILD.replace("return", "assert sys.version_info < (3, 13)\n    return")
    script = bench.write("picky.py", f"import sys\n{text}")
    told = bench.check(str(script), "--pairs", "2.15:2.15,2.21:2.21", "--format", "h5", code=1)
    model = told["models"][0]
    assert model["sentence"] == f"picky.py could not be built and saved in {bench.ids[1]}."
    assert any("picky.py, line 4: AssertionError" in one for one in model["warnings"])


def test_a_folder_of_models_costs_one_import_for_each_environment(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[str] = []

    class Counting(ProbeProgress):
        def worker_starting(self, environment: str) -> None:
            starts.append(environment)

    monkeypatch.setattr(workflow, "ProbeProgress", Counting)
    monkeypatch.chdir(bench.folder)
    models = bench.path("several")
    models.mkdir()
    for name in ("plain.h5", "two.keras", "custom.h5"):
        shutil.copy(bench.path(name), models / f"again-{name}")
    making.write_h5(models / "nobody.h5", making.sequential(making.dense(units="many")))
    arguments = ["check", "several", "--environment", "*", "--home", str(bench.home), "--json"]
    monkeypatch.setattr(sys, "argv", ["crossload", *arguments])
    assert main() == 1
    with Ledger.open(Home(bench.home).ledger) as ledger:
        assert len(ledger.runs()) >= 3  # one model needed all rounds
    assert sorted(starts) == sorted(bench.ids)


CRASH = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"
HANG = "while True:\n    pass\n"
FILL = "with open('fill', 'wb') as stream:\n    while True:\n        stream.write(bytes(10**7))\n"


@pytest.mark.parametrize(
    ("name", "text", "verdict"),
    [("crashing", CRASH, "crashes"), ("hanging", HANG, "times-out"), ("filling", FILL, "crashes")],
)
def test_models_that_kill_or_hang_their_process(
    bench: Bench, name: str, text: str, verdict: str
) -> None:
    del verdict
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
