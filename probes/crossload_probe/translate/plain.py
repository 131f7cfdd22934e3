"""What any version of Keras wrote of an object, in one plain form.

Owns the plain form: {"class_name", "config"} without modules and registered names, policies as
names, references to tensors as `Reference`; and the list of changes of a translation.
"""

import collections
import re

MOST_CHANGES = 12
LONGEST_CHANGE = 118
LONGEST_VALUE = 24
POLICIES = ("Policy", "PolicyV1", "DTypePolicy", "FloatDTypePolicy", "QuantizedDTypePolicy")
# Values in Keras 3 operations; `translate.operations` makes Python values of them.
LITERALS = ("__slice__", "__ellipsis__", "__lambda__", "__numpy__", "__tensor__", "__bytes__")

Reference = collections.namedtuple("Reference", "layer node tensor")


class NotTranslated(Exception):
    """Something in a description has no counterpart in this Keras."""


class Changes(object):
    """Short texts that describe changes, each once, with the number of layers.

    Attributes:
        lost: texts on what the translated model does not have, each once.
    """

    def __init__(self):
        self.counted = collections.OrderedDict()
        self.lost = []

    def note(self, text):
        text = text[:LONGEST_CHANGE].rstrip()
        self.counted[text] = self.counted.get(text, 0) + 1

    def lose(self, text):
        if text not in self.lost:
            self.lost.append(text)

    def left_out(self, name, value, owner):
        shown = "" if isinstance(value, (dict, list)) else "={!r}".format(value)
        if len(shown) > LONGEST_VALUE:
            shown = ""
        self.note("left out {}{} of {}".format(name, shown, owner))

    def texts(self):
        """At most twelve texts; the last one says how many more there are."""
        found = [
            text if count == 1 else "{} ({} times)".format(text[: LONGEST_CHANGE - 13], count)
            for text, count in self.counted.items()
        ]
        if len(found) > MOST_CHANGES:
            more = len(found) - MOST_CHANGES + 1
            found = found[: MOST_CHANGES - 1] + ["{} more changes".format(more)]
        return found


def is_object(value):
    """Whether this is an object as Keras writes it: a class and its configuration."""
    return isinstance(value, dict) and isinstance(value.get("class_name"), str)


def is_container(item):
    """Whether an object is a model whose configuration lists layers."""
    config = item.get("config")
    if isinstance(config, list):
        return item["class_name"] == "Sequential"
    is_merge = item["class_name"] == "Merge"  # of Keras 1, which lists the branches it joins
    return isinstance(config, dict) and isinstance(config.get("layers"), list) and not is_merge


def plain(value):  # noqa: C901, PLR0911 - one form after the other
    """The plain form of a value of a configuration, including all it contains.

    Raises:
        NotTranslated: an object of Keras that has no plain form.
    """
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if not is_object(value):
        return {key: plain(item) for key, item in value.items()}
    name, config = value["class_name"], value.get("config")
    if name in ("__tuple__", "TensorShape"):
        return plain(value["items"] if "items" in value else config)
    if name == "__keras_tensor__":
        return Reference(*config["keras_history"])
    if name in POLICIES:
        return policy(config)
    if name == "DTypePolicyMap":
        return policy_of_map(config)
    if name == "function":
        return config
    if name in LITERALS:
        return value
    found = {"class_name": name, "config": plain(config)}
    for key in ("registered_name", "module", "name", "inbound_nodes", "build_config"):
        if value.get(key) is not None:
            found[key] = plain(value[key])
    return found


def policy(config):
    """The name of a policy."""
    if isinstance(config, dict) and config.get("mode"):
        raise NotTranslated("weights quantized to {}".format(config["mode"]))
    return config["name"] if isinstance(config, dict) else config


def policy_of_map(config):
    """The policy that all layers in a map share; different ones are not translated."""
    named = {plain(policy) for policy in config.get("policy_map", {}).values()}
    named.add(plain(config.get("default_policy")))
    named.discard(None)
    if len(named) > 1:
        raise NotTranslated("a policy of numbers for each layer inside a layer (DTypePolicyMap)")
    return named.pop() if named else "float32"


def class_names(item):
    """The names to look an object up by, the most exact one first."""
    names = [item.get("registered_name"), item["class_name"]]
    names += [re.split(r"[>.]", name)[-1] for name in names if name]
    return [name for number, name in enumerate(names) if name and name not in names[:number]]


def wrote_keras3(architecture):
    """Whether Keras 3 wrote a description, by its version or by what only Keras 3 writes."""
    version = architecture.get("keras_version")
    if version:
        return str(version).split(".")[0] == "3"
    return any(
        item.get("class_name") in ("DTypePolicy", "__keras_tensor__")
        or "batch_shape" in options_of(item)
        for item in walk(architecture)
    )


def options_of(item):
    """The configuration of an object if it is a dict, else an empty dict."""
    config = item.get("config")
    return config if isinstance(config, dict) else {}


def walk(value):
    """Every object within a value, outer ones first."""
    if isinstance(value, dict):
        if is_object(value):
            yield value
        for item in value.values():
            for found in walk(item):
                yield found
    elif isinstance(value, (list, tuple)):
        for item in value:
            for found in walk(item):
                yield found
