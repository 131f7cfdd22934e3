"""Recipes as they come from a probe: which are kept, and how one is shown to a user.

Owns both. A recipe is the source that a probe executed (`crossload_probe.formats.recipes` writes
it); users paste what is printed, and a model's code could have forged it: only the calls that load
a model are accepted, and only on the file itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from crossload.runner.untrusted.evidence import clean_text

FILE = "$FILE"
MY_CODE = "my_code"
LONGEST = 6000  # characters

_IMPORTS = frozenset(
    {
        "from tensorflow import keras",
        "import crossload",
        "import crossload_load as crossload",
        "import keras",
        f"import {MY_CODE}",
        "import os",
        "import shutil",
        "import tensorflow as tf",
        "import tf_keras as keras",
        "import zipfile",
    }
)
_ON_FILES = frozenset(
    {
        "crossload.load_model",
        "crossload.load_weights",
        "keras.layers.TFSMLayer",
        "keras.models.load_model",
        "model.load_weights",
        "open",
        "shutil.copyfile",
        "shutil.copytree",
        "tf.compat.v1.saved_model.load",
        "tf.saved_model.load",
        "zipfile.ZipFile",
    }
)
_OTHERS = frozenset(
    {
        "archive.extract",
        "file.read",
        "keras.__internal__.enable_unsafe_deserialization",
        "keras.config.enable_unsafe_deserialization",
        "keras.models.model_from_json",
        "keras.utils.custom_object_scope",
        "list",
        "loaded.serve",
        "predict",
        "session.run",
        "signature.outputs.items",
        "tf.Graph",
        "tf.Graph.as_default",
        "tf.compat.v1.Session",
        "tf.constant",
    }
)
_FINALIZING = re.compile(r"model(\.get_layer)+(\.finalize_state)?")
_WEIGHTS = "model.weights.h5"
_MY_CODE = re.compile(rf"^(from|import) {MY_CODE}\b", re.MULTILINE)
_PLACE = re.compile(r"\$FILE[\w./]*")
_STATEMENTS = (ast.Import, ast.ImportFrom, ast.Assign, ast.Expr, ast.With)
_VARIABLES = re.compile(r'os\.environ\["(KERAS_BACKEND|TF_USE_LEGACY_KERAS)"\]')
_FILE_KEYWORDS = frozenset(
    {"encoding", "compile", "safe_mode", "translate", "custom_objects", "call_endpoint"}
)


@lru_cache(maxsize=1024)
def accepted(text: str) -> str:
    """The source, or "" where it is more than the loading of one file."""
    if len(text) > LONGEST or clean_text(text, LONGEST) != text:
        return ""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    own: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == MY_CODE:
            own |= {one.name for one in node.names}
    return text if all(_is_fine(node, own) for node in ast.walk(tree)) else ""


def rendered(recipe: str, file: str, module: str = "") -> str:
    """The source with a user's names in it.

    Args:
        recipe: what `accepted` returned.
        file: the path to write for the file.
        module: the module of the user's code; empty where it has no name.
    """
    escaped = "".join(_escaped(file))
    if module:
        recipe = _MY_CODE.sub(rf"\1 {module}", recipe)
    return recipe.replace(FILE, escaped).rstrip("\n")


def _escaped(path: str) -> Iterator[str]:
    """The characters of a path inside a literal in double quotes."""
    for letter in path:
        if letter in '\\"':
            yield "\\" + letter
        else:
            yield letter if letter.isprintable() else ascii(letter)[1:-1]


def _is_fine(node: ast.AST, own: set[str]) -> bool:
    if isinstance(node, ast.stmt) and not isinstance(node, _STATEMENTS):
        return False
    if isinstance(node, ast.ImportFrom) and node.module == MY_CODE:
        return True
    if isinstance(node, ast.Import | ast.ImportFrom):
        return ast.unparse(node) in _IMPORTS
    if isinstance(node, ast.Assign):
        return _is_value(node.value) and all(_is_target(one) for one in node.targets)
    if isinstance(node, ast.Call):
        return _is_known_call(node, own)
    return not isinstance(node, ast.Lambda | ast.NamedExpr | ast.Await | ast.Yield)


def _is_value(node: ast.expr) -> bool:
    """Whether a name may be given to it: no function, which could be called by that name."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and isinstance(node.slice, ast.Constant)
    return isinstance(node, ast.Call | ast.Dict | ast.DictComp | ast.Constant)


def _is_target(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or bool(
        _VARIABLES.fullmatch(ast.unparse(node).replace("'", '"'))
    )


def _is_known_call(node: ast.Call, own: set[str]) -> bool:
    name = _dotted(node.func)
    if name in _ON_FILES:
        places = [one for one in node.args if isinstance(one, ast.Constant)]
        named = {one.arg for one in node.keywords}
        return named <= _FILE_KEYWORDS and all(_is_place(one.value) for one in places)
    if name == "archive.extract":
        given = [one.value for one in node.args if isinstance(one, ast.Constant)]
        return len(given) == 2 and given[0] == _WEIGHTS and _is_place(given[1])
    return name in _OTHERS or name in own or _FINALIZING.fullmatch(name) is not None


def _is_place(value: object) -> bool:
    return isinstance(value, str) and _PLACE.fullmatch(value) is not None and ".." not in value


def _dotted(node: ast.expr) -> str:
    """`a.b.c` of a call's function, with calls on the way left out; "" of anything else."""
    if isinstance(node, ast.Call):
        return _dotted(node.func)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
