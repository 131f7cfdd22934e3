import numpy

x = numpy.load("x.npy")
original = keras.models.load_model("model.h5")
model = keras.models.clone_model(original)
model.set_weights(original.get_weights())
outputs = model.predict(x)
