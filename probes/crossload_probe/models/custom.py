"""Reference models with custom code: layers, an activation, a subclass of Model.

Owns their architecture and that code. What trains a model is in `models.custom_training`.
"""

import numpy

from crossload_probe.models.foreign import make_foreign, register, registered_name
from crossload_probe.models.reference import Data, Reference, first_layers

BATCH = 8


def build_registered(keras, fw):
    """A layer class registered under a package name, which the loader does not have.

    Later versions resolve such names differently: https://github.com/mit-ll/tornet/issues/10
    """
    gain_class = register(keras, fw, make_gain_class(keras))
    return keras.models.Sequential(
        first_layers(keras, fw, keras.layers.Dense, (4,), 6, activation="relu", name="hidden")
        + [gain_class(offset=0.5, name="gain"), keras.layers.Dense(2, name="head")]
    )


def make_gain_class(keras):
    class Gain(keras.layers.Layer):
        def __init__(self, offset=0.0, **options):
            super(Gain, self).__init__(**options)
            self.offset = offset

        def build(self, input_shape):
            self.factor = self.add_weight(
                name="factor", shape=(int(input_shape[-1]),), initializer="ones", trainable=True
            )
            super(Gain, self).build(input_shape)

        def call(self, inputs):
            return inputs * self.factor + self.offset

        def compute_output_shape(self, input_shape):
            return input_shape

        def get_config(self):
            config = super(Gain, self).get_config()
            config["offset"] = self.offset
            return config

    return make_foreign(Gain)


def registered_objects(keras):
    gain_class = make_gain_class(keras)
    return {registered_name("Gain"): gain_class, "Gain": gain_class}


def build_no_config(keras, fw):
    """A layer class with an argument but without `get_config`.

    Standalone Keras silently drops the argument, tf.keras refuses to write the layer as HDF5, and
    later versions write the argument by themselves. What `custom_objects` can repair changed along
    the way: https://github.com/keras-team/keras/issues/15207
    """
    return keras.models.Sequential(
        first_layers(keras, fw, keras.layers.Dense, (4,), 6, activation="relu", name="hidden")
        + [make_shift_class(keras)(offset=0.5, name="shift"), keras.layers.Dense(2, name="head")]
    )


def make_shift_class(keras):
    class Shift(keras.layers.Layer):
        def __init__(self, offset=0.0, **options):
            super(Shift, self).__init__(**options)
            self.offset = offset

        def call(self, inputs):
            return inputs + self.offset

        def compute_output_shape(self, input_shape):
            return input_shape

    return make_foreign(Shift)


def shift_objects(keras):
    return {"Shift": make_shift_class(keras)}


def build_activation(keras, fw):
    """A custom function as an activation.

    A file contains only its name: https://github.com/keras-team/keras/issues/7431
    """
    return keras.models.Sequential(
        first_layers(
            keras, fw, keras.layers.Dense, (4,), 6, activation=make_softsign(), name="hidden"
        )
        + [keras.layers.Dense(2, name="head")]
    )


def make_softsign():
    def steep_softsign(x):
        return x * 2.0 / (1.0 + abs(x))

    return make_foreign(steep_softsign)


def activation_objects(keras):
    return {"steep_softsign": make_softsign()}


def build_subclassed(keras, fw):
    """A subclass of Model that keeps its layers in a list.

    The paths of such layers in a file changed between versions:
    https://github.com/keras-team/tf-keras/issues/664
    """
    model = make_tower_class(keras)(widths=[6, 3])
    # Its weights and its input's shape are known only after it was used.
    model.predict(numpy.zeros((BATCH, 4), "float32"))
    return model


def make_tower_class(keras):
    class Tower(keras.models.Model):
        def __init__(self, widths, **options):
            super(Tower, self).__init__(**options)
            self.widths = list(widths)
            self.floors = [
                keras.layers.Dense(width, activation="tanh", name="floor_{}".format(index))
                for index, width in enumerate(self.widths)
            ]
            self.head = keras.layers.Dense(2, name="head")

        def call(self, inputs):
            flow = inputs
            for floor in self.floors:
                flow = floor(flow)
            return self.head(flow)

        def get_config(self):
            # Not that of the parent, which raises before Keras 2.12.
            return {"widths": list(self.widths)}

        @classmethod
        def from_config(cls, config, custom_objects=None):
            return cls(**config)

    return make_foreign(Tower)


def tower_objects(keras):
    return {"Tower": make_tower_class(keras)}


MODELS = {
    "custom-registered": Reference(
        build_registered, [Data((4,))], custom_objects=registered_objects
    ),
    "custom-no-config": Reference(build_no_config, [Data((4,))], custom_objects=shift_objects),
    "custom-activation": Reference(
        build_activation, [Data((4,))], custom_objects=activation_objects
    ),
    "subclassed": Reference(build_subclassed, [Data((4,))], custom_objects=tower_objects),
}
