"""What to do: one plain sentence for every verdict and strategy, with a short example of code.

Owns advice that follows from a verdict or a strategy alone, as data. Advice that needs the cause
of a failure is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.words import Format, Strategy, Verdict


@dataclass(frozen=True)
class Advice:
    """One sentence, and the code that does what it says (empty where there is none)."""

    sentence: str
    example: str = ""


VERDICT_ADVICE: Mapping[Verdict, Advice] = {
    Verdict.SAME: Advice("nothing to do: load the file as it is"),
    Verdict.PARTIAL: Advice(
        "safe for prediction; before training on, restore by hand what is named as lost"
    ),
    Verdict.ASSISTED: Advice("a plain load does not work here; this does:"),
    Verdict.DIFFERS: Advice(
        "do not use this pair: the model loads without an error and answers differently; "
        "compare predictions before and after any other way of loading"
    ),
    Verdict.FAILS: Advice(
        "load the file where it was saved, and save it again in a format that this loader reads"
    ),
    Verdict.CRASHES: Advice(
        "do not load this file in a process that must live on; "
        "load it where it was saved and save it again in another format"
    ),
    Verdict.TIMES_OUT: Advice("allow more time under 'limits' in matrix.yaml and run again"),
    Verdict.UNSAVED: Advice("save the model in another format, or with another version"),
    Verdict.UNAVAILABLE: Advice("mend the environment as its own row says, and run again"),
    Verdict.NOT_RUN: Advice("run again: what is not measured yet is measured then"),
    Verdict.IMPOSSIBLE: Advice(
        "choose another Python or another version: no such package build exists"
    ),
}

_STRATEGY_ADVICE: Mapping[Strategy, Advice] = {
    Strategy.PLAIN: Advice(
        "load the file as it is",
        'model = keras.models.load_model("model.keras")',
    ),
    Strategy.NO_COMPILE: Advice(
        "load with compile=False, then compile again",
        'model = keras.models.load_model("model.keras", compile=False)\n'
        'model.compile(optimizer="adam", loss="mse")',
    ),
    Strategy.CUSTOM_OBJECTS: Advice(
        "define or import your own classes, and name them in custom_objects",
        "model = keras.models.load_model(\n"
        '    "model.keras", custom_objects={"MyLayer": MyLayer}\n'
        ")",
    ),
    Strategy.UNSAFE: Advice(
        "only if you trust the file: allow it to run the Python code it contains",
        'model = keras.models.load_model("model.keras", safe_mode=False)',
    ),
    Strategy.LEGACY: Advice(
        "install tf-keras (Keras 2 as a package of its own) beside Keras 3, and load with it",
        'import tf_keras\n\nmodel = tf_keras.models.load_model("model.keras")',
    ),
    Strategy.REBUILD_WEIGHTS: Advice(
        "build the same model in code, then load only the weights from the file",
        'model = build_model()\nmodel.load_weights("model.keras")',
    ),
    Strategy.SERVING: Advice(
        "use the file's serving signature for prediction; it cannot be trained on",
        'loaded = tf.saved_model.load("model")\n'
        'predict = loaded.signatures["serving_default"]\n'
        "outputs = predict(tf.constant(inputs))",
    ),
}

_TAKE_FROM_CHECKPOINT = (
    "build the same model in code, read the arrays with tf.train.load_checkpoint, and give them "
    "to the layers one by one"
)
_FROM_CHECKPOINT = """stored = tf.train.load_checkpoint("{prefix}")
print(sorted(stored.get_variable_to_shape_map()))  # what there is, by layer
layer, value = "layer_with_weights-0", ".ATTRIBUTES/VARIABLE_VALUE"
kernel = stored.get_tensor(f"{{layer}}/kernel/{{value}}")
bias = stored.get_tensor(f"{{layer}}/bias/{{value}}")
model = build_model()
model.layers[0].set_weights([kernel, bias])  # and so on with every layer"""
_FROM_HDF5 = """arrays = []
with h5py.File("{name}", "r") as file:
    file.visititems(lambda name, item: arrays.append(item[()])
                    if isinstance(item, h5py.Dataset) else None)
model = build_model()
model.set_weights(arrays)  # check the order: shapes must match one by one"""
_FROM_JSON = """with open("model/architecture.json") as file:
    model = {call}
model.load_weights("model/model.weights.h5")"""

