"""The two scripts of a cell of a user's own model.

Owns what is filled into the templates for it: how the user's code is run, what of it is given to
Keras, and the architecture in a file that comes without code.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossload.reports.reproduce.loading import Loading, path_of, saving
from crossload.reports.reproduce.scripts import again, loaded_in, spoken
from crossload.reports.reproduce.templates import (
    LoadScript,
    SaveScript,
    Side,
    arrays_of,
    kept_arrays,
    of_side,
    rendered,
)
from crossload.runner.errors import UsageError
from crossload.runner.records import Tolerances
from crossload.runner.words import Check, Format, Strategy

CODE_FOLDER = "code"
INPUTS = "inputs.npz"
_SAVED = "saved"
_RUN = 'code = runpy.run_path("{code}", {{"keras": keras}}, "{module}")\n'
_DEFINED = """\
custom_objects = {{
    name: one for name, one in code.items() if getattr(one, "__module__", None) == "{module}"
}}
"""
_LISTED = """\
custom_objects = code["custom_objects"]
custom_objects = custom_objects() if callable(custom_objects) else custom_objects
"""
_DRAWING = """\
stream = numpy.random.RandomState(1)
for layer in model.layers:  # weights that are all alike would hide that they were lost
    arrays = layer.get_weights()
    for at, one in enumerate(arrays):
        if one.dtype.kind == "f" and one.size and (one == one.flat[0]).all():
            arrays[at] = one + stream.uniform(-0.3, 0.3, one.shape)
    if arrays and not hasattr(layer, "adapt"):
        layer.set_weights(arrays)"""
_ARCHITECTURES = {
    Format.H5: """\
import h5py

with h5py.File("{path}", "r") as file:
    text = file.attrs["model_config"]
text = text.decode() if isinstance(text, bytes) else text
""",
    Format.KERAS: """\
text = zipfile.ZipFile("{path}").read("config.json").decode()
""",
    Format.JSON_WEIGHTS: """\
with open("{path}/architecture.json") as file:
    text = file.read()
""",
}


@dataclass(frozen=True)
class OwnCode:
    """A user's Python file.

    Attributes:
        module: its name without `.py`.
        has_build: whether it has a function `build`, `takes_keras` whether that takes Keras.
        lists_objects: whether it says itself what `custom_objects` are.
    """

    module: str
    has_build: bool = False
    takes_keras: bool = False
    lists_objects: bool = False

    @property
    def place(self) -> str:
        """Where it is in the folder."""
        return f"{CODE_FOLDER}/{self.module}.py"

    def run(self) -> str:
        """The line that runs it."""
        return _RUN.format(code=self.place, module=self.module)

    def objects(self) -> str:
        """The lines that set `custom_objects`, once it was run."""
        return _LISTED if self.lists_objects else _DEFINED.format(module=self.module)

    def build(self) -> str:
        """The line that builds the model, once it was run."""
        return f'model = code["build"]({"keras" if self.takes_keras else ""})'


@dataclass(frozen=True)
class OwnSubject:
    """What is saved and loaded.

    Attributes:
        format: of the file.
        payload: the name of the file, or folder, in `saved`; empty where `save.py` makes it.
        strategy: how it is loaded.
        concessions: what the measured attempt gave up.
        watched: what `load.py` compares besides the outputs.
        tolerance: how far those may be apart, relative to the largest.
        code: the user's Python file, if they gave one.
        inputs: how many arrays go in; 0 where no environment could load or save it.
        outputs: how many arrays come out.
        trains: whether it is trained.
    """

    format: Format
    payload: str = ""
    strategy: Strategy = Strategy.PLAIN
    concessions: tuple[str, ...] = ()
    watched: tuple[Check, ...] = ()
    tolerance: float = Tolerances.relative
    code: OwnCode | None = None
    inputs: int = 1
    outputs: int = 1
    trains: bool = False

    @property
    def path(self) -> str:
        """Where the file or folder is."""
        return f"{_SAVED}/{self.payload}" if self.payload else path_of(self.format)


def own_save_script(subject: OwnSubject, side: Side) -> str:
    """The text of `save.py`, for a script that builds a model."""
    code = subject.code
    assert code is not None
    given = f'given = numpy.load("{INPUTS}")\n'
    kept = kept_arrays("input", subject.inputs)
    if Check.STEP in subject.watched:
        kept += kept_arrays("target", subject.outputs)
    if subject.strategy is Strategy.SERVING and subject.inputs > 1:
        kept.append('names=[one.name.split(":")[0] for one in model.inputs]')
    script = SaveScript(
        title=f"Build the model of {code.place} and save it as `{subject.format}`.",
        **of_side(side),
        code=code.run() + code.build(),
        drawing=_DRAWING,
        inputs=given + arrays_of("input", subject.inputs, "given") if subject.inputs else "",
        targets=arrays_of("target", subject.outputs, "given") if subject.trains else "",
        is_flat=subject.outputs == 1,
        trains=subject.trains,
        saving=saving(subject.format, keras_3=side.keras_3),
        kept=tuple(kept),
        watched=tuple(map(str, subject.watched)),
        builds_optimizer=subject.format.base is Format.SAVEDMODEL,
    )
    return rendered(script)


def own_load_script(subject: OwnSubject, side: Side) -> str:
    """The text of `load.py`.

    Raises:
        UsageError: the model was rebuilt from what a file holds that only crossload reads.
    """
    loading = Loading(
        subject.format,
        subject.path,
        subject.strategy,
        subject.concessions,
        has_objects=subject.code is not None,
        keras_3=side.keras_3,
        inputs=subject.inputs,
    )
    is_compared = subject.inputs > 0
    opens = not is_compared and not loading.predicts
    script = LoadScript(
        title=_title(subject, is_compared=is_compared),
        **of_side(loaded_in(side, subject.strategy)),
        code=_code(subject, loading),
        inputs=arrays_of("input", subject.inputs),
        targets=arrays_of("target", subject.outputs) if Check.STEP in subject.watched else "",
        is_flat=subject.outputs == 1 and subject.strategy is not Strategy.SERVING,
        loading=loading.opened() if opens else loading.lines(),
        predicts=loading.predicts,
        is_compared=is_compared,
        tolerance=subject.tolerance,
        watched=tuple(map(str, subject.watched)),
        builds_optimizer=subject.format.base is Format.SAVEDMODEL,
        again=again(subject.format) if Check.RE_SAVE in subject.watched else "",
    )
    return rendered(script)


def _title(subject: OwnSubject, *, is_compared: bool) -> str:
    compared = ", and compare its outputs" if is_compared else ""
    return f"Load {subject.path}{spoken(subject.strategy)}{compared}."


def _code(subject: OwnSubject, loading: Loading) -> str:
    """What the user's code does for the way of loading; nothing for those that need none."""
    code = subject.code
    if loading.builds and code is not None and code.has_build:
        return code.run() + code.build()
    if loading.builds:
        return _architecture(subject)
    return code.run() + code.objects().rstrip("\n") if code and loading.names_objects else ""


def _architecture(subject: OwnSubject) -> str:
    """Lines that build the model as the file itself describes it."""
    lines = _ARCHITECTURES.get(subject.format.base)
    if lines is None:
        raise UsageError(
            f"a model cannot be rebuilt from a file of the format {subject.format} without its "
            "code outside crossload",
            "check it with --custom-objects and a file that has a function build()",
        )
    code = subject.code
    objects = "" if code is None else code.run() + code.objects()
    named = "" if code is None else ", custom_objects"
    build = f"model = keras.models.model_from_json(text{named})"
    return objects + lines.format(path=subject.path) + build
