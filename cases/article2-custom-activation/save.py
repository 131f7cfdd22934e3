"""A subclassed model with a layer as its activation, saved without having been called.

Changed: data and `outputs` are added; the prediction follows after saving, so that the model is
saved as published: never built.
"""

import numpy
import tensorflow as tf
from tensorflow.keras.layers import Dense, Layer


class CustomActivation(Layer):
    def call(self, inputs):
        return tf.math.sin(inputs)


class ExampleModel(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(10, activation=CustomActivation())

    def call(self, inputs):
        return self.dense(inputs)


x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
model = ExampleModel()
tf.keras.models.save_model(model, "my_saved_model_old")
outputs = model.predict(x)
