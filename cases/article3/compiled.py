"""A compiled network, saved as HDF5.

Changed: data and `outputs` are added: predictions, and loss and metric, which only a compiled
model has.
"""

import numpy
import tensorflow as tf
from tensorflow import keras

model_save = keras.Sequential([keras.layers.Input(shape=(10,)), keras.layers.Dense(1)])
model_save.compile(optimizer="adam", loss="mse", metrics=["mae"])
model_save.save("compiled_model.h5")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
y = x[:, :1]
numpy.savez("data.npz", x=x, y=y)
outputs = [model_save.predict(x), model_save.evaluate(x, y, verbose=0)]
