"""The lines of a script that save a model in a format, and that load it by a strategy.

Owns these calls and the names of the files. They are what a user would type, with what the
measured attempt gave up (its concessions).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from crossload.runner.words import Format, Strategy

WEIGHTS = frozenset({Format.WEIGHTS_H5, Format.WEIGHTS_TF})
NAMED = frozenset({Strategy.CUSTOM_OBJECTS, Strategy.UNSAFE, Strategy.LEGACY, Strategy.TRANSLATED})
_PATHS = {
    Format.H5: "model.h5",
    Format.H5_NO_OPTIMIZER: "model.h5",
    Format.H5_SAVE_FORMAT: "model",
    Format.SAVEDMODEL: "model",
    Format.SAVEDMODEL_NO_OPTIMIZER: "model",
    Format.SAVEDMODEL_SAVE_FORMAT: "model.h5",
    Format.KERAS: "model.keras",
    Format.WEIGHTS_H5: "model.weights.h5",
    Format.WEIGHTS_TF: "weights",
    Format.JSON_WEIGHTS: "model",
    Format.EXPORT: "model",
}
# Concessions as the probes call them.
_NO_COMPILE, _SCOPE, _UNSAFE = "no-compile", "custom-object-scope", "unsafe"
_BY_NAME, _RENAMED, _FINALIZED = "weights-by-name", str(Strategy.RENAMED), "finalize-state"
_NOTHING = "saving raised nothing, but wrote no"
_CHECKS = {
    Format.SAVEDMODEL: f'assert os.path.isfile("{{path}}/saved_model.pb"), "{_NOTHING} SavedModel"',
    Format.EXPORT: f'assert os.path.isfile("{{path}}/saved_model.pb"), "{_NOTHING} SavedModel"',
    Format.KERAS: f'assert zipfile.is_zipfile("{{path}}"), "{_NOTHING} .keras archive"',
}


def path_of(file_format: Format) -> str:
    """What `save.py` calls the file or folder."""
    return _PATHS[file_format]


def saving(file_format: Format, *, keras_3: bool, unwritten: bool = False) -> str:
    """The lines that save `model`.

    Args:
        file_format: of the file.
        keras_3: whether this Keras is Keras 3, which only refuses a SavedModel.
        unwritten: whether saving raised nothing and wrote nothing of that format.
    """
    path, kind = path_of(file_format), file_format.base
    check = f"\n{_CHECKS[kind].format(path=path)}" if unwritten and kind in _CHECKS else ""
    if kind is Format.JSON_WEIGHTS:
        return (
            f'os.makedirs("{path}", exist_ok=True)\n'
            f'with open("{path}/architecture.json", "w") as file:\n'
            "    file.write(model.to_json())\n"
            f'model.save_weights("{path}/model.weights.h5")'
        )
    if kind is Format.WEIGHTS_H5:
        return f'model.save_weights("{path}")'
    if kind is Format.WEIGHTS_TF:
        return f'model.save_weights("{path}/weights", save_format="tf")'
    if kind is Format.EXPORT:
        return f'model.export("{path}"){check}'
    options = ", include_optimizer=False" if file_format.drops_optimizer else ""
    if file_format is Format.H5_SAVE_FORMAT:
        options += ', save_format="h5"'
    named = file_format is Format.SAVEDMODEL_SAVE_FORMAT
    if named or (kind is Format.SAVEDMODEL and not keras_3):
        options += ', save_format="tf"'
    return f'model.save("{path}"{options}){check}'


@dataclass(frozen=True)
class Loading:
    """How a file is loaded.

    Attributes:
        file_format: of the file.
        path: where it is.
        strategy: the way of loading.
        concessions: what the attempt gave up.
        has_objects: whether there is a variable `custom_objects`.
        keras_3: whether this Keras is Keras 3.
        inputs: how many inputs the model has.
    """

    file_format: Format
    path: str
    strategy: Strategy
    concessions: Collection[str] = ()
    has_objects: bool = False
    keras_3: bool = False
    inputs: int = 1

    @property
    def builds(self) -> bool:
        """Whether the model is built from code, and only its weights are loaded."""
        is_rebuilt = self.strategy is Strategy.REBUILD_WEIGHTS
        return self.file_format.base in WEIGHTS or is_rebuilt

    @property
    def names_objects(self) -> bool:
        """Whether classes and functions of the model's author are given."""
        return self.has_objects and self.strategy in NAMED

    @property
    def predicts(self) -> bool:
        """Whether a Keras model comes of it, not only outputs."""
        is_served = self.strategy is Strategy.SERVING
        return not is_served and self.file_format is not Format.EXPORT

    def lines(self) -> str:
        """The lines that set `model`; of what is no Keras model, `outputs`."""
        kind = self.file_format.base
        if self.strategy is Strategy.TRANSLATED:
            return self._translated()
        if self.strategy is Strategy.SERVING:
            return self._served()
        if kind is Format.EXPORT:
            return self._called()
        if self.strategy is Strategy.REBUILD_WEIGHTS:
            return self._rebuilt()
        if kind in WEIGHTS:
            inner = "/weights" if kind is Format.WEIGHTS_TF else ""
            return f'model.load_weights("{self.path}{inner}")'
        return self._from_json() if kind is Format.JSON_WEIGHTS else self._whole()

    def opened(self) -> str:
        """The line that opens a file which is no Keras model, without calling it."""
        return f'import tensorflow\n\ntensorflow.saved_model.load("{self.path}")'

    @property
    def _is_unsafe(self) -> bool:
        return self.strategy is Strategy.UNSAFE or _UNSAFE in self.concessions

    @property
    def _options(self) -> str:
        """The arguments after the path that any way of loading a whole model can need."""
        options = ", custom_objects=custom_objects" if self.names_objects else ""
        return f"{options}, safe_mode=False" if self._is_unsafe else options

    def _translated(self) -> str:
        return _TRANSLATE.format(path=self.path, options=self._options)

    def _whole(self) -> str:
        options = self._options
        if self.strategy is Strategy.NO_COMPILE or _NO_COMPILE in self.concessions:
            options += ", compile=False"
        call = f'model = keras.models.load_model("{self.path}"{options})'
        if self.names_objects and _SCOPE in self.concessions:
            return f"with keras.utils.custom_object_scope(custom_objects):\n    {call}"
        return call

    def _from_json(self) -> str:
        named = ", custom_objects" if self.names_objects else ""
        unsafe = "keras.config.enable_unsafe_deserialization()\n"
        return (
            (unsafe if self._is_unsafe and self.keras_3 else "")
            + f'with open("{self.path}/architecture.json") as file:\n'
            + f"    model = keras.models.model_from_json(file.read(){named})\n"
            + f'model.load_weights("{self.path}/model.weights.h5")'
        )

    def _rebuilt(self) -> str:
        kind = self.file_format.base
        after = _FINALIZE if _FINALIZED in self.concessions else ""
        if kind in {Format.SAVEDMODEL, Format.WEIGHTS_TF}:
            inner = "variables/variables" if kind is Format.SAVEDMODEL else "weights"
            path = f"{self.path}/{inner}"
            if _BY_NAME in self.concessions:
                return f"{_CHECKPOINT.format(path=path)}{_ASSIGN}{after}"
            return f'model.load_weights("{path}"){after}'
        path = f"{self.path}/model.weights.h5" if kind is Format.JSON_WEIGHTS else self.path
        before, weights = "", f'"{path}"'
        if _RENAMED in self.concessions:
            before, weights = f'shutil.copy("{path}", "renamed.h5")\n', '"renamed.h5"'
        elif kind is Format.KERAS:
            before, weights = _UNZIP.format(path=path), "weights"
        if _BY_NAME in self.concessions:
            return f"{before}{_HDF5.format(weights=weights)}{_ASSIGN}{after}"
        return f"{before}model.load_weights({weights}){after}"

    def _served(self) -> str:
        given = "[inputs]" if self.inputs == 1 else "inputs"
        return _SERVE.format(path=self.path, given=given)

    def _called(self) -> str:
        given = "tensorflow.constant(inputs)"
        if self.inputs > 1:
            given = "[tensorflow.constant(one) for one in inputs]"
        return _ENDPOINT.format(path=self.path, given=given)


