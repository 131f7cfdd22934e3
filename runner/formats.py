"""What is known of each format, the one place for it: its parts, names, words and advice.

Owns these records and their texts. How a format is written and read is the probe's business; how a
user's file is recognised is that of `runner.inspection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crossload.runner.strategies import STRATEGIES, Part
from crossload.runner.words import Container, Format, Strategy


@dataclass(frozen=True)
class FormatSpec:
    """One format, or one with an option.

    `title` is what a sentence calls such a file, `label` what a button does, `noun` what it is
    called after an adjective or "this". `parts` are what a file may hold. `plain_load`
    says what a plain load calls where that is not `load_model(path)`. `containers` are those that
    are taken for it where the content does not say more, `suffixes` those by which a file is taken
    for one without looking into it. `writing_rank` orders the formats in which `migrate` writes a
    model, None for those in which it does not. `is_slow` is true where saving and loading take ten
    times as long as a file. `advice` replaces that of a strategy, by strategy. `configuration` is
    where such a file describes its layers, if that can be edited.
    """

    title: str
    label: str = ""
    noun: str = "file"
    parts: frozenset[Part] = frozenset()
    plain_load: str = ""
    containers: tuple[Container, ...] = ()
    suffixes: tuple[str, ...] = ()
    writing_rank: int | None = None
    is_slow: bool = False
    advice: Mapping[Strategy, str] = field(default_factory=dict)
    configuration: str = ""

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
_FILL = "build the same model in code, then load the weights into it"
_FILL_BY_NAME = "build the same model in code, and load the weights by their own names"

_H5 = FormatSpec(
    title="an HDF5 file",
    label=".h5",
    noun="HDF5 file",
    parts=_WHOLE_MODEL,
    containers=(Container.HDF5,),
    suffixes=(".h5", ".hdf5"),
    writing_rank=1,
    configuration="the attribute model_config",
)
_SAVEDMODEL = FormatSpec(
    title="a SavedModel",
    label="SavedModel",
    noun="SavedModel",
    parts=_WHOLE_MODEL - {Part.CODE} | {Part.SIGNATURE},
    containers=(Container.SAVEDMODEL,),
    writing_rank=2,
    is_slow=True,
)


# With an option a format is measured, and never chosen for a user.
_H5_OPTION = replace(_H5, writing_rank=None)
_SAVEDMODEL_OPTION = replace(_SAVEDMODEL, writing_rank=None)

FORMATS: Mapping[Format, FormatSpec] = {
    Format.H5: _H5,
    Format.H5_NO_OPTIMIZER: replace(_H5_OPTION, parts=_H5.parts - {Part.TRAINING}),
    Format.H5_SAVE_FORMAT: replace(
        _H5_OPTION,
        parts=_H5.parts | {Part.NAME},
    ),
    Format.SAVEDMODEL: _SAVEDMODEL,
    Format.SAVEDMODEL_NO_OPTIMIZER: replace(
        _SAVEDMODEL_OPTION, parts=_SAVEDMODEL.parts - {Part.TRAINING}
    ),
    Format.SAVEDMODEL_SAVE_FORMAT: replace(
        _SAVEDMODEL_OPTION, parts=_SAVEDMODEL.parts | {Part.NAME}
    ),
    Format.KERAS: FormatSpec(
        title="a `.keras` file",
        label=".keras",
        noun=".keras file",
        parts=_WHOLE_MODEL | {Part.NAME},
        containers=(Container.KERAS_ZIP, Container.KERAS_FOLDER),
        suffixes=(".keras",),
        writing_rank=0,
        configuration="config.json in the archive",
    ),
    Format.WEIGHTS_H5: FormatSpec(
        title="weights in HDF5",
        label=".weights.h5 (weights only)",
        noun="weights file",
        parts=frozenset({Part.WEIGHTS, Part.NAME}),
        plain_load="the model built by its code, then load_weights(path)",
        advice={Strategy.PLAIN: _FILL, Strategy.REBUILD_WEIGHTS: _FILL_BY_NAME},
    ),
    Format.WEIGHTS_TF: FormatSpec(
        title="weights in a TensorFlow checkpoint",
        label="TensorFlow checkpoint (weights only)",
        noun="checkpoint",
        parts=frozenset({Part.WEIGHTS}),
        plain_load="the model built by its code, then load_weights(path)",
        advice={Strategy.PLAIN: _FILL, Strategy.REBUILD_WEIGHTS: _FILL_BY_NAME},
    ),
    Format.JSON_WEIGHTS: FormatSpec(
        title="an architecture in JSON with weights",
        label="JSON and weights",
        noun="weights file",
        parts=frozenset({Part.ARCHITECTURE, Part.WEIGHTS, Part.CODE, Part.NAME}),
        plain_load="model_from_json, then load_weights(path)",
        configuration="the JSON",
        advice={
            Strategy.PLAIN: "make the model from its JSON, then load the weights into it",
            Strategy.REBUILD_WEIGHTS: "build the same model in code instead of reading its JSON, "
            "then load the weights",
        },
    ),
    Format.EXPORT: FormatSpec(
        title="an exported SavedModel",
        label="export (prediction only)",
        noun="exported model",
        parts=frozenset({Part.SIGNATURE}),
        plain_load="tf.saved_model.load and its endpoint `serve`",
        advice={
            Strategy.PLAIN: "load the export with TensorFlow and call its endpoint; it is not a "
            "Keras model",
        },
    ),
    Format.SCRIPT: FormatSpec(
        title="the files of a scripted case",
        label="scripted cases",
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


def strategy_advice(strategy: Strategy, file_format: Format) -> str:
    """What to do to load a file of this format with this strategy, in one sentence."""
    return FORMATS[file_format].advice.get(strategy) or STRATEGIES[strategy].advice
