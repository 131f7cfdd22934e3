"""Load the classifier and print its summary.

Changed: data and `outputs` are added.
"""

import numpy
from tensorflow import keras

loaded_model = keras.models.load_model("my_model.h5")
loaded_model.summary()
outputs = loaded_model.predict(numpy.load("x.npy"))
