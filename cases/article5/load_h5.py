"""Load it under TensorFlow 2.

Changed: data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow.keras.models import load_model

model = load_model("tf1_model.h5")
outputs = model.predict(numpy.load("x.npy"))
