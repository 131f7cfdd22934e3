import numpy

x = numpy.load("x.npy")
with open("model.json") as file:
    model = keras.models.model_from_json(file.read())