_TRANSLATE = """\
sys.path.insert(0, os.getcwd())
import crossload_load

model = crossload_load.load_model("{path}"{options}, translate=True)"""
_SERVE = """\
import tensorflow

loaded = tensorflow.saved_model.load("{path}")
serve = loaded.signatures["serving_default"]
specs = serve.structured_input_signature[1]
names = list(expected["names"]) if "names" in expected.files else sorted(specs)
given = {{name: tensorflow.constant(one, specs[name].dtype) for name, one in zip(names, {given})}}
outputs = [one.numpy() for _, one in sorted(serve(**given).items())]"""
_ENDPOINT = """\
import tensorflow

loaded = tensorflow.saved_model.load("{path}")
outputs = tensorflow.nest.map_structure(lambda one: one.numpy(), loaded.serve({given}))"""
_FINALIZE = """
for layer in model.layers:
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()"""
_UNZIP = """\
weights = "{path}"
if zipfile.is_zipfile(weights):
    weights = zipfile.ZipFile(weights).extract("model.weights.h5")
"""
_HDF5 = """\
import h5py

stored = []
with h5py.File({weights}, "r") as file:
    file.visititems(
        lambda name, one: stored.append((name, one[()])) if hasattr(one, "shape") else None
    )
"""
_CHECKPOINT = """\
import tensorflow

reader = tensorflow.train.load_checkpoint("{path}")
names = [name for name in reader.get_variable_to_shape_map() if name.endswith("VARIABLE_VALUE")]
stored = [(name, reader.get_tensor(name)) for name in sorted(names)]
"""
_ASSIGN = """\
stored = [one for one in stored if "optimizer" not in one[0].lower()]
# This Keras does not find them by itself: each weight gets the first array of its shape.
for layer in model.layers:
    arrays = []
    for weight, now in zip(layer.weights, layer.get_weights()):
        short = weight.name.split("/")[-1].split(":")[0]
        found = [at for at, (_, array) in enumerate(stored) if array.shape == now.shape]
        path = lambda at: stored[at][0].split("/")
        found.sort(key=lambda at: (layer.name not in path(at), short not in path(at)[-1]))
        arrays.append(stored.pop(found[0])[1])
    layer.set_weights(arrays)"""
