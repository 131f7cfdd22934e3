"""A SavedModel folder from which the files of the variables are removed.

Changed: data and `outputs` are added.
"""

import os
import numpy
import tensorflow as tf
from tensorflow.keras import layers

model_save = tf.keras.Sequential([layers.Dense(10, activation="relu", input_shape=(10,))])
model_save.save("my_saved_model_dir", save_format="tf")
os.remove("my_saved_model_dir/variables/variables.index")
os.remove("my_saved_model_dir/variables/variables.data-00000-of-00001")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
outputs = model_save.predict(x)
