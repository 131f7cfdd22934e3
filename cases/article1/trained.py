"""A network trained with Adam, saved as HDF5 in one version for loading in another.

Changed: the article only has comments where the model is built and trained; the network is that
of its first example, trained for one epoch so that the optimizer has a state to save.
"""

import numpy
import tensorflow as tf

model = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(10, activation="relu", input_shape=(100,)),
        tf.keras.layers.Dense(1),
    ]
)
model.compile(optimizer="adam", loss="mse")
x = numpy.linspace(-1, 1, 400).reshape(4, 100).astype("float32")
model.fit(x, x[:, :1], epochs=1, verbose=0)
model.save("model_version.h5")
numpy.save("x.npy", x)
outputs = model.predict(x)
