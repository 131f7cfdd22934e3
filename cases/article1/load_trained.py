"""Load in the other version.

Changed: the article only has a comment where the model is loaded.
"""

import numpy
import tensorflow as tf

model = tf.keras.models.load_model("model_version.h5")
outputs = model.predict(numpy.load("x.npy"))
