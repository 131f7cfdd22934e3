"""A network of one layer, saved as HDF5 in one version for loading in another.

Changed: data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow import keras

model = keras.Sequential([keras.layers.Input(shape=(10,)), keras.layers.Dense(units=1)])
model.save("version_mismatch_model.h5")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
