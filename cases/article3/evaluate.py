"""Data and `outputs`, which the article does not have; only a compiled model has a loss."""

import numpy

data = numpy.load("data.npz")
outputs = [
    loaded_model.predict(data["x"]),
    loaded_model.evaluate(data["x"], data["y"], verbose=0),
]
