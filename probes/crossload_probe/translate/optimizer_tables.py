"""What each optimizer keeps for every weight, and how the generations of Keras name and order it.

Owns these tables. A generation is one of the optimizer classes: those before 2.11 (`legacy` since
then) and those of 2.11 and of Keras 3, which have the same layout.
"""

import collections

# attribute: the list of the newer optimizers. legacy: the name for `get_slot`. words: what the
# variables are called in HDF5. option: the argument without which it is not kept.
Slot = collections.namedtuple("Slot", "attribute legacy words option")


def slot(attribute, legacy, words=(), option=None):
    return Slot(attribute, legacy, (legacy,) + tuple(words), option)


AVERAGE = slot("_model_variables_moving_average", "average", (), "use_ema")
ACCUMULATED = slot(
    "_accumulated_gradients",
    "gradient_accumulator",
    (),
    "gradient_accumulation_steps",
)
COMMON = (AVERAGE, ACCUMULATED)  # before those of the class, side by side
MOMENTS = (
    slot("_momentums", "m", ("momentum",)),
    slot("_velocities", "v", ("velocity",)),
)
ADAM = (MOMENTS, (slot("_velocity_hats", "vhat", ("velocity_hat",), "amsgrad"),))
# Groups in stored order: those in one group are side by side for each weight.
GROUPS = {
    "SGD": ((slot("momentums", "momentum", ("m",), "momentum"),),),
    "Adam": ADAM,
    "AdamW": ADAM,
    "Nadam": (MOMENTS,),
    "RMSprop": (
        (slot("_velocities", "rms", ("velocity",)),),
        (slot("_momentums", "momentum", (), "momentum"),),
        (slot("_average_gradients", "mg", ("average_gradient",), "centered"),),
    ),
    "Adagrad": ((slot("_accumulators", "accumulator"),),),
    "Adadelta": (
        (
            slot("_accumulated_grads", "accum_grad", ("accumulated_grad",)),
            slot("_accumulated_delta_vars", "accum_var", ("accumulated_delta_var",)),
        ),
    ),
    "Lion": ((slot("_momentums", "m", ("momentum",)),),),
    "Ftrl": ((slot("_accumulators", "accumulator"), slot("_linears", "linear")),),
    "Adamax": ((slot("_m", "m", ("momentum",)), slot("_u", "v", ("u", "norm"))),),
}
# Optimizers that do not square gradients.
LINEAR = ("SGD", "Lion")
# From 2.11 on, Keras 2 stores these slots of an optimizer whether it uses them or not.
ALWAYS_STORED = {"SGD": "momentum"}
# Before 2.11, one slot was stored after the other for all weights, except by these.
SIDE_BY_SIDE = ("Ftrl",)
# Before 2.11, these add epsilon to the root, later ones under it.
EPSILON_AFTER_ROOT = ("RMSprop", "Adagrad")


def is_kept(one, config):
    return one.option is None or bool(config.get(one.option))


def slots_of(name, config):
    """The slots that an optimizer of that class keeps, given its configuration."""
    found = [one for group in (COMMON,) + GROUPS[name] for one in group]
    return [one for one in found if is_kept(one, config)]


def layout(name, config, count, legacy):
    """[(slot, number of the weight)] in the order in which `count` weights are stored."""
    groups = (COMMON,) + GROUPS[name]
    if legacy and name not in SIDE_BY_SIDE:
        groups = [(one,) for group in groups for one in group]
    found = []
    for group in groups:
        kept = [one for one in group if is_kept(one, config)]
        found += [(one, number) for number in range(count) for one in kept]
    return found
