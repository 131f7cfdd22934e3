import os

import numpy

x, y = numpy.load("x.npy"), numpy.ones((4, 2), "float32")
model = keras.models.load_model("model.keras" if os.path.exists("model.keras") else "model.h5")
