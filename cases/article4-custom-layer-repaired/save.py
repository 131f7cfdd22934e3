"""A network with a custom layer, saved as HDF5 together with its optimizer.

Changed: a prediction before saving stands for the training, for which the article has no code and
without which the network has no weights; `outputs` are its answers. The layer has a `get_config` and hands the usual
arguments on, which the published one lacks.
"""

import numpy
import tensorflow as tf
from tensorflow import keras


class MyCustomLayer(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super(MyCustomLayer, self).__init__(**kwargs)
        self.units = units

    def call(self, inputs):
        return inputs

    def get_config(self):
        return dict(super(MyCustomLayer, self).get_config(), units=self.units)


model = keras.Sequential([MyCustomLayer(64), keras.layers.Dense(10, activation="softmax")])

x = numpy.linspace(-1, 1, 64).reshape(4, 16).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)

model.save("custom_model.h5", save_format="h5", include_optimizer=True)
