"""A network that never saw data, compiled and saved as HDF5 through `tensorflow.keras`.

Changed: `outputs` are added after saving: the network is saved as published, without an input
shape and so without weights.
"""

import numpy
import tensorflow as tf
from tensorflow import keras

model = keras.Sequential([keras.layers.Dense(10)])
model.compile(optimizer="adam", loss="mse")
model.save("tf_model.h5")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
