import numpy

model = keras.models.load_model("model")
outputs = model.predict(numpy.load("x.npy"))
