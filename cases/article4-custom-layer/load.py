"""Load with the layer in `custom_objects`, and print the summary.

Changed: data and `outputs` are added.
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


custom_objects = {"MyCustomLayer": MyCustomLayer}
loaded_model = keras.models.load_model("custom_model.h5", custom_objects=custom_objects)
loaded_model.summary()
outputs = loaded_model.predict(numpy.load("x.npy"))
