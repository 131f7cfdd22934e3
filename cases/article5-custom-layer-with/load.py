"""Define the layer and name it in `custom_objects`: what the other articles advise.

Changed: the article does not have it; it shows what its own approach lacks.
"""

import numpy
import tensorflow as tf
from tensorflow import keras


class MyCustomLayer(keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2


model = keras.models.load_model("my_model.h5", custom_objects={"MyCustomLayer": MyCustomLayer})
outputs = model.predict(numpy.load("x.npy"))
