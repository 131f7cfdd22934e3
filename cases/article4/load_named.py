"""Load with the layer in `custom_objects`, and print the summary.

Changed: data and `outputs` are added.
"""

import numpy
from tensorflow import keras

custom_objects = {"MyCustomLayer": MyCustomLayer}
loaded_model = keras.models.load_model("custom_model.h5", custom_objects=custom_objects)
loaded_model.summary()
outputs = loaded_model.predict(numpy.load("x.npy"))
