"""Load after naming the backend in code, which the article calls the correct approach.

Changed: data and `outputs` are added. `keras.backend.set_backend` stands as it was published.
"""

import keras
import numpy
import tensorflow as tf
from keras.models import load_model

keras.backend.set_backend("tensorflow")
loaded_model = load_model("my_model_tf.h5")
outputs = loaded_model.predict(numpy.load("x.npy"))
