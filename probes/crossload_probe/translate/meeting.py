"""Masks that meet in a layer with several inputs, such as Add and Concatenate.

Keras 2 keeps a step if all masks keep it, and Keras 3 since 3.4 if any does; before, it dropped
them. Owns these rules, and giving a layer that of the file instead of that of this Keras.
"""

from crossload_probe.frameworks import version_tuple
from crossload_probe.translate.plain import NotTranslated, options_of

SINCE = (3, 4)
ALL, ANY, NONE = "all", "any", "none"
# Since then, these also leave out what is masked when they compute.
COMPUTING = {"Maximum": "maximum", "Minimum": "minimum", "Multiply": "multiply"}
KINDS = ("Add", "Average", "Concatenate", "Subtract") + tuple(COMPUTING)
MASK, COMPUTES = "_keras_mask", "_merge_function"
REASON = "masks that meet in a layer are joined otherwise than where the file was written"
LOST = "the mask of {} {!r}, once the model is saved again: this Keras joins masks otherwise"


def rule(is_keras3, version):
    """How a Keras of that version, a tuple, joins masks."""
    if not is_keras3:
        return ALL
    return ANY if version >= SINCE else NONE


def rules(framework, from_keras3, version):
    """(that of the file, that of this Keras)."""
    here = rule(framework.is_keras3, framework.keras_version)
    if from_keras3 and not version:
        return here, here  # a file that does not say
    return rule(from_keras3, version_tuple(version) if version else ()), here


def concerns(framework, architecture, items, from_keras3):
    """Whether masks may meet in a model, and this Keras joins them otherwise."""
    masked = any(
        options_of(one).get("mask_zero") or one["class_name"] == "Masking" for one in items
    )
    if not masked or not any(item["class_name"] in KINDS for item in items):
        return False
    there, here = rules(framework, from_keras3, architecture.get("keras_version"))
    return there != here


def keep(maker, layer, args):
    """Let a layer join the masks of its inputs as the Keras of the file did.

    Raises:
        NotTranslated: masks change what it computes, and did not there or do not here.
    """
    kind = type(layer).__name__
    inputs = args[0] if args and isinstance(args[0], (list, tuple)) else ()
    masks = [getattr(one, MASK, None) for one in inputs]
    there, here = rules(maker.framework, maker.from_keras3, maker.version)
    if kind not in KINDS or there == here or all(one is None for one in masks):
        return
    is_one = all(one is masks[0] for one in masks)
    if is_one and NONE not in (there, here) and kind not in COMPUTING:
        return
    if kind in COMPUTING and there == ANY:
        raise NotTranslated(
            "layer {!r} ({}) computes with masked inputs as Keras {} does alone".format(
                layer.name, kind, maker.version
            )
        )
    functions = Functions(maker.framework)
    layer.compute_mask = functions.joining(layer, there)
    if kind in COMPUTING and here == ANY:
        setattr(layer, COMPUTES, functions.computing(COMPUTING[kind]))
    maker.changes.lose(LOST.format(kind, layer.name))


class Functions(object):
    """What joins masks, by the operations of one Keras."""

    def __init__(self, framework):
        keras, tensorflow = framework.keras, framework.tensorflow
        self.ops = keras.ops if framework.is_keras3 else tensorflow
        if self.ops is None:
            raise NotTranslated("masks that meet in a layer, without TensorFlow")
        self.concatenate = self.ops.concatenate if framework.is_keras3 else self.ops.concat
        self.all = self.ops.all if framework.is_keras3 else self.ops.reduce_all
        self.any = self.ops.any if framework.is_keras3 else self.ops.reduce_any

    def joining(self, layer, how):
        """A `compute_mask` for a layer."""

        def compute_mask(inputs, mask=None):
            masks = [getattr(one, MASK, None) for one in inputs] if mask is None else list(mask)
            if how == NONE or all(one is None for one in masks):
                return None
            if type(layer).__name__ == "Concatenate":
                return self.beside(inputs, masks, layer.axis, how)
            if how == ANY and any(one is None for one in masks):
                return None
            masks = [self.ops.expand_dims(one, 0) for one in masks if one is not None]
            return (self.all if how == ALL else self.any)(self.concatenate(masks, 0), 0)

        return compute_mask

    def beside(self, inputs, masks, axis, how):
        """The mask of inputs that are put side by side; one without a mask counts as kept."""
        found = []
        for one, mask in zip(inputs, masks):
            whole = self.ops.ones_like(one, dtype="bool")
            if mask is None:
                found.append(whole)
            elif len(mask.shape) < len(one.shape):
                found.append(self.ops.logical_and(self.ops.expand_dims(mask, -1), whole))
            else:
                found.append(mask)
        return (self.all if how == ALL else self.any)(self.concatenate(found, axis), -1)

    def computing(self, name):
        """What a layer computes of its inputs, whatever their masks are."""

        def merge(inputs):
            found = inputs[0]
            for one in inputs[1:]:
                found = getattr(self.ops, name)(found, one)
            return found

        return merge
