"""Try the names and configuration keys of all environments in this one.

Owns the second pass of the atlas: is a name found, is a key accepted and kept. An answer is what
the framework did, not what its signatures promise.
"""

import copy
import importlib
import json
import re
import warnings

from crossload_probe import wire
from crossload_probe.atlas import classes, samples

NONSENSE = "NoSuchNameAnywhere"
KEPT, CHANGED, DROPPED = "kept", "changed", "dropped"
TRIALS_PER_CLEARING = 400
MESSAGE = 160
ADDRESS = re.compile("0x[0-9a-f]{6,}")
# What stands between the braces of a printed set, whose order is another in every process.
SET = re.compile(r"(?<=\{)[^{}:]*(?=\})")


def try_all(framework, union):
    """Answers to a union.

    Args:
        framework: this environment's.
        union: {"names": {kind: {name: configuration}}, "modules": [[kind, module, name,
            registered name, configuration]], "keys": {kind: {class: {key: [value]}}}}.

    Returns:
        {"names": {kind: {name: [form]}}, "modules": [bool] or None, "keys": {kind: {class: {key:
        [[answer]]}}}} where a form is "class" or "string"; see `keys` for the answers.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "names": {
                kind: names(framework, kind, union["names"][kind])
                for kind in sorted(union["names"])
            },
            "modules": modules(framework, union["modules"]),
            "keys": {
                kind: keys(framework, kind, union["keys"][kind]) for kind in sorted(union["keys"])
            },
        }


def names(framework, kind, configurations):
    """{name: forms in which it is found}, those that are not found left out."""
    find_class = class_finder(framework, kind)
    find_string = string_finder(framework, kind)
    found = {}
    for name in sorted(configurations):
        forms = []
        config = configurations[name]
        if find_class is not None and is_found(
            lambda one: find_class({"class_name": one, "config": copy.deepcopy(config)}), name
        ):
            forms.append("class")
        if find_string is not None and is_found(find_string, name):
            forms.append("string")
        if forms:
            found[name] = forms
    framework.clear()
    return found


def is_found(find, name):
    """Whether a name is known: a name that cannot be known is refused in other words."""
    try:
        find(name)
        return True
    except Exception as error:
        refusal = error
    try:
        find(NONSENSE)
    except Exception as unknown:
        same_type = type(unknown) is type(refusal)
        return not (same_type and str(unknown).replace(NONSENSE, name) == str(refusal))
    return True


def public(framework, path):
    return classes.place(classes.root(framework), path)


def class_finder(framework, kind):
    """What turns {"class_name", "config"} of an HDF5 file into an object of that kind."""
    if kind in ("layers", "models"):
        if framework.is_keras3:
            try:
                return importlib.import_module(
                    "keras.src.legacy.saving.saving_utils"
                ).model_from_config
            except ImportError:
                pass
        return framework.keras.layers.deserialize
    path = "optimizers.schedules" if kind == "schedules" else kind
    if kind == "policies":
        path = "dtype_policies"
    module = public(framework, path)
    return getattr(module, "deserialize", None)


def string_finder(framework, kind):
    """What turns a plain string of a file into an object of that kind."""
    module = public(framework, kind)
    if kind in ("layers", "models", "schedules", "policies"):
        return None
    return getattr(module, "get", None)


def modules(framework, specimens):
    """Whether each specimen of a `.keras` file is found; None where there is no such format."""
    library = classes.serialization(framework)
    if library is None:
        return None
    deserialize = library.deserialize_keras_object
    answers = []
    for _, module, name, registered, config in specimens:

        def find(one, module=module, registered=registered, config=config, name=name):
            said = one if registered is None else registered.replace(name, one)
            return deserialize(
                {
                    "module": module,
                    "class_name": one,
                    "config": copy.deepcopy(config),
                    "registered_name": said if registered is not None else None,
                }
            )

        answers.append(is_found(find, name))
    framework.clear()
    return answers


def keys(framework, kind, wanted):
    """{class: {key: [answers of HDF5's way, answers of `.keras`' way]}} of the classes here.

    Answers have one item for each value; there is one list where both ways say the same.
    """
    answers = {}
    trials = 0
    by_name = class_finder(framework, kind)
    for name, member in sorted(own_classes(framework, kind).items()):
        if name not in wanted:
            continue
        try:
            own = classes.plain_config(classes.make(framework, kind, member).get_config())
        except Exception:
            continue
        answers[name] = tried(name, member, by_name, own, wanted[name])
        trials += sum(len(values) for values in wanted[name].values())
        if trials > TRIALS_PER_CLEARING:
            framework.clear()
            trials = 0
    framework.clear()
    return answers


def tried(name, member, by_name, own, wanted):
    def from_name(config):
        return by_name({"class_name": name, "config": config})

    def from_arguments(config):  # what old versions do with a class that has no `from_config`
        return member(**config)

    ways = [getattr(member, "from_config", from_arguments)]
    if by_name is not None and works(from_name, own):
        ways.insert(0, from_name)
    if not works(ways[-1], own):
        ways.pop()
    answers = {}
    for key in sorted(wanted):
        both = [[answer(way, own, key, value) for value in wanted[key]] for way in ways]
        answers[key] = both[:1] if both[:1] == both[1:] else both
    return answers


def works(way, own):
    try:
        way(copy.deepcopy(own))
        return True
    except Exception:
        return False


def own_classes(framework, kind):
    found = {}
    for number, path in enumerate(dict(samples.KINDS)[kind]):
        module = public(framework, path)
        for _, member in classes.members(module):
            if isinstance(member, type) and classes.belongs(kind, number, member):
                found.setdefault(member.__name__, member)
    return found


def answer(way, own, key, value):
    """What becomes of one key with one value: a word, or [type, message] of its refusal."""
    if key in own and own[key] == value and type(own[key]) is type(value):
        return KEPT
    config = copy.deepcopy(own)
    if key not in own and key in samples.OLD_KEYS:
        successor, _, companions = samples.OLD_KEYS[key]
        config.pop(successor, None)  # no file has both
        config.update(companions)
    config[key] = copy.deepcopy(value)
    try:
        made = way(config)
    except Exception as error:
        return [type(error).__name__, reason(error)]
    try:
        after = classes.plain_config(made.get_config())
    except Exception:  # what cannot be spelled again was accepted all the same
        return KEPT
    if key not in after:
        return CHANGED if key in samples.OLD_KEYS else DROPPED
    return KEPT if same(after[key], value) else CHANGED


def reason(error):
    """The innermost cause of a refusal in a line, the same in every process."""
    text = " ".join(str(error).rsplit(wire.CAUSE_MARK, 1)[-1].split())
    text = ADDRESS.sub("0x...", text)
    return SET.sub(lambda found: ", ".join(sorted(found.group().split(", "))), text)[:MESSAGE]


def same(one, other):
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
