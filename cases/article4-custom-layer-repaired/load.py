"""Load with the layer in `custom_objects`, and print the summary.

Changed: data and `outputs` are added.
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


custom_objects = {"MyCustomLayer": MyCustomLayer}
loaded_model = keras.models.load_model("custom_model.h5", custom_objects=custom_objects)
loaded_model.summary()
outputs = loaded_model.predict(numpy.load("x.npy"))
