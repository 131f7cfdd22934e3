"""Build the network from its JSON and load the weights into it, under TensorFlow 2.

Changed: the article only names this way; data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow.keras.models import model_from_json

with open("tf1_model.json") as file:
    model = model_from_json(file.read())
model.load_weights("tf1_weights.h5")
outputs = model.predict(numpy.load("x.npy"))
