"""A small network, saved as HDF5 under TensorFlow 1.

Changed: data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

model = Sequential(
    [Dense(128, activation="relu", input_shape=(10,)), Dense(1, activation="sigmoid")]
)
model.save("tf1_model.h5")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
