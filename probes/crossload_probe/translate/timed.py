"""Masks of the layer within a TimeDistributed: Keras 2 hands them on, Keras 3 does not.

Owns which layers that concerns, and what becomes of them.
"""

from crossload_probe.translate.plain import NotTranslated, options_of, walk

CLASS = "TimeDistributed"
# Layers that compute something else where there is a mask.
MASKED = (
    "AdditiveAttention",
    "Attention",
    "Bidirectional",
    "ConvLSTM2D",
    "GRU",
    "GlobalAveragePooling1D",
    "LSTM",
    "MultiHeadAttention",
    "RNN",
    "SimpleRNN",
)
REASON = "Keras 3 does not hand on the mask of the {} within the TimeDistributed layer {!r}"


def masking(item):
    """The class of the layer within a TimeDistributed that makes a mask; None if none does."""
    inner = options_of(item).get("layer")
    if item["class_name"] != CLASS or not isinstance(inner, dict):
        return None
    if inner["class_name"] == "Embedding" and options_of(inner).get("mask_zero"):
        return "Embedding"
    return "Masking" if inner["class_name"] == "Masking" else None


def find_reason(items):
    """Why Keras 3 must not build these layers of Keras 2; None if it may."""
    found = [item for item in items if masking(item) is not None]
    if not found or not any(item["class_name"] in MASKED for item in items):
        return None
    return REASON.format(masking(found[0]), options_of(found[0]).get("name"))


def check(architecture):
    """Raise `NotTranslated` where Keras 3 would compute without a mask that Keras 2 has."""
    reason = find_reason(list(walk(architecture)))
    if reason is not None:
        raise NotTranslated(reason)


def without_mask(config):
    """The arguments of a TimeDistributed of Keras 3, whose Embedding must hand on no mask here."""
    if masking({"class_name": CLASS, "config": config}) != "Embedding":
        return config
    inner = config["layer"]
    return dict(config, layer=dict(inner, config=dict(inner["config"], mask_zero=False)))
