"""Load, and compile again as the article advises.

Changed: data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow import keras

loaded_model = keras.models.load_model("compiled_model.h5")
loaded_model.compile(optimizer="adam", loss="mse", metrics=["mae"])

data = numpy.load("data.npz")
outputs = [
    loaded_model.predict(data["x"]),
    loaded_model.evaluate(data["x"], data["y"], verbose=0),
]
