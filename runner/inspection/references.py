"""Functions and classes that a configuration names by their module, and what is known of them.

Owns where such names stand in a configuration, and the decision: what is not known to be harmless
is code, under whatever name. Keras 2.13 to 2.15 and 3.0 to 3.8 import any module that a file names.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from crossload.runner.inspection.configuration import Json
from crossload.runner.inspection.harmless import Harmless, harmless
from crossload.runner.inspection.model import FindingKind

Judgement = tuple[FindingKind, str]

_HERE = frozenset({"__main__", "__mp_main__"})  # the saving script: nothing to import
_FUNCTION, _SPECIFICATION = "function", "__typespec__"
_NAMED = frozenset({"function", "raw"})  # kinds of an old Lambda's function that are no byte code
# Python adds some when it starts, and had others in earlier versions.
_PYTHONS_OWN = frozenset(dir(builtins)) | {
    "breakpoint", "copyright", "credits", "execfile", "exit", "file", "help", "license", "quit",
    "raw_input", "reload",
}  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """What is to be taken from a module.

    `is_function` says that the file calls it one. `registered` is the name under which the saver
    knew a class of its user, None where the file has none.
    """

    module: str
    name: str
    is_function: bool = False
    registered: str | None = None


def references(value: dict[str, Json]) -> Iterator[Reference]:
    """Everything that one object of a configuration has a loader take from modules."""
    module, name = value.get("module"), value.get("class_name")
    registered = value.get("registered_name")
    known_as = registered if isinstance(registered, str) else None
    if isinstance(module, str) and module and isinstance(name, str):
        is_function = name == _FUNCTION
        own = {_FUNCTION: "config", _SPECIFICATION: "spec_name"}.get(name, "class_name")
        taken = value.get(own)
        if isinstance(taken, str):
            yield Reference(module, taken, is_function, known_as)
        # Keras 2.13 to 2.15 look for it in the module where the first name is not there.
        if known_as and ">" not in known_as and known_as not in {taken, _FUNCTION}:
            yield Reference(module, known_as, is_function=True)
    yield from _of_old_lambda(value)


def _of_old_lambda(value: dict[str, Json]) -> Iterator[Reference]:
    """A Lambda of Keras 2 names each of its functions by three keys."""
    for key, item in value.items():
        kind = value.get(f"{key}_type")
        if not isinstance(kind, str) or kind not in _NAMED:
            continue
        module = value.get(f"{key}_module", value.get("module"))
        if not isinstance(module, str) or not module:
            continue
        inner = (item.get("class_name"), item.get("config")) if isinstance(item, dict) else (item,)
        for name in inner:
            if isinstance(name, str) and name != _FUNCTION:
                yield Reference(module, name, is_function=True)


def judged(one: Reference) -> Judgement | None:
    """Why a reference is worth a note; None for what is known to be harmless."""
    root = one.module.partition(".")[0]
    known = harmless()
    if root in _HERE:
        dangerous = _leads_elsewhere(one.name)
    elif root == "builtins":
        first = one.name.partition(".")[0]
        dangerous = first in _PYTHONS_OWN and one.name not in known.builtins
    elif root in known.keras_packages | known.tensorflow_packages:
        dangerous = not (_of_keras(one, known) or _of_tensorflow(one, known))
    elif root in known.other_packages:
        dangerous = not _of_others(one, known)
    else:
        return _foreign(one, root, known)
    return (FindingKind.CODE, f"calls {one.module}.{one.name}") if dangerous else None


def _leads_elsewhere(name: str) -> bool:
    """Whether a name goes through a module: `os.system` does, the method of a class does not."""
    outer, dot, _ = name.partition(".")
    return bool(dot) and not _is_class(outer)


def _is_class(name: str) -> bool:
    return name.isidentifier() and name[:1].isupper()


def _of_keras(one: Reference, known: Harmless) -> bool:
    parts = one.module.split(".")
    if parts[0] not in known.keras_packages and "keras" not in parts:
        return False
    if _is_class(one.name) and not one.is_function:
        return True
    computes = len(parts) == 1 or not known.computing_parts.isdisjoint(parts[1:])
    return computes and one.name in known.functions_of_keras


def _of_tensorflow(one: Reference, known: Harmless) -> bool:
    root, _, rest = one.module.partition(".")
    if root not in known.tensorflow_packages:
        return False
    if _is_class(one.name) and not one.is_function:
        return one.name in known.tensor_classes or one.name.endswith("Spec")
    own = any(f"{rest}.".startswith(f"{module}.") for module in known.tensorflow_modules)
    return one.name in known.tensorflow_functions and (own or _is_public(rest, known))


def _is_public(part: str, known: Harmless) -> bool:
    for outer in ("compat.v1", "compat.v2", "_api.v1", "_api.v2"):
        part = part.removeprefix(outer).removeprefix(".")
    return part in known.tensorflow_parts


def _of_others(one: Reference, known: Harmless) -> bool:
    if _is_class(one.name) and not one.is_function:
        return True
    computes = not known.computing_parts.isdisjoint(one.module.split(".")[1:])
    return one.name in known.other_functions or (computes and one.name.isidentifier())


def _foreign(one: Reference, root: str, known: Harmless) -> Judgement:
    """A class may be the user's own layer; a function, or a part of a library, is none."""
    own = (one.registered or "").rpartition(">")[2]
    is_users = (
        _is_class(one.name)
        and not one.is_function
        and own == one.name
        and root not in sys.stdlib_module_names
        and root not in known.libraries
    )
    kind = FindingKind.NEEDS_CLASS if is_users else FindingKind.CODE
    text = f"takes {one.name!r} from the module {one.module!r}, which some versions of Keras import"
    return kind, text


def is_harmless_symbol(symbol: str) -> bool:
    """Whether the public name of a function of TensorFlow ("math.add") is known to compute only."""
    known = harmless()
    part, _, name = symbol.rpartition(".")
    if part.partition(".")[0] in known.keras_packages:
        return _of_keras(Reference(part, name, is_function=True), known)
    if part == "__operators__":
        return True
    return name in known.tensorflow_functions and _is_public(part, known)


def is_tensor_class(symbol: str) -> bool:
    """Whether a layer may call the methods of this class of TensorFlow."""
    return symbol.rpartition(".")[2] in harmless().tensor_classes
