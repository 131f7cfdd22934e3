"""Seven first models: dense, convolutional and recurrent layers, and custom code.

Owns their architecture and how they are compiled. `models.samples` makes their weights and data.
"""

from crossload_probe.frameworks import accepts
from crossload_probe.models.reference import (
    CLASSES,
    SIGN,
    Data,
    Reference,
    first_layers,
    make_optimizer,
)


def build_dense(keras, fw):
    """Two dense layers, compiled with the string "mse".

    Keras 3 cannot load it from HDF5 together with its compile state:
    https://github.com/keras-team/keras/issues/19330
    """
    model = keras.models.Sequential(
        first_layers(keras, fw, keras.layers.Dense, (6,), 8, activation="relu", name="hidden")
        + [keras.layers.Dense(3, name="head")]
    )
    model.compile(loss="mse", optimizer=make_optimizer(keras, "Adam", 0.01))
    return model


def build_functional_io(keras, fw):
    """Two inputs, two outputs and a loss for each.

    TF 2.2 does not know the class name that TF 2.3 writes for a functional model:
    https://github.com/tensorflow/tensorflow/issues/41929
    """
    layers = keras.layers
    left = layers.Input(shape=(4,), name="left")
    right = layers.Input(shape=(3,), name="right")
    joined = layers.Concatenate(name="joined")([left, layers.Dense(4, name="side")(right)])
    trunk = layers.Dense(6, activation="tanh", name="trunk")(joined)
    score = layers.Dense(1, activation="sigmoid", name="score")(trunk)
    value = layers.Dense(2, name="value")(trunk)
    model = keras.models.Model(inputs=[left, right], outputs=[score, value])
    model.compile(
        loss={"score": "binary_crossentropy", "value": "mean_squared_error"},
        optimizer=make_optimizer(keras, "Adam", 0.01),
    )
    return model


def build_conv_bn(keras, fw):
    """Convolution, batch normalisation and pooling, compiled with a metric.

    Keras 3 rejects the list that Keras 2 writes as the axis of a normalisation:
    https://github.com/keras-team/keras/issues/19577
    """
    layers = keras.layers
    image = layers.Input(shape=(8, 8, 2), name="image")
    flow = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv")(image)
    flow = layers.BatchNormalization(name="norm")(flow)
    flow = layers.MaxPooling2D(2, name="pool")(flow)
    flow = layers.Flatten(name="flat")(flow)
    classes = layers.Dense(3, activation="softmax", name="classes")(flow)
    model = keras.models.Model(inputs=image, outputs=classes)
    model.compile(
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        optimizer=make_optimizer(keras, "SGD", 0.05, momentum=0.9),
    )
    return model


def build_twin_dense(keras, fw):
    """Two unnamed layers of the same class and shape.

    Weights matched by name end up in the wrong layer, or in none, when automatic names drift:
    https://github.com/keras-team/keras/issues/21676
    """
    return keras.models.Sequential(
        first_layers(keras, fw, keras.layers.Dense, (5,), 5, activation="tanh")
        + [keras.layers.Dense(5)]
    )


def build_lstm(keras, fw):
    """An LSTM and a GRU.

    Defaults that changed between versions (`reset_after`, `recurrent_activation`) are given
    explicitly, so that the architecture is the same everywhere. The files name initializers and
    arguments that other versions do not know: https://github.com/keras-team/keras/pull/19844
    """
    gru = dict(recurrent_activation="sigmoid", name="second")
    if accepts(keras.layers.GRU.__init__, "reset_after"):
        gru["reset_after"] = True
    model = keras.models.Sequential(
        first_layers(
            keras,
            fw,
            keras.layers.LSTM,
            (5, 3),
            4,
            recurrent_activation="sigmoid",
            return_sequences=True,
            name="first",
        )
        + [keras.layers.GRU(3, **gru), keras.layers.Dense(1, name="head")]
    )
    model.compile(loss="mean_squared_error", optimizer=make_optimizer(keras, "RMSprop", 0.01))
    return model


def build_custom_layer(keras, fw):
    """A layer class from the author's own code.

    A file names such a class but does not contain it:
    https://github.com/keras-team/keras/issues/19899
    """
    return keras.models.Sequential(
        first_layers(keras, fw, keras.layers.Dense, (4,), 6, activation="relu", name="hidden")
        + [make_scale_class(keras)(offset=0.5, name="scale"), keras.layers.Dense(2, name="head")]
    )


def build_lambda(keras, fw):
    """A Lambda layer around a Python function.

    The file contains its byte code, which other Python versions cannot read:
    https://github.com/keras-team/keras/issues/16669
    """
    return keras.models.Sequential(
        first_layers(keras, fw, keras.layers.Dense, (4,), 6, activation="relu", name="hidden")
        + [
            keras.layers.Lambda(lambda x: x * 2.0 + 1.0, name="double"),
            keras.layers.Dense(2, name="head"),
        ]
    )


def make_scale_class(keras):
    """A new class of the layer in `custom-layer`: multiply by weights, add a constant.

    Its module cannot be imported by anybody: some versions of Keras 3 import the module that a
    file names, and would find the class where a user's reader does not have it.
    """

    class Scale(keras.layers.Layer):
        def __init__(self, offset=0.0, **options):
            super(Scale, self).__init__(**options)
            self.offset = offset

        def build(self, input_shape):
            self.factor = self.add_weight(
                name="factor",
                shape=(int(input_shape[-1]),),
                initializer="ones",
                trainable=True,
            )
            super(Scale, self).build(input_shape)

        def call(self, inputs):
            return inputs * self.factor + self.offset

        def compute_output_shape(self, input_shape):
            return input_shape

        def get_config(self):
            config = super(Scale, self).get_config()
            config["offset"] = self.offset
            return config

    Scale.__module__ = "crossload_user_code"
    Scale.__qualname__ = "Scale"
    return Scale


def scale_objects(keras):
    return {"Scale": make_scale_class(keras)}


MODELS = {
    "dense": Reference(build_dense, [Data((6,))], [Data((3,))]),
    "functional-io": Reference(
        build_functional_io, [Data((4,)), Data((3,))], [Data((1,), SIGN), Data((2,))]
    ),
    "conv-bn": Reference(build_conv_bn, [Data((8, 8, 2))], [Data((1,), CLASSES)]),
    "twin-dense": Reference(build_twin_dense, [Data((5,))]),
    "lstm": Reference(build_lstm, [Data((5, 3))], [Data((1,))]),
    "custom-layer": Reference(build_custom_layer, [Data((4,))], custom_objects=scale_objects),
    "lambda": Reference(build_lambda, [Data((4,))]),
}
