"""Load in another version, where the article expects errors or a silent failure.

Changed: the exception is not caught, so that it is seen.
"""

import numpy
import tensorflow as tf
from tensorflow import keras

model = keras.models.load_model("version_mismatch_model.h5")
outputs = model.predict(numpy.load("x.npy"))
