"""The custom layer, with a `get_config` and the usual arguments added."""

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
