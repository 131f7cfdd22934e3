"""Find the classes and functions of a framework's API, with arguments and default configurations.

Owns the first pass of the atlas: what is public here, and what a file written here says.
`atlas.trials` finds whether another version accepts it.
"""

import importlib
import inspect
import json
import random
import sys
import warnings

from crossload_probe.atlas import samples

OPEN_KINDS = (inspect.Parameter.VAR_KEYWORD,)
NAMED_KINDS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
VALUE_LIMIT = 2000  # characters of a default value as JSON; longer ones say nothing


def place(keras, path):
    """The module at a dotted path below `keras`; None where it is missing (or was taken away)."""
    module = keras
    for part in path.split("."):
        try:
            module = getattr(module, part)
        except Exception:  # a lazy module may raise anything
            return None
    return module


def classes(framework):
    """{kind: {class name as files spell it: its facts}}; functions are facts too."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for kind, paths in samples.KINDS:
            found[kind] = {}
            for number, path in enumerate(paths):
                module = place(root(framework), path)
                for public, member in members(module):
                    if belongs(kind, number, member):
                        add(found[kind], framework, kind, path, public, member)
            framework.clear()
    return found


def members(module):
    """Public (name, class or function) pairs of a module, sorted."""
    pairs = []
    for name in sorted(dir(module) if module is not None else ()):
        if name.startswith("_") or name in samples.NO_OBJECTS:
            continue
        try:
            member = getattr(module, name)
        except Exception:
            continue
        if inspect.isclass(member) or inspect.isfunction(member):
            pairs.append((name, member))
    return pairs


def belongs(kind, number, member):
    if not inspect.isclass(member):
        return number == 0 and kind in samples.FUNCTION_KINDS
    if kind not in samples.BASES:
        return False
    names = {base.__name__ for base in member.__mro__}
    if kind == "layers" and names & {"Model", "Network"}:
        return False
    if kind == "schedules" and number == 0 and "Optimizer" in names:
        return False
    if names & set(samples.BASES[kind]):
        return True
    # Old versions have initializers and constraints without a common base.
    return number == 0 and kind in ("initializers", "constraints", "regularizers")


def add(table, framework, kind, path, public, member):
    """Add one member; a second public name of it is only noted, a better home of it is not."""
    name = getattr(member, "__name__", public)
    known = table.get(name)
    if known is not None:
        if public not in known["public"]:
            known["public"].append(public)
        if path.endswith(("legacy", "experimental")) and path not in known["places"]:
            known["places"].append(path)
        return
    facts = {"public": [public], "places": [path], "function": not inspect.isclass(member)}
    facts.update(arguments(member))
    if inspect.isclass(member):
        facts.update(described(framework, kind, member))
    table[name] = facts


def arguments(member):
    """Names of the arguments, those without a default, and whether any other is taken."""
    try:
        target = member.__init__ if inspect.isclass(member) else member
        parameters = list(inspect.signature(target).parameters.values())
    except (TypeError, ValueError):
        return {"arguments": [], "required": [], "open": True}
    if inspect.isclass(member):
        parameters = parameters[1:]
    named = [one for one in parameters if one.kind in NAMED_KINDS]
    return {
        "arguments": [one.name for one in named],
        "required": [one.name for one in named if one.default is one.empty],
        "open": any(one.kind in OPEN_KINDS for one in parameters),
    }


def described(framework, kind, member):
    """The default configuration and how a file names the class; or why none can be made."""
    facts = {"module": member.__module__}
    if kind == "models":
        return facts
    try:
        made = make(framework, kind, member)
        facts["config"] = plain_config(made.get_config())
    except Exception as error:
        facts["unmade"] = "{}: {}".format(type(error).__name__, error)[:200]
        return facts
    facts.update(written(framework, made))
    return facts


def make(framework, kind, member):
    """One object of a class, by arguments that suit it; the same in every process."""
    random.seed(0)  # some layers draw a seed and show it in their configuration
    name = member.__name__
    given = dict(samples.BY_CLASS.get(name, {}))
    for argument in arguments(member)["required"]:
        if argument in given:
            continue
        if argument in samples.MADE_BY:
            inner = samples.MADE_FOR.get(name, samples.MADE_BY[argument])
            given[argument] = make_inner(framework, inner)
        elif argument == "cells":
            given[argument] = [make_inner(framework, samples.MADE_BY["cell"])]
        elif argument == "name" and kind != "policies":
            given[argument] = "named"
        elif argument == "fn":
            given[argument] = framework.keras.losses.mean_squared_error
        elif argument in samples.ARGUMENTS:
            given[argument] = samples.ARGUMENTS[argument]
    for other in samples.OTHERWISE.get(name, ()):
        try:
            return member(**other)
        except Exception:
            continue
    return member(**given)


def make_inner(framework, inner):
    kind, name, given = inner
    return getattr(place(root(framework), kind), name)(**given)


def plain_config(config):
    """A configuration as JSON that a file could hold; what cannot be spelled is left out."""
    kept = {}
    for key in sorted(config):
        try:
            text = json.dumps(config[key], default=spelled, sort_keys=True, allow_nan=False)
        except (TypeError, ValueError):
            continue
        if len(text) <= VALUE_LIMIT:
            kept[str(key)] = json.loads(text)
    return kept


def spelled(value):
    """Spell what JSON has no word for, as Keras does: objects with a configuration, numbers."""
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    if hasattr(value, "as_list"):
        return value.as_list()
    if hasattr(value, "item") and getattr(value, "size", 2) == 1:
        return value.item()
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "name") and not callable(value.name):
        return value.name
    if hasattr(value, "numpy"):
        return value.numpy().tolist()
    raise TypeError("no JSON for {}".format(type(value).__name__))


def written(framework, made):
    """Module, class name and registered name as a `.keras` file of this version writes them."""
    library = serialization(framework)
    if library is None:
        return {}
    try:
        said = library.serialize_keras_object(made)
        return {"written": [said["module"], said["class_name"], said.get("registered_name")]}
    except Exception:
        return {}


def serialization(framework):
    """The module that reads and writes the objects of `.keras` files; None where there is none."""
    package = framework.keras.models.Model.__module__.split(".")[0]
    for path in ("src.saving.serialization_lib", "saving.serialization_lib"):
        found = sys.modules.get("{}.{}".format(package, path))
        if found is not None:
            return found
    return None


def root(framework):
    """The module below which the API lies; `tf.keras` of TensorFlow 2.16 and later shows a part."""
    return importlib.import_module("keras") if framework.is_keras3 else framework.keras


def seeds():
    """Names, modules and keys to try everywhere, whether or not a version shows them."""
    return {
        "names": samples.SEED_NAMES,
        "modules": samples.SEED_MODULES,
        "keys": samples.SEED_KEYS,
        "values": samples.SEED_VALUES,
        "old_keys": {key: [one[0], one[1]] for key, one in samples.OLD_KEYS.items()},
    }
