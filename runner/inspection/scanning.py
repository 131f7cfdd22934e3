"""What in a configuration is dangerous to load: code, imports, other files.

Owns the reading of a configuration with distrust. It names what is there and never calls a file
safe: only the walls around a probe protect. Modules are held against a list of what is allowed,
since a list of what is forbidden is never complete.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from crossload.runner.inspection.bytecode import codes_of, python_of
from crossload.runner.inspection.configuration import Json, Node, walk
from crossload.runner.inspection.model import Finding, FindingKind, Role

_ALLOWED_ROOTS = frozenset(
    {"keras", "tf_keras", "tensorflow", "builtins", "keras_core", "keras_hub", "keras_nlp",
     "keras_cv", "tensorflow_addons", "tensorflow_hub", "tensorflow_probability",
     "tensorflow_text", "tensorflow_model_optimization", "tensorflow_recommenders"}
)  # fmt: skip
_HERE = frozenset({"__main__", "__mp_main__"})  # the saving script: nothing to import
# Parts of Keras whose functions a model computes with. Those of others load, save and configure.
_COMPUTING = frozenset(
    {"activations", "losses", "metrics", "initializers", "regularizers", "constraints", "ops",
     "nn", "random", "math", "layers", "quantizers", "optimizers"}
)  # fmt: skip
_PRIVATE = frozenset({"src", "api", "_tf_keras", "keras"})  # keras.src.activations and the like
# Public functions of Keras that do more than compute, and have been used for it.
_HARMFUL = frozenset(
    {"get_file", "enable_unsafe_deserialization", "load_img", "save_img", "extract_archive",
     "audio_dataset_from_directory", "image_dataset_from_directory", "load_model", "save_model",
     "text_dataset_from_directory", "load_weights", "save_weights", "model_from_json",
     "deserialize_keras_object", "register_keras_serializable"}
)  # fmt: skip
_SWITCH = "enable_unsafe_deserialization"
_FILE_WRAPPERS = {
    "TFSMLayer": (FindingKind.READS_FILES, "loads a SavedModel from elsewhere"),
    "TorchModuleWrapper": (FindingKind.CODE, "unpickles a PyTorch module"),
    "JaxLayer": (FindingKind.CODE, "calls a function of the saving program"),
    "KerasLayer": (FindingKind.READS_FILES, "loads a module from a path or the network"),
}
_FILE_KEYS = ("vocabulary", "vocabulary_file", "vocab_file", "spm_proto_file")
# Symbols of TensorFlow that a layer made of one operation can name.
_OPERATIONS = re.compile(
    r"(?:^|[.\"' ])(?:(?:io\.)?(?:read_file|write_file|matching_files)|io\.gfile\.\w+|py_function"
    r"|numpy_function|py_func|load_op_library|load_library|saved_model\.load"
    r"|ReadFile|WriteFile|MatchingFiles|PyFunc|PyFuncStateless|EagerPyFunc)(?:$|[.\"' ])"
)
_OPERATION_LAYERS = {"TFOpLambda": "function", "SlicingOpLambda": "function",
                     "TensorFlowOpLayer": "node_def", "ClassMethod": "cls_symbol"}  # fmt: skip
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")


def scan(tree: Json, prefix: str = "") -> list[Finding]:
    """Everything dangerous in a configuration, in its order; `prefix` stands before each place."""
    found: list[Finding] = []
    slashes = 0
    for node in walk(tree):
        if isinstance(node.value, dict):
            found.extend(_of_object(node, node.value))
            slashes += _has_slash(node)
        elif isinstance(node.value, str) and _SWITCH in node.value:
            text = f"names {_SWITCH}, which turns Keras' safe mode off"
            found.append(Finding(kind=FindingKind.CODE, text=text, where=node.path))
    if slashes:
        text = f"{slashes} names of layers have '/' in them, which Keras 3 refuses"
        found.append(Finding(kind=FindingKind.ODD, text=text))
    if prefix:
        found = [one.model_copy(update={"where": prefix + one.where}) for one in found]
    return list(dict.fromkeys(found))


def _of_object(node: Node, value: dict[str, Json]) -> Iterator[Finding]:
    where = node.path
    name, config = value.get("class_name"), value.get("config")
    for key, code in codes_of(value):
        era = python_of(code)
        of = f" of Python {era}" if era else ""
        text = f"its {key} is Python byte code{of}" if key else f"holds Python byte code{of}"
        yield Finding(kind=FindingKind.CODE, text=text, where=where)
    yield from _of_module(value, name, config, where)
    if not isinstance(name, str):
        return
    own = name.rpartition(">")[2]
    if own in _FILE_WRAPPERS:
        kind, text = _FILE_WRAPPERS[own]
        yield Finding(kind=kind, text=text, where=where)
    if isinstance(config, dict):
        yield from _of_config(own, config, where)
        if node.role is Role.LAYER:
            yield from _of_name(config.get("name"), where)


def _of_module(value: dict[str, Json], name: Json, config: Json, where: str) -> Iterator[Finding]:
    """What is to be imported, and what is to be taken from there."""
    module = value.get("module")
    if not isinstance(module, str):
        return
    is_function_here = value.get("function_type") == "function"  # an old Lambda's own keys
    if not isinstance(name, str) and not is_function_here:
        return
    taken = value.get("function") if is_function_here else name
    named = config if name == "function" else taken
    if module.split(".")[0] not in _ALLOWED_ROOTS | _HERE:
        yield Finding(kind=_foreign(module, name), text=_taken(module, named), where=where)
        return
    wanted = {str(one).rpartition(".")[2] for one in (name, named) if isinstance(one, str)}
    if wanted & _HARMFUL or (name == "function" and not _computes(module)):
        text = f"calls {module}.{named}"
        yield Finding(kind=FindingKind.CODE, text=text, where=where)


def _foreign(module: str, name: Json) -> FindingKind:
    """A class may be the user's own layer; a function, or a part of Python itself, is none."""
    root = module.partition(".")[0]
    is_attack = name == "function" or root in sys.stdlib_module_names
    return FindingKind.CODE if is_attack else FindingKind.IMPORTS