_BY_FORMAT: Mapping[tuple[Strategy, Format], Advice] = {
    (Strategy.PLAIN, Format.WEIGHTS_H5): Advice(
        "build the same model in code, then load the weights into it",
        'model = build_model()\nmodel.load_weights("model.weights.h5")',
    ),
    (Strategy.REBUILD_WEIGHTS, Format.WEIGHTS_H5): Advice(
        "build the same model in code, read the arrays from the HDF5 file, and assign them by "
        "order and shape",
        _FROM_HDF5.format(name="model.weights.h5"),
    ),
    (Strategy.PLAIN, Format.WEIGHTS_TF): Advice(
        "build the same model in code, then load the checkpoint by its prefix",
        'model = build_model()\nmodel.load_weights("weights/weights")',
    ),
    (Strategy.REBUILD_WEIGHTS, Format.WEIGHTS_TF): Advice(
        _TAKE_FROM_CHECKPOINT, _FROM_CHECKPOINT.format(prefix="weights/weights")
    ),
    (Strategy.REBUILD_WEIGHTS, Format.SAVEDMODEL): Advice(
        f"{_TAKE_FROM_CHECKPOINT}; Keras 2 can load_weights the same prefix",
        _FROM_CHECKPOINT.format(prefix="model/variables/variables"),
    ),
    (Strategy.PLAIN, Format.JSON_WEIGHTS): Advice(
        "make the model from its JSON, then load the weights into it",
        _FROM_JSON.format(call="keras.models.model_from_json(file.read())"),
    ),
    (Strategy.CUSTOM_OBJECTS, Format.JSON_WEIGHTS): Advice(
        "define or import your own classes, and name them in custom_objects",
        _FROM_JSON.format(
            call="keras.models.model_from_json(\n"
            '        file.read(), custom_objects={"MyLayer": MyLayer}\n'
            "    )"
        ),
    ),
    (Strategy.UNSAFE, Format.JSON_WEIGHTS): Advice(
        "only if you trust the file: allow it to run the Python code it contains",
        "keras.config.enable_unsafe_deserialization()\n"
        + _FROM_JSON.format(call="keras.models.model_from_json(file.read())"),
    ),
    (Strategy.LEGACY, Format.JSON_WEIGHTS): Advice(
        "install tf-keras (Keras 2 as a package of its own) beside Keras 3, and load with it",
        "import tf_keras\n\n"
        + _FROM_JSON.format(call="tf_keras.models.model_from_json(file.read())"),
    ),
    (Strategy.REBUILD_WEIGHTS, Format.JSON_WEIGHTS): Advice(
        "build the same model in code instead of reading its JSON, then load the weights",
        'model = build_model()\nmodel.load_weights("model/model.weights.h5")',
    ),
    (Strategy.PLAIN, Format.EXPORT): Advice(
        "load the export with TensorFlow and call its endpoint; it is no Keras model",
        'loaded = tf.saved_model.load("model")\noutputs = loaded.serve(inputs)',
    ),
    (Strategy.REBUILD_WEIGHTS, Format.H5_SAVE_FORMAT): Advice(
        "build the same model in code, name the file for what it is, then load only its weights",
        'os.rename("model", "model.h5")\nmodel = build_model()\nmodel.load_weights("model.h5")',
    ),
}

_FILE_NAMES = {
    Format.H5: "model.h5",
    Format.H5_NO_OPTIMIZER: "model.h5",
    Format.H5_SAVE_FORMAT: "model",
    Format.SAVEDMODEL: "model",
    Format.SAVEDMODEL_NO_OPTIMIZER: "model",
    Format.SAVEDMODEL_SAVE_FORMAT: "model.h5",
    Format.EXPORT: "model",
}


def strategy_advice(strategy: Strategy, file_format: Format) -> Advice:
    """How to load a file of this format with this strategy, in a user's own code."""
    special = _BY_FORMAT.get((strategy, file_format))
    special = special or _BY_FORMAT.get((strategy, file_format.base))
    if special is not None:
        return special
    advice = _STRATEGY_ADVICE[strategy]
    name = _FILE_NAMES.get(file_format, "model.keras")
    return Advice(advice.sentence, advice.example.replace('"model.keras"', f'"{name}"'))


def advice_for(judged: JudgedCell) -> tuple[Advice, ...]:
    """What to do about a cell: for its verdict, then for the strategy that gives agreeing outputs.

    A cell that is `same` needs no second piece.
    """
    first = VERDICT_ADVICE[judged.verdict]
    if judged.strategy in {None, Strategy.PLAIN}:
        return (first,)
    assert judged.strategy is not None
    return (first, strategy_advice(judged.strategy, judged.cell.format))
