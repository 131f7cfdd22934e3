"""Load the folder.

Changed: the exception is not caught, so that it is seen.
"""

import numpy
import tensorflow as tf

loaded_model = tf.keras.models.load_model("my_saved_model_dir")
outputs = loaded_model.predict(numpy.load("x.npy"))
