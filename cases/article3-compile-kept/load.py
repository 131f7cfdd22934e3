"""Load, and use what the file says of the compilation.

Changed: `compile` is not called again, to see whether the article's fear comes true; data and
`outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow import keras

loaded_model = keras.models.load_model("compiled_model.h5")

data = numpy.load("data.npz")
outputs = [
    loaded_model.predict(data["x"]),
    loaded_model.evaluate(data["x"], data["y"], verbose=0),
]
