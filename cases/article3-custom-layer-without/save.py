"""A network with a custom layer, saved as HDF5.

Changed: data and `outputs` are added. As published, the layer has no `get_config` and its weights
have no names.
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
            shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b


model = keras.Sequential(
    [keras.layers.Input(shape=(10,)), CustomLayer(units=64), keras.layers.Dense(1)]
)
model.save("custom_layer_model.h5")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
