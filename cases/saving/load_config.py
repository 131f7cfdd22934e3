import json

import numpy

x = numpy.load("x.npy")
with open("config.json") as file:
    model = keras.Sequential.from_config(json.load(file))
