"""Layers with the channels first, which TensorFlow computes on a GPU alone, for a CPU.

Owns which layers that is, and what becomes of them: the same layer with the channels last, between
two that move the channels. Their weights are the same, and the model can be saved and loaded
without own code.
"""

import re

from crossload_probe.translate.plain import NotTranslated, options_of
from crossload_probe.translate.shaped import Shaped

FIRST, LAST = "channels_first", "channels_last"
RECURRENT = re.compile(r"^ConvLSTM(\d)D$")
OTHERS = re.compile(
    r"^(?:(?:Separable|Depthwise)?Conv|Convolution|MaxPooling|AveragePooling)(\d)D(?:Transpose)?$"
)
MERGES = {"concat": "Concatenate", "sum": "Add", "ave": "Average", "mul": "Multiply"}


def needs_gpu(framework, item):
    """Whether this Keras computes an object of a description on a GPU alone, and there is none."""
    config = options_of(item)
    if config.get("data_format") != FIRST or framework.backend != "tensorflow":
        return False
    kind = RECURRENT.match(item["class_name"]) or OTHERS.match(item["class_name"])
    if kind is None or (framework.is_keras3 and kind.re is OTHERS and kind.group(1) == "3"):
        return False  # Keras 3 computes three dimensions on a CPU too
    return not has_gpu(framework.find_tensorflow())


def has_gpu(tensorflow):
    config = tensorflow.config
    find = getattr(config, "list_physical_devices", None)
    return bool((find or config.experimental.list_physical_devices)("GPU"))


def wrapped(maker, name, config):
    """The layer between two that move the channels; None where it needs neither."""
    if not needs_gpu(maker.framework, {"class_name": name, "config": config}):
        return None
    before, after = axes(name, config)
    maker.changes.note("{} with the channels last: the others need a GPU".format(name))
    layers = maker.keras.layers
    inner = dict(config, data_format=LAST, name="{}_last".format(config.get("name") or "layer"))
    found = maker.layer({"class_name": name, "config": inner})
    steps = [layers.Permute(before), found, layers.Permute(after)]
    return maker.keras.models.Sequential(steps, name=config.get("name"))


def axes(name, config):
    """(permutation to the channels last, and back) for such a layer."""
    recurrent = RECURRENT.match(name)
    places = int((recurrent or OTHERS.match(name)).group(1))
    steps = (1,) if recurrent else ()
    first = len(steps) + 1
    before = steps + tuple(range(first + 1, first + 1 + places)) + (first,)
    if recurrent and not config.get("return_sequences"):
        steps, first = (), 1
    after = steps + (first + places,) + tuple(range(first, first + places))
    return before, after


def find(maker, item):
    """A `BothWays` for a Bidirectional around such a layer; None for others."""
    inner = options_of(item).get("layer")
    if item["class_name"] != "Bidirectional" or not isinstance(inner, dict):
        return None
    return BothWays(maker, item, inner) if needs_gpu(maker.framework, inner) else None


class BothWays(Shaped):
    """A Bidirectional around such a layer: both directions are merged with channels first."""

    def __init__(self, maker, item, inner):
        self.mode = item["config"].get("merge_mode")
        if self.mode not in MERGES or inner["config"].get("return_state"):
            raise NotTranslated(
                "Bidirectional with channels first and merge_mode={!r}".format(self.mode)
            )
        self.maker, self.item, self.inner = maker, item, inner

    def make(self, shape):
        layers, name = self.maker.keras.layers, self.inner["class_name"]
        before, after = axes(name, self.inner["config"])
        last = dict(self.inner, config=dict(self.inner["config"], data_format=LAST))
        config = dict(self.item["config"], layer=last, merge_mode=None)
        config["name"] = "{}_last".format(config.get("name") or "layer")
        inputs = layers.Input(shape=shape)
        both = self.maker.layer(dict(self.item, config=config))(layers.Permute(before)(inputs))
        moved = [layers.Permute(after)(one) for one in both]
        self.maker.changes.note("{} with the channels last: the others need a GPU".format(name))
        merged = getattr(layers, MERGES[self.mode])()(moved)
        name = self.item["config"].get("name")
        return self.maker.keras.models.Model(inputs=inputs, outputs=merged, name=name)
