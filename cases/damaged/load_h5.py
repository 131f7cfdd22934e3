import numpy

model = keras.models.load_model("model.h5")
outputs = model.predict(numpy.load("x.npy"))
