"""Load without any definition of the layer, which the article says is an `AttributeError`.

Changed: data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow import keras

model = keras.models.load_model("my_model.h5")
outputs = model.predict(numpy.load("x.npy"))
