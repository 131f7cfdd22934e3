"""A network with the custom layer, saved as HDF5.

Changed: the imports of `Sequential` and `Dense`, which the example lacks, and data and `outputs`
are added.
"""

import numpy
from keras.layers import Dense
from keras.models import Sequential

model = Sequential([MyCustomLayer(10, input_shape=(100,)), Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.save("my_model_custom.h5")

x = numpy.linspace(-1, 1, 400).reshape(4, 100).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
