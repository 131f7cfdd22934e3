"""Make a layer of this Keras from the plain form of a layer that another Keras wrote.

Owns finding classes, renaming arguments, leaving out what a constructor refuses, and activations
that this Keras computes differently. The tables are in `translate.tables`; `translate.assembly`
connects the layers.
"""

import copy

import numpy

from crossload_probe.frameworks import accepts
from crossload_probe.translate import (
    augmenting,
    bilinear,
    channels,
    lambdas,
    learned,
    parts,
    slopes,
    spectral,
    tables,
    timed,
    values,
)
from crossload_probe.translate.plain import NotTranslated, class_names, is_container, is_object
from crossload_probe.translate.refusals import first_line, without_refused

SEED = "SeedGenerator"  # of Keras 3, around the number that Keras 2 takes


class Maker(object):
    """Makes the layers of one model.

    Attributes:
        version: the text of the version of Keras that wrote the description; empty if unknown.
        from_keras3: whether Keras 3 wrote the description.
        from_keras1: whether Keras 1 did.
        changes: `plain.Changes`, filled on the way.
        model: function of (maker, item) that makes a model in plain form; `translate.assembly`
            gives it.
    """

    model = None

    def __init__(self, framework, architecture, custom_objects, changes, unsafe):
        self.version = str(architecture.get("keras_version") or "")
        self.framework = framework
        self.keras = framework.keras
        self.custom_objects = custom_objects
        self.changes = changes
        self.unsafe = unsafe
        self.from_keras1 = self.version.startswith("1.")
        self.from_keras3 = bool(architecture.get("from_keras3"))

    def layer(self, item):
        """A layer from its plain form.

        Raises:
            NotTranslated: this Keras has no such class, or cannot compute what it does.
            Exception: the constructor's error, once nothing more could be left out.
        """
        custom = self.custom_class(item)
        if custom is not None:
            return self.custom_layer(custom, item)
        name, config = self.rewrite(item)
        if name == "Lambda":
            return lambdas.make(self, config)
        if name == "Activation" and self.is_other_slope(config.get("activation")):
            made = slopes.instead_of_activation(self, name, config.get("name"))
            if made is not None:
                return made
        if bilinear.concerns(self.framework, self.version, item):
            raise NotTranslated("within another layer, {}".format(bilinear.REASON))
        other = channels.wrapped(self, name, config) or spectral.within(self, name, config)
        if other is not None:
            return other
        learned.check(name, config)
        cls = self.find_layer_class(name)
        if cls is None:
            raise NotTranslated("this Keras has no layer {}, and it was not given".format(name))
        self.use_alternatives(cls, name, config)
        return self.named(cls, name, config)

    def named(self, cls, name, config):
        """The layer of that class; what is in its way is said with its name."""
        label = "layer {!r} ({})".format(config.get("name"), name)
        try:
            config = {key: self.argument(name, key, value) for key, value in config.items()}
            return self.construct(cls, config, name)
        except NotTranslated as error:
            text = str(error)
            raise NotTranslated(text if "layer " in text else "{}: {}".format(label, text))
        except (TypeError, ValueError, ImportError) as error:
            raise NotTranslated("{} cannot be made: {}".format(label, first_line(error)))

    def use_alternatives(self, cls, name, config):
        """Names and values of arguments as this version of the class has them."""
        for pair in tables.ALTERNATIVES.get(name, ()):
            for old, new in (pair, pair[::-1]):
                is_other = accepts(cls.__init__, new) and not accepts(cls.__init__, old)
                if old in config and is_other:
                    value = config.pop(old)
                    config.setdefault(new, value)
                    self.changes.note("{} of {} as {}".format(old, name, new))
        is_early = not hasattr(self.keras.layers, name)  # TensorFlow before 2.6, as an experiment
        modes = tables.EARLY_OUTPUT_MODES if is_early else tables.OUTPUT_MODES
        if config.get("output_mode") in modes:
            config["output_mode"] = modes[config["output_mode"]]
        if name == "Discretization" and config.get("bin_boundaries"):
            config.pop("num_bins", None)  # only one of both is taken

    def inner(self, item):
        """A layer or model within a layer, such as a TimeDistributed."""
        return self.model(self, item) if is_container(item) else self.layer(item)

    def custom_class(self, item):
        for name in class_names(item):
            if name in self.custom_objects:
                return self.custom_objects[name]
        found = (registered(self.keras, name) for name in class_names(item))
        return next((one for one in found if one is not None), None)

    def custom_layer(self, cls, item):
        """A layer by its `from_config`, without the arguments that the constructor refuses."""
        config = dict(item["config"] or {})
        shape = (item.get("build_config") or {}).get("input_shape")
        shape = shape or config.get("build_input_shape")
        self.rename_shape(config)
        layer = without_refused(
            lambda: cls.from_config(copy.deepcopy(config)),
            config,
            lambda name: self.leave_out(name, config, item["class_name"]),
        )
        if isinstance(layer, self.keras.models.Model) and isinstance(shape, list):
            give_shape(layer, shape)
        return layer

    def find_layer_class(self, name):
        experimental = getattr(self.keras.layers, "experimental", None)
        places = [self.keras.layers, self.keras.models]
        places += [experimental, getattr(experimental, "preprocessing", None)]
        for place in places:
            found = getattr(place, name, None)
            if isinstance(found, type):
                return found
        return None

    def construct(self, cls, config, owner):
        """An object by its constructor, leaving out refused arguments one by one."""
        return without_refused(
            lambda: cls(**config), config, lambda name: self.leave_out(name, config, owner)
        )

    def leave_out(self, name, config, owner):
        value = config.pop(name)
        allowed = tables.ONLY_WHEN.get(name)
        if allowed is not None and plain_list(value) not in allowed:
            raise NotTranslated(
                "{}={!r} of {} changes what it computes, and this Keras has no such "
                "argument".format(name, value, owner)
            )
        if name not in tables.SILENT:
            self.changes.left_out(name, value, owner)

    def rewrite(self, item):
        """(class name, arguments) in the terms of this Keras."""
        stored = class_names(item)[-1] if ">" in item["class_name"] else item["class_name"]
        config = dict(item["config"] or {})
        for key, value in tables.ABSENT.get(stored, {}).items():
            if key not in config and not self.from_keras3:
                config[key] = value
        name, config = augmenting.replaced(self, stored, config)
        set_to = {}
        if stored == "Merge":
            name, config = self.merge(config)
        if stored in tables.CLASSES and self.needs_other(stored):
            name, set_to = tables.CLASSES[stored]
            if name is None:
                raise NotTranslated("the layer {} has no counterpart in this Keras".format(stored))
            remark = tables.REMARKS.get(stored)
            self.changes.note("{} as {}{}".format(stored, name, ": " + remark if remark else ""))
        if stored == "ThresholdedReLU" and name == "ReLU":
            config["threshold"] = config.pop("theta", 1.0)
        config.update(set_to)
        if self.from_keras1:
            config = self.rewrite_keras1(stored, name, config)
        self.rename(name, config)
        self.rename_shape(config)
        values.fix(self, name, config)
        if name == "Bidirectional":
            self.turn_back(config)
        if name == timed.CLASS and self.from_keras3 and not self.framework.is_keras3:
            config = timed.without_mask(config)
        return name, config

    def turn_back(self, config):
        """Keras 2 runs the other direction the other way round, Keras 3 always backwards."""
        layer = config.get("layer")
        if config.get("backward_layer") or not is_object(layer):
            return
        if self.framework.is_keras3 and layer["config"].get("go_backwards"):
            other = dict(layer["config"], go_backwards=False)
            other["name"] = "backward_{}".format(other.get("name") or "layer")
            config["backward_layer"] = dict(layer, config=other)
            self.changes.note("both directions of Bidirectional given: the first goes backwards")

    def merge(self, config):
        """The layer that replaces a Merge of Keras 1 of this mode, with the arguments it keeps."""
        name = tables.MERGES.get(str(config.get("mode")))
        if name is None or config.get("layers"):
            raise NotTranslated("a Merge layer of Keras 1 ({})".format(config.get("mode")))
        kept = {"Concatenate": "concat_axis", "Dot": "dot_axes"}.get(name)
        self.changes.note("Merge as {}".format(name))
        return name, {key: config[key] for key in ("name", kept) if key in config}

    def needs_other(self, name):
        """Some versions know layers of Keras 1 and of graphs only by their old names."""
        return self.find_layer_class(name) is None or self.from_keras1

    def rename(self, name, config):
        for keras2, keras3 in tables.RENAMED.get(name, ()):
            old, new = (keras2, keras3) if self.framework.is_keras3 else (keras3, keras2)
            if old in config and new not in config:
                config[new] = config.pop(old)
                self.changes.note("{} of {} as {}".format(old, name, new))

    def rename_shape(self, config):
        """Do not pass the input shape twice to a first layer of a user's class."""
        for key in ("batch_input_shape", "batch_shape", "build_input_shape"):
            config.pop(key, None)

    def rewrite_keras1(self, stored, name, config):
        """Arguments of Keras 1 under their names in Keras 2."""
        own = dict(tables.KERAS1_COMMON, **tables.KERAS1.get(name, {}))
        found = {}
        for key, value in config.items():
            key = own.get(key, key) if key in own else key
            if isinstance(value, str):
                value = tables.KERAS1_VALUES.get(value, value)
            if key is not None and key.endswith(parts.KINDS):
                value = parts.from_keras1(key.rsplit("_", 1)[-1], value)
            if key is not None:
                found[key] = value
        if "nb_row" in found:
            found["kernel_size"] = (found.pop("nb_row"), found.pop("nb_col"))
        if "unit_forget_bias" in found:
            found["unit_forget_bias"] = found["unit_forget_bias"] == "ones"
        if stored.startswith("Deconvolution"):
            found.pop("output_shape", None)
        if set(found) != set(config):
            self.changes.note("arguments of {} renamed from Keras 1".format(stored))
        if name in tables.CONVOLUTIONS:
            self.changes.note("kernels of Keras 1 may be stored transposed or turned")
        return found

    def argument(self, owner, key, value):
        """The value of an argument, with the objects in it made."""
        if parts.is_part(key, value):
            return parts.make(self, owner, key, value)
        if key.endswith("activation"):
            return self.activation(owner, key, value)
        if is_object(value):
            is_seed = value["class_name"] == SEED
            return value["config"].get("seed") if is_seed else self.inner(value)
        if isinstance(value, list) and value and is_object(value[0]):
            return [self.inner(one) for one in value]
        if isinstance(value, list) and key != "vocabulary":
            return tuple(value) if all(isinstance(one, int) for one in value) else value
        return value

    def is_other_slope(self, value):
        """Whether this names the hard sigmoid, which Keras 2 and Keras 3 compute differently."""
        crossing = self.from_keras3 != self.framework.is_keras3
        name = slopes.NAME
        return crossing and value == name and name not in self.custom_objects

    def activation(self, owner, key, value):
        if isinstance(value, dict) and is_object(value):
            return self.layer(value)
        if not isinstance(value, str):
            return value
        for name in (value, value.split(">")[-1]):
            if name in self.custom_objects:
                return self.custom_objects[name]
        if self.is_other_slope(value) and slopes.columns(owner, key):
            slopes.note(self, owner, key)
            return value
        return lambdas.activation(self, owner, value.split(">")[-1])


def give_shape(model, shape):
    """Create the weights of a user's model; `build` alone does not in every Keras 3."""
    model.build(tuple(shape))
    if not model.weights and all(size is None or isinstance(size, int) for size in shape):
        model(numpy.zeros([size or 1 for size in shape], "float32"))


def registered(keras, name):
    """What the program registered under a name in its Keras; None if nothing."""
    for module in ("saving", "utils"):
        find = getattr(getattr(keras, module, None), "get_registered_object", None)
        found = find(name) if find is not None else None
        if found is not None:
            return found
    return None


def plain_list(value):
    return list(value) if isinstance(value, tuple) else value
