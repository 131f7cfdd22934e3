"""Load without naming the custom layer.

Without the layer's definition, the article says, this is an `AttributeError`; with the definition
before it, this is what the article only describes, as the correct approach.

Changed: data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow import keras

model = keras.models.load_model("my_model.h5")
outputs = model.predict(numpy.load("x.npy"))
