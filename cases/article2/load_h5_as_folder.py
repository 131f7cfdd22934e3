"""Load the HDF5 file with the loader of SavedModel folders.

Changed: the article says that a loader which expects a folder fails, and calls `load_model`, which
does not expect one; this is the loader that does.
"""

import numpy
import tensorflow as tf

loaded_model = tf.saved_model.load("my_model_h5.h5")
predict = loaded_model.signatures["serving_default"]
outputs = list(predict(tf.constant(numpy.load("x.npy"))).values())
