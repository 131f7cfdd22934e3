"""SpectralNormalization where this Keras has none: the layer within it.

Owns that replacement. Such a layer divides its kernel while it trains, and stores the result, so
that the layer within predicts the same; what it needs only for training is left out.
"""

import re

from crossload_probe.formats import layouts

CLASS = "SpectralNormalization"
VECTORS = ("sn_u", "vector_u")  # what it keeps for the next step
KEY = re.compile(r"^spectral_normalization(_\d+)?$")
WITHIN = "layer"


def within(maker, name, config):
    """The layer within such a layer; None for others, and where this Keras has the class."""
    if name != CLASS or maker.find_layer_class(name) is not None:
        return None
    inner = config[WITHIN]
    made = maker.inner(dict(inner, config=dict(inner["config"], name=config.get("name"))))
    maker.changes.note("{} as the layer within".format(CLASS))
    maker.changes.lose("{}: its layer is not normalized while it trains".format(CLASS))
    setattr(made, layouts.OWN, without_vector)
    return made


def without_vector(entries):
    """[(name, array)] of such a layer without what the layer within does not have."""
    return [one for one in entries if one[0].split("/")[-1].split(":")[0] not in VECTORS]


def unwrap(node):
    """Make the nodes of such layers in a tree of Keras 3 those of the layers within."""
    for key, inner in node.inner.items():
        if KEY.match(key) and WITHIN in inner.inner:
            inner.arrays = inner.inner[WITHIN].arrays
            inner.inner = type(inner.inner)(inner.inner[WITHIN].inner)
        unwrap(inner)
