"""What is known of each format, the one place for it: its parts, names, words and advice.

Owns these records and their texts. How a format is written and read is the probe's business; how a
user's file is recognised is that of `runner.inspection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crossload.runner.strategies import STRATEGIES, Advice, Part
from crossload.runner.words import Container, Format, Strategy


@dataclass(frozen=True)
class FormatSpec:
    """One format, or one with an option.

    `title` is what a sentence calls such a file, `example` its path in advice. `parts` are what a
    file may hold. `plain_load` says what a plain load calls where that is not `load_model(path)`.
    `containers` are those that are taken for it where the content does not say more, `suffixes`
    those by which a file is taken for one without looking into it. `writing_rank`
    orders the formats in which `migrate` writes a model, None for those in which it does not.
    `is_slow` is true where saving and loading take ten times as long as a file. `advice` replaces
    that of a strategy, by strategy.
    """

    title: str
    example: str
    parts: frozenset[Part] = frozenset()
    plain_load: str = ""
    containers: tuple[Container, ...] = ()
    suffixes: tuple[str, ...] = ()
    writing_rank: int | None = None
    is_slow: bool = False
    advice: Mapping[Strategy, Advice] = field(default_factory=dict)

    @property
    def holds_model(self) -> bool:
        """Whether a model's weights are in it, and not functions for serving alone."""
        return Part.WEIGHTS in self.parts

    @property
    def suffix_text(self) -> str:
        """What the name of such a file must end in, in words."""
        return self.suffixes[0] if self.suffixes else f"no suffix ({self.title})"

    @property
    def needs_build(self) -> bool:
        """Whether it holds weights only, so that code must build the model."""
        return self.holds_model and Part.ARCHITECTURE not in self.parts


_WHOLE_MODEL = frozenset({Part.ARCHITECTURE, Part.WEIGHTS, Part.TRAINING, Part.CODE})
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
with h5py.File("model.weights.h5", "r") as file:
    file.visititems(lambda name, item: arrays.append(item[()])
                    if isinstance(item, h5py.Dataset) else None)
model = build_model()
model.set_weights(arrays)  # check the order: shapes must match one by one"""
_FROM_JSON = """with open("model/architecture.json") as file:
    model = {call}
model.load_weights("model/model.weights.h5")"""
_READ_JSON = _FROM_JSON.format(call="keras.models.model_from_json(file.read())")

_H5 = FormatSpec(
    title="an HDF5 file",
    example="model.h5",
    parts=_WHOLE_MODEL,
    containers=(Container.HDF5,),
    suffixes=(".h5", ".hdf5"),
    writing_rank=1,
)
_SAVEDMODEL = FormatSpec(
    title="a SavedModel",
    example="model",
    parts=_WHOLE_MODEL - {Part.CODE} | {Part.SIGNATURE},
    containers=(Container.SAVEDMODEL,),
    writing_rank=2,
    is_slow=True,
    advice={
        Strategy.REBUILD_WEIGHTS: Advice(
            f"{_TAKE_FROM_CHECKPOINT}; Keras 2 can load_weights the same prefix",
            _FROM_CHECKPOINT.format(prefix="model/variables/variables"),
        )
    },
)


# With an option a format is measured, and never chosen for a user.
_H5_OPTION = replace(_H5, writing_rank=None)
_SAVEDMODEL_OPTION = replace(_SAVEDMODEL, writing_rank=None)

