"""Functions in a model: Lambda layers, and activations that this Keras lacks or defines otherwise.

Owns byte code, which only runs with the user's permission, and the formulas of activations.
"""

import base64
import dis
import marshal
import types

import numpy

from crossload_probe.translate import slopes, tables
from crossload_probe.translate.plain import NotTranslated, plain

# Written with functions that every Keras has in one of two modules.
FORMULAS = {
    "swish": lambda ops, x: x * ops.sigmoid(x),
    "silu": lambda ops, x: x * ops.sigmoid(x),
    "relu6": lambda ops, x: ops.clip(x, 0.0, 6.0),
    "hard_silu": lambda ops, x: x * ops.clip(x / 6.0 + 0.5, 0.0, 1.0),
    "hard_swish": lambda ops, x: x * ops.clip(x / 6.0 + 0.5, 0.0, 1.0),
    "leaky_relu": lambda ops, x: ops.relu(x) - 0.2 * ops.relu(-x),
    "mish": lambda ops, x: x * ops.tanh(ops.softplus(x)),
    "celu": lambda ops, x: ops.relu(x) - ops.relu(1.0 - ops.exp(x)),
    "hard_tanh": lambda ops, x: ops.clip(x, -1.0, 1.0),
    "log_sigmoid": lambda ops, x: -ops.softplus(-x),
    "squareplus": lambda ops, x: (x + ops.sqrt(x * x + 4.0)) / 2.0,
    "tanh_shrink": lambda ops, x: x - ops.tanh(x),
    "soft_shrink": lambda ops, x: ops.relu(x - 0.5) - ops.relu(-x - 0.5),
}


def activation(maker, owner, name):
    """A name that means the same in this Keras as in the file, else a function."""
    if name == "hard_sigmoid" and maker.from_keras3 != maker.framework.is_keras3:
        made = slopes.instead_of_activation(maker, owner)
        if made is not None:
            return made
        slope, middle = tables.HARD_SIGMOIDS[maker.from_keras3]
        ops = operations(maker)
        version = 3 if maker.from_keras3 else 2
        maker.changes.note("hard_sigmoid of {} by the formula of Keras {}".format(owner, version))
        return named(name, lambda x: ops.clip(slope * x + middle, 0.0, 1.0))
    try:
        maker.keras.activations.get(name)
    except (ValueError, TypeError):
        if name not in FORMULAS:
            raise NotTranslated("this Keras has no activation {}".format(name))
        ops, formula = operations(maker), FORMULAS[name]
        maker.changes.note("activation {} of {} by its formula".format(name, owner))
        return named(name, lambda x: formula(ops, x))
    return name


def operations(maker):
    return maker.keras.ops if maker.framework.is_keras3 else maker.keras.backend


def named(name, function):
    function.__name__ = name
    return function


def make(maker, config):
    """A Lambda layer from its function's name or byte code.

    Raises:
        NotTranslated: the function was not given, or is byte code that may not run.
    """
    config = dict(config)
    function = find_function(maker, config.pop("function"), config.get("name"))
    options = {"name": config.get("name")}
    for key in ("trainable", "dtype", "arguments"):
        if config.get(key):
            options[key] = config[key]
    shape = config.get("output_shape")
    if isinstance(shape, list) and (not shape or not isinstance(shape[0], str)):
        options["output_shape"] = tuple(shape)
    elif shape is not None:
        maker.changes.note("output_shape of a Lambda found out, not read")
    return maker.construct(maker.keras.layers.Lambda, options_with(function, options), "Lambda")


def options_with(function, options):
    return dict(options, function=function)


def find_function(maker, stored, layer):
    """The function given by its own name or by its layer's, else the one that is in the file."""
    names = [layer] + ([stored, stored.split(">")[-1]] if isinstance(stored, str) else [])
    for name in names:
        if name in maker.custom_objects:
            return maker.custom_objects[name]
    if isinstance(stored, str):
        found = getattr(maker.keras.activations, stored, None)
        if found is None:
            raise NotTranslated(
                "the function {!r} of the Lambda layer {!r} was not given; give it in "
                "custom_objects".format(stored[:60], layer)
            )
        return found
    if not maker.unsafe:
        raise NotTranslated(
            "the Lambda layer {0!r} holds byte code, which is not run; give its function as "
            "custom_objects={{{0!r}: function}}".format(layer)
        )
    return from_byte_code(maker, *parts_of(stored))


def parts_of(stored):
    """(code, defaults, closure) from any of the three forms that Keras wrote."""
    if isinstance(stored, dict):
        config = stored.get("config") or {}
        if "code" in config:
            return config["code"], config.get("defaults"), config.get("closure")
        stored = config.get("value")
    if not isinstance(stored, (list, tuple)) or len(stored) != 3:
        raise NotTranslated("a Lambda holds its function in an unknown form")
    return tuple(stored)


def from_byte_code(maker, text, defaults, closure):
    """A function from byte code of this Python version; no other can be read."""
    code = read_code(text)
    if code is None:
        raise NotTranslated("the byte code of a Lambda was written by another Python")
    seen = {
        "K": maker.keras.backend,
        "keras": maker.keras,
        "np": numpy,
        "numpy": numpy,
        "tf": maker.framework.tensorflow,
    }
    seen.update(maker.custom_objects)
    cells = tuple(cell(value) for value in closure) if closure else None
    if defaults is not None:
        defaults = tuple(defaults)
    seen["__builtins__"] = __builtins__
    return types.FunctionType(code, seen, "<lambda>", defaults, cells)


def holds_byte_code(item):
    """Whether an object is a Lambda whose function, not only its name, is in the file."""
    config = item.get("config")
    if item["class_name"].split(">")[-1] != "Lambda" or not isinstance(config, dict):
        return False
    return not isinstance(plain(config.get("function")), str)


def read_code(text):
    """The code object in a text, or None if another Python version wrote it."""
    code = None
    for encoded in (base64_bytes(text), text.encode("raw_unicode_escape")):
        if code is None and layout(encoded) == layout(marshal.dumps(base64_bytes.__code__)):
            try:
                code = marshal.loads(encoded)
            except (ValueError, EOFError, TypeError, SystemError):
                continue
    return code if isinstance(code, types.CodeType) and is_own(code) else None


def layout(encoded):
    """Where the instructions begin in a marshalled code object, which depends on the version."""
    return next((at for at in (21, 25, 17) if encoded[at : at + 1] in (b"s", b"\xf3")), None)


def is_own(code):
    """Whether this Python knows every instruction; running unknown ones kills the process."""
    resume = dis.opmap.get("RESUME")
    if resume is not None and resume not in code.co_code[:14:2]:
        return False
    names = [dis.opname[number] for number in code.co_code[::2]]
    return resume is not None or not any(name.startswith("<") for name in names)


def cell(value):
    """A cell of a closure; Python has had a public class for it since 3.8."""
    return (lambda: value).__closure__[0]


def base64_bytes(text):
    try:
        return base64.b64decode(text.encode("ascii"))
    except ValueError:
        return b""
