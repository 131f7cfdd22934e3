"""Make an optimizer of this Keras from what another Keras wrote of one.

Owns the arguments that were renamed or replaced, and learning rate schedules. What cannot be made
exactly is not made: an optimizer with another rule would train differently without a word.
"""

import re

from crossload_probe.translate import loss_scaling
from crossload_probe.translate import optimizer_tables as tables
from crossload_probe.translate.layers import registered
from crossload_probe.translate.plain import NotTranslated, class_names, is_object, plain
from crossload_probe.translate.refusals import refused, without_refused

SCHEDULE_OF_NADAM = "schedule_decay"
# Arguments that say how an optimizer runs, not what it computes.
DROPPED = ("jit_compile", "is_legacy_optimizer")
RUNNING = ("name",)
# As the optimizers of TensorFlow refuse an argument.
REFUSAL = re.compile(r"passed to optimizer: (\w+)|^`?(\w+)`? is not a valid argument")
USE, AVERAGING = "use_ema", "ema_overwrite_frequency"
# Only used with another argument.
ONLY_WITH = {
    "ema_momentum": USE,
    AVERAGING: USE,
    SCHEDULE_OF_NADAM: None,
}


class Origin(object):
    """What a file says of an optimizer.

    Attributes:
        name: of the class, without package.
        config: its arguments, in plain form.
        from_keras3: whether it is of Keras 3.
        legacy: whether it is of the classes before 2.11.
        scaling: `loss_scaling.Scaling` where the loss was scaled for it, else None.
    """

    def __init__(self, item, from_keras3):
        self.item, self.scaling = loss_scaling.unwrapped(plain(item))
        self.config = dict(self.item["config"] or {})
        self.name = canonical(class_names(self.item)[-1])
        self.from_keras3 = from_keras3
        self.legacy = not from_keras3 and is_legacy(self.item, self.config)


def canonical(name):
    """The name of a class of this table, however it is written."""
    known = {one.lower(): one for one in tables.GROUPS}
    return known.get(name.replace("_", "").lower(), name)


def is_legacy(item, config):
    """Keras 2.11 and 2.12 say so; before that there were no others."""
    stated = config.get("is_legacy_optimizer")
    if stated is not None:
        return bool(stated)
    return "jit_compile" not in config or ".legacy" in str(item.get("module"))


def is_legacy_here(cls):
    return hasattr(cls, "get_slot") or hasattr(cls, "get_updates")


def make(framework, origin, custom_objects, notes):
    """The optimizer; `notes` gets texts on what it computes differently.

    Raises:
        NotTranslated: this Keras has no such optimizer, or not with these arguments.
    """
    cls = find_class(framework.keras, origin, custom_objects)
    config = dict(origin.config)
    if "lr" in config:
        config.setdefault("learning_rate", config.pop("lr"))
    here = is_legacy_here(cls)
    rate = config.get("learning_rate")
    if is_object(rate):
        config["learning_rate"] = schedule(framework.keras, rate, custom_objects)
    if hasattr(cls, "get_updates") and not hasattr(cls, "get_slot") and "learning_rate" in config:
        config["lr"] = config.pop("learning_rate")  # Keras before it was of TensorFlow
    if origin.name in tables.GROUPS:
        if not here:
            replace_decay(framework.keras, config)
        adapt(origin, config, here, notes)
    return construct(cls, config, origin.name)


def find_class(keras, origin, custom_objects):
    for name in class_names(origin.item):
        found = custom_objects.get(name) or registered(keras, name)
        if isinstance(found, type):
            return found
    legacy = getattr(keras.optimizers, "legacy", None)
    if origin.legacy and origin.name == "Nadam":  # it has another schedule since 2.11
        found = getattr(legacy, origin.name, None)
        if found is not None and hasattr(found, "get_slot"):
            return found
    found = getattr(keras.optimizers, origin.name, None)
    if not isinstance(found, type):
        raise NotTranslated("this Keras has no such optimizer, and it was not given")
    return found


def schedule(keras, item, custom_objects):
    schedules = getattr(keras.optimizers, "schedules", None)
    for name in class_names(item):
        cls = custom_objects.get(name) or registered(keras, name) or getattr(schedules, name, None)
        if isinstance(cls, type):
            config = item["config"] or {}
            return cls.from_config({key: config[key] for key in config if config[key] is not None})
    name = class_names(item)[-1]
    raise NotTranslated("this Keras has no schedule {}, and it was not given".format(name))


def replace_decay(keras, config):
    """The argument `decay` of the older optimizers by the schedule that computes the same."""
    decay = config.pop("decay", None)
    if not decay:
        return
    if not isinstance(config.get("learning_rate"), float):
        raise NotTranslated("decay={!r} of a learning rate that follows a schedule".format(decay))
    schedules = keras.optimizers.schedules
    config["learning_rate"] = schedules.InverseTimeDecay(config["learning_rate"], 1, decay)


def adapt(origin, config, here, notes):
    """Arguments with another meaning in the other generation."""
    name = origin.name
    if name in tables.EPSILON_AFTER_ROOT and here != origin.legacy and not momentum(config):
        if here:
            notes.append("epsilon is added to the root here, and under it where the file was saved")
        elif config.get("epsilon"):
            config["epsilon"] = config["epsilon"] ** 2
    if name == "Nadam" and here != origin.legacy:
        notes.append("its momentum follows another schedule here")
    elif name == "Nadam" and not origin.from_keras3 and not origin.legacy:
        notes.append("the file lacks the product of its momentum schedule, which was computed")
    if not origin.legacy and here:
        check_weight_decay(config)


def momentum(config):
    return bool(config.get("momentum"))


def check_weight_decay(config):
    if config.get("weight_decay"):
        raise NotTranslated("this Keras has no weight_decay")
    config.pop("weight_decay", None)


def construct(cls, config, owner):
    """An optimizer by its constructor; an argument that it refuses must have changed nothing.

    None is everywhere what a missing argument means, except for the moving average.
    """
    unused = DROPPED + tuple(
        key for key in config if config[key] is None and (key != AVERAGING or not config.get(USE))
    )
    config = {key: value for key, value in config.items() if key not in unused}

    def leave_out(key):
        value = config.pop(key)
        if not is_neutral(key, value, config):
            raise NotTranslated("this Keras has no {}={!r} of {}".format(key, value, owner))

    try:
        return without_refused(lambda: cls(**config), config, leave_out, unexpected)
    except (TypeError, ValueError) as error:
        raise NotTranslated(str(error).strip().split("\n")[0])


def unexpected(message, config):
    """The argument that an optimizer refuses, as any object does or in its own words."""
    match = REFUSAL.search(message)
    own = match.groups() if match else ()
    return refused(message, config) or next((key for key in own if key in config), None)


def is_neutral(key, value, config):
    if key in ONLY_WITH:
        return not config.get(ONLY_WITH[key])
    return key in RUNNING or value is None or value is False or value == 0
