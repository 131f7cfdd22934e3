"""The user's code: run it as a module, and find the classes and functions that a file needs.

Owns what is taken from it. The code may import the framework itself; the Keras of the
environment's API is also given as the global `keras`.
"""

import inspect
import linecache
import re
import sys
import traceback
import types

from crossload_probe.formats.own_code import OwnCode, of_objects, words_in
from crossload_probe.models.foreign import find_registry

BUILD = "build"
OBJECTS = "custom_objects"
_RUN = {}


class NoBuild(Exception):
    """The user's script has no function that builds the model."""


class OwnCodeFails(Exception):
    """The user's code raised an error; the message begins with their file and the line."""


def blaming_user_code(function, name, framework_too=True):
    """What the function returns; its error becomes one of the user's file `name`.

    Without `framework_too` this holds for errors that the file itself raises: errors from the
    framework's own calls are clearer unchanged.
    """
    try:
        return function()
    except Exception as error:
        frames = traceback.extract_tb(sys.exc_info()[2])
        lines = [frame[1] for frame in frames if frame[0] == name]
        line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
        if line is None and not lines:
            raise
        if not framework_too and frames[-1][0] != name:
            raise
        told = "{}, line {}: {}: {}".format(name, line or lines[-1], type(error).__name__, error)
    raise OwnCodeFails(told)


def run(path, name, framework):
    """The module of the code at `path`, run once per process under `name`."""
    if name in _RUN:
        return _RUN[name]
    with open(path, "r", encoding="utf-8") as stream:
        text = stream.read()
    shown = name + ".py"
    # Tracebacks and `inspect.getsource` find the text by this name.
    linecache.cache[shown] = (len(text), None, text.splitlines(True), shown)
    module = types.ModuleType(name)
    module.__file__ = shown
    module.keras = framework.keras
    # A file may name its classes by this module, which must not shadow one of the framework's.
    sys.modules.setdefault(name, module)
    registry = find_registry(framework.keras)
    before = dict(registry)

    def forget():
        """Forget the code, for a later job in the same process."""
        registry.clear()
        registry.update(before)
        _RUN.pop(name, None)
        if sys.modules.get(name) is module:
            del sys.modules[name]

    framework.undo_at_clear(forget)
    blaming_user_code(
        lambda: exec(compile(text, shown, "exec", dont_inherit=True), module.__dict__), shown
    )
    _RUN[name] = module
    return module


def objects_of(module):
    """{name: class or function} as a user would pass them as `custom_objects`.

    These are the module's `custom_objects` (a dict, or a function that returns one), else all
    classes and functions that the code defines.
    """
    named = getattr(module, OBJECTS, None)
    if named is not None:
        return blaming_user_code(
            lambda: dict(named() if callable(named) else named), module.__name__ + ".py"
        )
    found = {}
    for name, thing in vars(module).items():
        own = getattr(thing, "__module__", None) == module.__name__
        if (
            own
            and not name.startswith("_")
            and (inspect.isclass(thing) or inspect.isfunction(thing))
        ):
            found[name] = thing
            registered = getattr(thing, "_keras_registered_name", None)
            if registered:
                found[registered] = thing
    found.pop(BUILD, None)
    return found


def build(module, framework):
    """The model that the code's `build()` or `build(keras)` returns."""
    function = getattr(module, BUILD, None)
    if function is None:
        raise NoBuild("{}.py defines no function '{}'".format(module.__name__, BUILD))
    shown = module.__name__ + ".py"
    if takes_one(function):
        model = blaming_user_code(lambda: function(framework.keras), shown, framework_too=False)
    else:
        model = blaming_user_code(function, shown, framework_too=False)
    if not hasattr(model, "predict"):
        raise NoBuild("{}() returns {}, not a model".format(BUILD, type(model).__name__))
    return model


def call_of_build(module):
    """The source of that call."""
    return BUILD + ("(keras)" if takes_one(getattr(module, BUILD)) else "()")


def own_code(module, path):
    """`OwnCode` of what `objects_of` finds; without their own list, of what the file mentions."""
    named = getattr(module, OBJECTS, None)
    if named is not None:
        if callable(named):
            return OwnCode({OBJECTS: lambda: objects_of(module)}, OBJECTS + "()")
        return OwnCode({OBJECTS: named}, OBJECTS)
    objects = objects_of(module)
    words = words_in(path)
    mentioned = {
        name: thing
        for name, thing in objects.items()
        if re.search(r"(?<!\w){}(?!\w)".format(re.escape(name)), words)
    }
    names = {id(thing): name for name, thing in vars(module).items()}
    chosen = mentioned or objects
    return of_objects(chosen, {key: names[id(thing)] for key, thing in chosen.items()})


def registers(module, framework):
    """Whether running the code made a class or function of its own known to Keras."""
    known = find_registry(framework.keras).values()
    return any(getattr(thing, "__module__", None) == module.__name__ for thing in known)


def takes_one(function):
    parameters = inspect.signature(function).parameters.values()
    return any(one.default is one.empty and one.kind != one.VAR_KEYWORD for one in parameters)
