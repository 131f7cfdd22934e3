"""A network with a custom layer, saved as HDF5, with what the published layer lacks.

Changed: the layer has a `get_config` and its weights have names; data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow import keras


class CustomLayer(keras.layers.Layer):
    def __init__(self, units=32, **kwargs):
        super(CustomLayer, self).__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            name="w",
            shape=(input_shape[-1], self.units),
            initializer="random_normal",
            trainable=True,
        )
        self.b = self.add_weight(name="b", shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b

    def get_config(self):
        return dict(super(CustomLayer, self).get_config(), units=self.units)


model = keras.Sequential(
    [keras.layers.Input(shape=(10,)), CustomLayer(units=64), keras.layers.Dense(1)]
)
model.save("custom_layer_model.h5")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
