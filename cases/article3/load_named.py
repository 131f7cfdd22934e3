"""Load with the layer in `custom_objects`, as the article advises."""

import numpy
from tensorflow import keras

loaded_model = keras.models.load_model(
    "custom_layer_model.h5", custom_objects={"CustomLayer": CustomLayer}
)
outputs = loaded_model.predict(numpy.load("x.npy"))
