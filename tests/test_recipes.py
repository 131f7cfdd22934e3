"""Which recipes are kept, and how they are shown."""

from __future__ import annotations

import pytest

from crossload.runner.recipes import LONGEST, accepted, rendered

PLAIN = 'from tensorflow import keras\n\nmodel = keras.models.load_model("$FILE")\n'
TEXTS = """from tensorflow import keras

model = keras.models.load_model("$FILE")
---
import os

os.environ["KERAS_BACKEND"] = "jax"
import keras

model = keras.models.load_model("$FILE", compile=False, safe_mode=False)
---
import shutil

from tensorflow import keras
from my_code import Scale

shutil.copyfile("$FILE", "$FILE.h5")
with keras.utils.custom_object_scope({"crossload>Scale": Scale}):
    model = keras.models.load_model("$FILE.h5")
---
import keras
from my_code import custom_objects

with open("$FILE/architecture.json", encoding="utf-8") as file:
    model = keras.models.model_from_json(
        file.read(), custom_objects=custom_objects()
    )
model.load_weights("$FILE/model.weights.h5")
---
import zipfile

from my_code import build_model

model = build_model()
with zipfile.ZipFile("$FILE") as archive:
    weights = archive.extract("model.weights.h5", "$FILE.unpacked")
model.load_weights(weights)
model.get_layer("inner").get_layer("scale").finalize_state()
---
import crossload_load as crossload  # the file that `crossload vendor` writes
from my_code import build_model

model = build_model()
crossload.load_weights(model, "$FILE")
---
import tensorflow as tf

loaded = tf.saved_model.load("$FILE")
predict = loaded.signatures["serving_default"]
outputs = predict(**{"a b": tf.constant(inputs[0], tf.float32)})
---
import tensorflow as tf

with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    graph = tf.compat.v1.saved_model.load(session, ["serve"], "$FILE")
    signature = graph.signature_def["serving_default"]
    feeds = {signature.inputs["x"].name: inputs}
    names = {name: one.name for name, one in signature.outputs.items()}
    outputs = session.run(names, feeds)
"""
FINE = TEXTS.split("---\n")
FORGED = (
    'import os\n\nos.system("true")\n',
    'import os\n\npredict = os.system\npredict("true")\n',
    "import os as model\n\nmodel.remove(inputs)\n",
    'import shutil\n\nshutil.copyfile("$FILE", "/etc/passwd")\n',
    'import shutil\n\nshutil.copyfile("$FILE", "$FILE/../../x")\n',
    'import shutil\n\nshutil.rmtree("$FILE")\n',
    'with open("$FILE", mode="w") as file:\n    file.read()\n',
    'from keras import utils\n\nutils.get_file("x", "https://example.com")\n',
    'model = (lambda: __import__("os"))()\n',
    "def model():\n    return 1\n",
    '[exec("1") for name in "x"]\n',
    'model = keras.models.load_model("other.h5")\n',
    "model = keras.models.load_model(\n",
    f"{PLAIN}\x1b[2J",
    PLAIN + "#" * LONGEST,
)


@pytest.mark.parametrize("text", FINE)
def test_a_recipe_of_the_probes_is_kept(text: str) -> None:
    assert accepted(text) == text


@pytest.mark.parametrize("text", FORGED)
def test_what_does_more_than_load_the_file_is_not_kept(text: str) -> None:
    assert accepted(text) == ""


def test_names_of_the_user_are_put_in() -> None:
    recipe = (
        "import keras\nfrom my_code import Scale\n\n"
        'model = keras.models.load_model("$FILE", custom_objects={"Scale": Scale})\n'
    )
    assert rendered(recipe, "new.keras", "layers") == (
        "import keras\nfrom layers import Scale\n\n"
        'model = keras.models.load_model("new.keras", custom_objects={"Scale": Scale})'
    )


@pytest.mark.parametrize("name", ['a"b.h5', "a\\b.h5", "a\nb.h5", "modèle.h5", "a\u202eb.h5"])
def test_any_name_of_a_file_stays_one_literal(name: str) -> None:
    found: dict[str, str] = {}
    exec(rendered('model = str("$FILE")', name), found)
    assert found["model"] == name


def test_the_module_of_the_users_code_is_imported_by_its_name() -> None:
    recipe = 'import keras\nimport my_code\n\nmodel = keras.models.load_model("$FILE")\n'
    assert accepted(recipe) == recipe
    assert rendered(recipe, "new.keras", "layers") == (
        'import keras\nimport layers\n\nmodel = keras.models.load_model("new.keras")'
    )
