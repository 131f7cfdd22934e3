"""The first article's network, compiled and saved as HDF5 by the package `keras`.

Changed: `import tensorflow` is left out (the example does not use it, and another backend's
environment does not have it); data and `outputs` are added.
"""

import keras
import numpy
from keras.layers import Dense
from keras.models import Sequential

model = Sequential([Dense(10, activation="relu", input_shape=(100,)), Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.save("my_model_tf.h5")

x = numpy.linspace(-1, 1, 400).reshape(4, 100).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
