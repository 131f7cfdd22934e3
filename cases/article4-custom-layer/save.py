"""A network with a custom layer, saved as HDF5 together with its optimizer.

Changed: a prediction before saving stands for the training, for which the article has no code and
without which the network has no weights; `outputs` are its answers. As published, the layer has no `get_config` and takes no name.
"""

import numpy
import tensorflow as tf
from tensorflow import keras


class MyCustomLayer(keras.layers.Layer):
    def __init__(self, units):
        super(MyCustomLayer, self).__init__()
        self.units = units

    def call(self, inputs):
        return inputs


model = keras.Sequential([MyCustomLayer(64), keras.layers.Dense(10, activation="softmax")])

x = numpy.linspace(-1, 1, 64).reshape(4, 16).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)

model.save("custom_model.h5", save_format="h5", include_optimizer=True)
