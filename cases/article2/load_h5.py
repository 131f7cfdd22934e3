"""Load the HDF5 file with `load_model`.

Changed: the article makes this very call twice, as the way that fails and as the correct one; it
stands here once, and the exception is not caught.
"""

import numpy
import tensorflow as tf

loaded_model = tf.keras.models.load_model("my_model_h5.h5")
outputs = loaded_model.predict(numpy.load("x.npy"))
