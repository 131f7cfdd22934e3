"""A network with the custom layer, saved as HDF5.

Changed: data and `outputs` are added.
"""

import numpy
from tensorflow import keras

model = keras.Sequential(
    [keras.layers.Input(shape=(10,)), CustomLayer(units=64), keras.layers.Dense(1)]
)
model.save("custom_layer_model.h5")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