def _taken(module: str, named: Json) -> str:
    return f"takes {named!r} from the module {module!r}, which some versions of Keras import"


def _computes(module: str) -> bool:
    """Whether a function of this module can be part of a model: `keras.src.activations.x` can."""
    parts = module.split(".")
    if parts[0] not in {"keras", "tf_keras", "tensorflow"}:
        return True
    rest = [part for part in parts[1:] if part not in _PRIVATE and part != "python"]
    return not rest or rest[0] in _COMPUTING


def _of_config(name: str, config: dict[str, Json], where: str) -> Iterator[Finding]:
    for key in _FILE_KEYS:
        source = config.get(key)
        if isinstance(source, str):
            text = f"reads its {key} from {source!r}"
            yield Finding(kind=FindingKind.READS_FILES, text=text, where=where)
    operation = config.get(_OPERATION_LAYERS.get(name, ""))
    hit = _OPERATIONS.search(str(operation)) if operation else None
    if hit:
        text = f"calls TensorFlow's {hit.group().strip(' .')}"
        yield Finding(kind=FindingKind.CODE, text=text, where=where)


def _of_name(name: Json, where: str) -> Iterator[Finding]:
    """A layer's name becomes a path where its files are kept; Keras 3.14 followed any."""
    if isinstance(name, str) and is_unsafe(name):
        text = f"the layer is called {name!r}"
        yield Finding(kind=FindingKind.UNSAFE_NAME, text=text, where=where)


def is_unsafe(name: str) -> bool:
    """Whether a relative path leads out of its folder, or ends too early."""
    parts = name.replace("\\", "/").split("/")
    return (
        "\0" in name
        or ".." in parts
        or (len(parts) > 1 and not parts[0])
        or bool(_DRIVE.match(name))
    )


def _has_slash(node: Node) -> bool:
    config = node.value.get("config") if isinstance(node.value, dict) else None
    name = config.get("name") if isinstance(config, dict) else None
    return node.role is Role.LAYER and isinstance(name, str) and "/" in name
