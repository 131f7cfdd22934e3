"""Make the losses and metrics of this Keras from what another Keras wrote of them.

Owns their names, arguments and nesting. What cannot be made is left out and named.
"""

from crossload_probe.formats.trees import snake
from crossload_probe.translate.layers import registered
from crossload_probe.translate.plain import NotTranslated, class_names, is_object, plain
from crossload_probe.translate.refusals import without_refused

# Words of `compile` that depend on the shape of the output.
BY_OUTPUT = ("accuracy", "acc", "crossentropy", "ce")
ALIASES = {
    "cosine_proximity": "cosine_similarity",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}
WRAPPERS = ("LossFunctionWrapper", "MeanMetricWrapper", "SumOverBatchSizeMetricWrapper")
# An argument that a constructor does not know must have had one of these values.
NEUTRAL = {"axis": (-1,), "dtype": ("float32",), "label_smoothing": (0, 0.0)}
EVERY_SAMPLE, MEAN = "none", "sum_over_batch_size"
SAME_AS_MEAN = ("auto", "mean", "mean_with_sample_weight")
# Arguments that some versions do not store.
UNSTORED = {"Huber": "delta"}
LOST = object()


def spellings(name):
    """A name, and those of the same function in other versions."""
    return [name] + [
        other for pair in ALIASES.items() for one, other in (pair, pair[::-1]) if one == name
    ]


def is_respelled(framework, stored, custom_objects):
    """Whether a loss is called by a name that this Keras, which asks only later, does not know."""
    parts = Parts(framework, "loss", custom_objects, [])
    return any(parts.given([one]) is None and not parts.knows(one) for one in words(plain(stored)))


def words(value):
    """The names in a structure, without those within the description of an object."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = [] if is_object(value) else list(value.values())
    return [word for one in value or () for word in words(one)]


class Parts(object):
    """Makes losses or metrics.

    Attributes:
        module: `keras.losses` or `keras.metrics`.
        word: "loss" or "metric", for the texts.
        lost: texts on what could not be made.
    """

    def __init__(self, framework, word, custom_objects, lost):
        self.keras3 = framework.is_keras3
        self.keras = framework.keras
        self.word = word
        self.module = framework.keras.losses if word == "loss" else framework.keras.metrics
        self.custom_objects = custom_objects
        self.lost = lost

    def make(self, stored):
        """A structure of names and descriptions, with objects of this Keras in their place.

        Metrics that cannot be made are gone from their lists; a loss is None.
        """
        made = self.structure(plain(stored))
        return None if made is LOST else made

    def structure(self, value):
        if isinstance(value, dict) and not is_object(value):
            found = {key: self.structure(one) for key, one in value.items()}
            return {key: one for key, one in found.items() if one is not LOST}
        if isinstance(value, list):
            found = [self.structure(one) for one in value]
            if self.word == "loss":
                return [None if one is LOST else one for one in found]
            return [one for one in found if one is not LOST and one is not None]
        if value is None:
            return None
        try:
            return self.named(value) if isinstance(value, str) else self.object(value)
        except (NotTranslated, TypeError, ValueError) as error:
            name = value if isinstance(value, str) else class_names(value)[-1]
            reason = str(error).strip().split("\n")[0]
            self.lost.append("{} {}: {}".format(self.word, name, reason))
            return LOST

    def given(self, names):
        """What the program gave or registered under one of these names, or None."""
        for name in names:
            found = self.custom_objects.get(name) or registered(self.keras, name)
            if found is not None:
                return found
        return None

    def named(self, name):
        custom = self.given([name])
        if custom is not None:
            return custom
        if self.word == "metric" and name in BY_OUTPUT:
            return name
        for spelled in spellings(name):
            if self.knows(spelled):
                return spelled
        raise NotTranslated("this Keras has none of that name, and it was not given")

    def knows(self, name):
        try:
            return self.module.get(name) is not None
        except (TypeError, ValueError, AttributeError):
            return False

    def object(self, item):
        config = dict(item.get("config") or {})
        names = class_names(item)
        function = config.pop("fn", None)
        self.fix(config)
        custom = self.given(names)
        if isinstance(custom, type):
            return custom.from_config(dict(item.get("config") or {}))
        if custom is not None:
            return custom
        cls = None if names[-1] in WRAPPERS else getattr(self.module, names[-1], None)
        if isinstance(cls, type):
            missing = UNSTORED.get(names[-1])
            if missing is not None and missing not in config:
                text = "{} of the {} {}: the file does not hold it, so it has its default"
                self.lost.append(text.format(missing, self.word, names[-1]))
            return self.construct(cls, config)
        return self.wrapped(function or names[-1], config)

    def fix(self, config):
        """The words that this Keras has for how a loss is reduced."""
        dtype = config.get("dtype")
        if isinstance(dtype, dict) or (isinstance(dtype, str) and dtype.startswith("int")):
            config.pop("dtype")  # that of counts is another one in each Keras
        if "reduction" not in config:
            return
        reduction = config["reduction"]
        if reduction is None:
            config["reduction"] = EVERY_SAMPLE
        elif reduction in SAME_AS_MEAN and (self.keras3 or reduction != "auto"):
            config["reduction"] = MEAN

    def wrapped(self, function, config):
        """A loss or metric that is a function with arguments."""
        name = function if isinstance(function, str) else class_names(function)[-1]
        custom = self.given([name])
        if custom is not None:
            wrapper = self.wrapper()
            return custom if wrapper is None else self.construct(wrapper, dict(config, fn=custom))
        for spelled in spellings(name):
            for kind, cls in vars(self.module).items():
                if isinstance(cls, type) and spelled in (snake(kind), kind):
                    return self.construct(cls, config)
        if set(config) <= {"name", "dtype"}:  # a Keras that has functions alone
            return self.named(name)
        raise NotTranslated("this Keras has none of that name, and it was not given")

    def wrapper(self):
        """The class that makes an object of a function; it is not public everywhere."""
        name = "MeanSquaredError" if self.word == "loss" else "BinaryAccuracy"
        cls = getattr(self.module, name, None)
        return cls.__mro__[1] if cls is not None else None

    def construct(self, cls, config):
        config = dict(config)

        def leave_out(key):
            value = config.pop(key)
            if value not in (None, False) and value not in NEUTRAL.get(key, ()):
                raise NotTranslated("this Keras has no {}={!r}".format(key, value))

        return without_refused(lambda: cls(**config), config, leave_out)


def fit_outputs(metrics, names):
    """Metrics as `compile` takes them for outputs of these names.

    Keras 2 stores them in one list for each output, and their names with that of the output.
    """
    if isinstance(metrics, dict) and not is_object(metrics):
        return {key: without_prefix(one, key) for key, one in metrics.items()}
    if not isinstance(metrics, list):
        return metrics
    is_nested = any(isinstance(one, list) for one in metrics)
    if is_nested and len(names) == 1 and len(metrics) == 1:
        return metrics[0]
    if is_nested and len(names) == len(metrics):
        return [without_prefix(one, name) for one, name in zip(metrics, names)]
    return metrics


def without_prefix(value, output):
    """Rename stored metrics of an output: every `compile` puts its name before theirs."""
    if isinstance(value, list):
        return [without_prefix(one, output) for one in value]
    name = value["config"].get("name") if is_object(value) and value["config"] else None
    prefix = "{}_".format(output)
    if not isinstance(name, str) or not name.startswith(prefix):
        return value
    return dict(value, config=dict(value["config"], name=name[len(prefix) :]))
