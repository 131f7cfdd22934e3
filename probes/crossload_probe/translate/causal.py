"""Causal masks of attention layers, an argument of the layer before TensorFlow 2.10, then of calls.

Owns which of both this Keras takes.
"""

from crossload_probe.frameworks import accepts
from crossload_probe.translate.plain import NotTranslated, options_of

CLASSES = ("Attention", "AdditiveAttention")
ARGUMENT, OF_CALL = "causal", "use_causal_mask"


def is_causal(item, options):
    """Whether a layer of the description, called with these options, masks what follows."""
    own = item["class_name"] in CLASSES and options_of(item).get(ARGUMENT)
    return bool(own or options.get(OF_CALL))


def without_argument(item):
    """The layer without the argument, which its calls stand for."""
    if item["class_name"] not in CLASSES or ARGUMENT not in options_of(item):
        return item
    config = {key: value for key, value in item["config"].items() if key != ARGUMENT}
    return dict(item, config=config)


def adapt(layer, item, options):
    """The options of a call as this Keras takes them.

    Raises:
        NotTranslated: it has no causal mask for this layer.
    """
    found = {key: value for key, value in options.items() if key != OF_CALL}
    if not is_causal(item, options):
        return found
    if accepts(getattr(layer, "call", None), OF_CALL):
        found[OF_CALL] = True
    elif hasattr(layer, ARGUMENT):
        layer.causal = True
    else:
        text = "layer {!r}: this Keras has no causal mask of {}"
        raise NotTranslated(text.format(options_of(item).get("name"), item["class_name"]))
    return found
