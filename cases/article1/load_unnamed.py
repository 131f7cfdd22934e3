"""Load without naming the custom layer, which the article says fails."""

import numpy
from keras.models import load_model

loaded_model = load_model("my_model_custom.h5")
outputs = loaded_model.predict(numpy.load("x.npy"))
