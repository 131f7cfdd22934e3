"""A subclassed model with a layer as its activation."""

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
