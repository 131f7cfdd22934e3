"""The same network under TensorFlow 1, its architecture as JSON and its weights beside it.

Changed: the article only names this way as the more robust one; data and `outputs` are added.
"""

import numpy
import tensorflow as tf
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

model = Sequential(
    [Dense(128, activation="relu", input_shape=(10,)), Dense(1, activation="sigmoid")]
)
with open("tf1_model.json", "w") as file:
    file.write(model.to_json())
model.save_weights("tf1_model.weights.h5")

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
