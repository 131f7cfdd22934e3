"""What a layer needs only while it is created or trained: initializers, regularizers, constraints.

Owns their names on both sides of Keras 3, how Keras 1 wrote them, and what becomes of one that this
Keras does not know. None of them changes what a loaded model predicts: an initializer is replaced,
since the weights follow; a regularizer or constraint is left out and reported as lost, since
training depends on it.
"""

from crossload_probe.translate.plain import NotTranslated, class_names, is_object

KINDS = ("initializer", "regularizer", "constraint")
# Keras 3 writes `OrthogonalInitializer` for what Keras 2 calls `Orthogonal`.
LONG = "Initializer"
INSTEAD = "zeros"
# Arguments of Keras 1's constraints under their names in Keras 2.
KERAS1_ARGUMENTS = {"m": "max_value", "m_min": "min_value", "m_max": "max_value"}
ERRORS = (TypeError, ValueError, AttributeError, KeyError, NotTranslated)


def is_part(key, value):
    """Whether an argument is one of these, given by its name or as an object."""
    return key.endswith(KINDS) and (isinstance(value, str) or is_object(value))


def make(maker, owner, key, value):
    """The part for an argument of a layer of class `owner`; never raises for an unknown one."""
    kind = key.rsplit("_", 1)[-1]
    item = value if is_object(value) else {"class_name": value, "config": None}
    known = class_names(item)
    for name in known + other_names(known[-1]):
        try:
            return made(maker, kind, name, item.get("config"))
        except ERRORS:
            continue
    if kind == "initializer":
        maker.changes.note(
            "{} {} of {} replaced: unknown here, and weights follow".format(kind, known[-1], owner)
        )
        return INSTEAD
    maker.changes.lose("{} {} of {}".format(kind, known[-1], owner))
    return None


def other_names(name):
    """What the other side of Keras 3 calls an initializer."""
    return [name[: -len(LONG)]] if name.endswith(LONG) else [name + LONG]


def made(maker, kind, name, config):
    """The object of that name, or the name if `config` is None and this Keras knows it.

    Raises one of `ERRORS` where this Keras has none, or does not build it.
    """
    module = getattr(maker.keras, kind + "s")
    given = maker.custom_class({"class_name": name, "config": config})
    found = given if given is not None else getattr(module, name, None)
    if given is not None and not isinstance(given, type):
        return given  # a function of the user
    if config is None and given is None:
        module.get(name)
        return name
    config = dict(config or {})
    if kind == "initializer":
        config.pop("dtype", None)  # that of the weight goes before it
    if isinstance(found, type):
        config = {key: maker.argument(name, key, value) for key, value in config.items()}
        return maker.construct(found, config, name)
    found = module.deserialize({"class_name": name, "config": config})
    if isinstance(found, str):  # some versions return the name that they do not know
        raise NotTranslated("there is no {} {} here".format(kind, name))
    return found


def from_keras1(kind, value):
    """An object of Keras 1 as Keras 2 writes it: {"name": ..., arguments} there."""
    if not isinstance(value, dict) or is_object(value) or not value.get("name"):
        return value
    name = value["name"]
    config = {KERAS1_ARGUMENTS.get(key, key): item for key, item in value.items() if key != "name"}
    if kind == "regularizer" and set(config) <= {"l1", "l2"}:
        name = "L1L2"
    return {"class_name": name, "config": config}
