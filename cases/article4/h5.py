"""A classifier, compiled and saved as HDF5.

Changed: data and `outputs` are added; there is no training, for which the article has no code.
"""

import numpy
import tensorflow as tf
from tensorflow import keras

model = keras.Sequential(
    [
        keras.layers.Dense(128, activation="relu", input_shape=(784,)),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.save("my_model.h5")

x = numpy.linspace(-1, 1, 4 * 784).reshape(4, 784).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