FORMATS: Mapping[Format, FormatSpec] = {
    Format.H5: _H5,
    Format.H5_NO_OPTIMIZER: replace(_H5_OPTION, parts=_H5.parts - {Part.TRAINING}),
    Format.H5_SAVE_FORMAT: replace(
        _H5_OPTION,
        example="model",
        parts=_H5.parts | {Part.NAME},
        advice={
            Strategy.REBUILD_WEIGHTS: Advice(
                "build the same model in code, name the file for what it is, then load only its "
                "weights",
                'os.rename("model", "model.h5")\n'
                'model = build_model()\nmodel.load_weights("model.h5")',
            )
        },
    ),
    Format.SAVEDMODEL: _SAVEDMODEL,
    Format.SAVEDMODEL_NO_OPTIMIZER: replace(
        _SAVEDMODEL_OPTION, parts=_SAVEDMODEL.parts - {Part.TRAINING}
    ),
    Format.SAVEDMODEL_SAVE_FORMAT: replace(
        _SAVEDMODEL_OPTION, example="model.h5", parts=_SAVEDMODEL.parts | {Part.NAME}
    ),
    Format.KERAS: FormatSpec(
        title="a `.keras` file",
        example="model.keras",
        parts=_WHOLE_MODEL | {Part.NAME},
        containers=(Container.KERAS_ZIP, Container.KERAS_FOLDER),
        suffixes=(".keras",),
        writing_rank=0,
    ),
    Format.WEIGHTS_H5: FormatSpec(
        title="weights in HDF5",
        example="model.weights.h5",
        parts=frozenset({Part.WEIGHTS, Part.NAME}),
        plain_load="the model built by its code, then load_weights(path)",
        advice={
            Strategy.PLAIN: Advice(
                "build the same model in code, then load the weights into it",
                'model = build_model()\nmodel.load_weights("model.weights.h5")',
            ),
            Strategy.REBUILD_WEIGHTS: Advice(
                "build the same model in code, read the arrays from the HDF5 file, and assign "
                "them by order and shape",
                _FROM_HDF5,
            ),
        },
    ),
    Format.WEIGHTS_TF: FormatSpec(
        title="weights in a TensorFlow checkpoint",
        example="weights/weights",
        parts=frozenset({Part.WEIGHTS}),
        plain_load="the model built by its code, then load_weights(path)",
        advice={
            Strategy.PLAIN: Advice(
                "build the same model in code, then load the checkpoint by its prefix",
                'model = build_model()\nmodel.load_weights("weights/weights")',
            ),
            Strategy.REBUILD_WEIGHTS: Advice(
                _TAKE_FROM_CHECKPOINT, _FROM_CHECKPOINT.format(prefix="weights/weights")
            ),
        },
    ),
    Format.JSON_WEIGHTS: FormatSpec(
        title="an architecture in JSON with weights",
        example="model",
        parts=frozenset({Part.ARCHITECTURE, Part.WEIGHTS, Part.CODE, Part.NAME}),
        plain_load="model_from_json, then load_weights(path)",
        advice={
            Strategy.PLAIN: Advice(
                "make the model from its JSON, then load the weights into it", _READ_JSON
            ),
            Strategy.CUSTOM_OBJECTS: Advice(
                STRATEGIES[Strategy.CUSTOM_OBJECTS].advice.sentence,
                _FROM_JSON.format(
                    call="keras.models.model_from_json(\n"
                    '        file.read(), custom_objects={"MyLayer": MyLayer}\n'
                    "    )"
                ),
            ),
            Strategy.UNSAFE: Advice(
                STRATEGIES[Strategy.UNSAFE].advice.sentence,
                f"keras.config.enable_unsafe_deserialization()\n{_READ_JSON}",
            ),
            Strategy.LEGACY: Advice(
                STRATEGIES[Strategy.LEGACY].advice.sentence,
                "import tf_keras\n\n"
                + _FROM_JSON.format(call="tf_keras.models.model_from_json(file.read())"),
            ),
            Strategy.REBUILD_WEIGHTS: Advice(
                "build the same model in code instead of reading its JSON, then load the weights",
                'model = build_model()\nmodel.load_weights("model/model.weights.h5")',
            ),
        },
    ),
    Format.EXPORT: FormatSpec(
        title="an exported SavedModel",
        example="model",
        parts=frozenset({Part.SIGNATURE}),
        plain_load="tf.saved_model.load and its endpoint `serve`",
        advice={
            Strategy.PLAIN: Advice(
                "load the export with TensorFlow and call its endpoint; it is not a Keras model",
                'loaded = tf.saved_model.load("model")\noutputs = loaded.serve(inputs)',
            )
        },
    ),
    Format.SCRIPT: FormatSpec(
        title="the files of a scripted case",
        example="model.keras",
        plain_load="the load script of the case",
    ),
}

# Formats in which one file or folder is the whole model; then the same as `migrate` prefers them.
WHOLE_FORMATS = tuple(one for one, spec in FORMATS.items() if spec.writing_rank is not None)
WRITTEN_FORMATS = tuple(sorted(WHOLE_FORMATS, key=lambda one: FORMATS[one].writing_rank or 0))
BY_CONTAINER: Mapping[Container, Format] = {
    container: one for one in WHOLE_FORMATS for container in FORMATS[one].containers
}
BY_SUFFIX: Mapping[str, Format] = {
    suffix: one for one in WHOLE_FORMATS for suffix in FORMATS[one].suffixes
}
# What is written under a name with that suffix; a folder's has none.
WRITTEN_SUFFIXES: Mapping[str, Format] = {
    suffix: one for one in WHOLE_FORMATS for suffix in FORMATS[one].suffixes or ("",)
}


def strategy_advice(strategy: Strategy, file_format: Format) -> Advice:
    """How to load a file of this format with this strategy, in a user's own code."""
    spec = FORMATS[file_format]
    special = spec.advice.get(strategy)
    if special is not None:
        return special
    advice = STRATEGIES[strategy].advice
    return Advice(advice.sentence, advice.example.format(name=spec.example))
