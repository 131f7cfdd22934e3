"""Calls of a Keras 2 model that say themselves whether they train, in Keras 3.

Keras 2 keeps `training=True` or `training=False` of a call whatever the model does; Keras 3
replaces it by what the model is told. Owns finding such calls, and keeping their own value.
"""

from crossload_probe.translate.nodes import leaves
from crossload_probe.translate.plain import NotTranslated

NAME = "training"
CONTEXT, OLDER = "_call_context_args", "_call_has_training_arg"
REASON = "Keras 3 replaces the `training` of a call, which Keras 2 keeps"


def values(item):
    """The `training` of each call that Keras 2 wrote; None where a call leaves it open."""
    found = []
    for node in item.get("inbound_nodes") or ():
        options = [one[3] for one in leaves(node, ()) if len(one) > 3 and isinstance(one[3], dict)]
        found.append(next((one[NAME] for one in options if one.get(NAME) is not None), None))
    return found


def concerns(item):
    """Whether a call of a layer or model names its own `training`."""
    return any(isinstance(value, (bool, int)) for value in values(item))


def keep(maker, layer, item):
    """Let the calls of a layer keep their `training`, before it is called.

    Raises:
        NotTranslated: only some calls name it, and the others would not follow the model.
    """
    if maker.from_keras3 or not maker.framework.is_keras3 or not concerns(item):
        return
    if None in values(item):
        raise NotTranslated(
            "layer {!r} is called with and without training=, which Keras 3 does not tell "
            "apart".format(item["name"])
        )
    if hasattr(layer, CONTEXT):
        setattr(layer, CONTEXT, set(getattr(layer, CONTEXT)) - {NAME})
    elif hasattr(layer, OLDER):
        setattr(layer, OLDER, False)
    maker.changes.lose("training= of single calls, once the model is saved again by Keras 3")
