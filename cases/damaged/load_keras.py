import numpy

model = keras.models.load_model("model.keras")
outputs = model.predict(numpy.load("x.npy"))
