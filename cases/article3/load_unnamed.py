"""Load without naming the custom layer, which the article says is a `ValueError`.

Changed: the exception is not caught, so that it is seen.
"""

import numpy
import tensorflow as tf
from tensorflow import keras

loaded_model = keras.models.load_model("custom_layer_model.h5")
outputs = loaded_model.predict(numpy.load("x.npy"))
