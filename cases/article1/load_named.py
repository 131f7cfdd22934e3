"""Load with the layer's definition in `custom_objects`, as the article advises."""

import numpy
from keras.models import load_model

loaded_model = load_model("my_model_custom.h5", custom_objects={"MyCustomLayer": MyCustomLayer})
outputs = loaded_model.predict(numpy.load("x.npy"))
