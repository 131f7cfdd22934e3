"""The same SavedModel folder with everything in it, to compare with the incomplete one.

Changed: nothing is removed; data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow.keras import layers

model_save = tf.keras.Sequential([layers.Dense(10, activation="relu", input_shape=(10,))])
model_save.save("my_saved_model_dir", save_format="tf")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
outputs = model_save.predict(x)
