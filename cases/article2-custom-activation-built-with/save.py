"""A subclassed model with a layer as its activation, called once and then saved.

Changed: data and `outputs` are added, and the prediction comes before saving: a model that never
saw data has no shapes to save.
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
outputs = model.predict(x)
tf.keras.models.save_model(model, "my_saved_model_old")
