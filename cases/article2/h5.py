"""A small network, saved as HDF5 with `save_format="h5"`.

Changed: data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow.keras import layers

model_save = tf.keras.Sequential([layers.Dense(10, activation="relu", input_shape=(10,))])
model_save.save("my_model_h5.h5", save_format="h5")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
outputs = model_save.predict(x)
