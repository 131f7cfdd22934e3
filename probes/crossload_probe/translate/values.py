"""Values of arguments that another Keras writes in another form.

Owns converting them, by the class whose arguments they are; the names of arguments are renamed
before, in `translate.layers`, and the objects among them are made afterwards, in `translate.parts`.
"""

from crossload_probe.translate import tables
from crossload_probe.translate.plain import NotTranslated


def fix(maker, name, config):
    """Convert the values of a layer's configuration in place.

    Args:
        maker: the `layers.Maker` that the configuration is for.
        name: the class of the layer in this Keras.
        config: its arguments by their names in this Keras.

    Raises:
        NotTranslated: this Keras has no such number type.
    """
    fix_dtype(maker, name, config)
    if name in FIXES:
        FIXES[name](maker, config)


def fix_dtype(maker, name, config):
    """A policy is an object in Keras 3; some layers of Keras 2 choose their type themselves."""
    dtype = config.get("dtype")
    is_back = maker.from_keras3 and not maker.framework.is_keras3
    own = is_back and name in tables.OWN_DTYPE
    whole = name in tables.WHOLE_NUMBERS and config.get("output_mode") in (None, "int")
    if isinstance(dtype, dict) or own or whole:
        config.pop("dtype", None)
        if name == "Discretization" and maker.framework.is_keras3:
            config["dtype"] = "float32"  # it casts its inputs to it: integers lose their edges
    elif isinstance(dtype, str) and dtype.startswith("mixed_"):
        config["dtype"] = policy(maker, dtype)


def policy(maker, name):
    """A policy of mixed precision, in the form that this Keras takes."""
    if maker.framework.is_keras3:
        return name
    module = getattr(maker.keras, "mixed_precision", None)
    found = getattr(module, "Policy", None)
    if found is None:
        found = getattr(getattr(module, "experimental", None), "Policy", None)
    if found is None:
        raise NotTranslated("this Keras has no mixed precision ({})".format(name))
    return found(name)


def one_axis(_maker, config):
    """tf.keras writes a list of one axis."""
    axis = config.get("axis")
    if isinstance(axis, (list, tuple)) and len(axis) == 1:
        config["axis"] = int(axis[0])


def without_salt(_maker, config):
    """Some versions write the salt that they compute without one."""
    if config.get("salt") == tables.NO_SALT:
        config["salt"] = None


def whole_shape(_maker, config):
    """Early Keras 3 takes only a tuple."""
    if isinstance(config.get("output_shape"), int):
        config["output_shape"] = (config["output_shape"],)


def without_bias(maker, config):
    """An Embedding in Keras 2 has no bias, and no argument to say so."""
    if not maker.framework.is_keras3 and not config.get("use_bias"):
        config.pop("use_bias", None)


FIXES = {
    "BatchNormalization": one_axis,
    "Embedding": without_bias,
    "Hashing": without_salt,
    "MultiHeadAttention": whole_shape,
}
