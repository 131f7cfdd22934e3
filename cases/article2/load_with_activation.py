"""Load with the activation in `custom_objects`, as the article does in the end."""

import numpy
import tensorflow as tf


class CustomActivation(tf.keras.layers.Layer):
    def call(self, inputs):
        return tf.math.sin(inputs)


loaded_model = tf.keras.models.load_model(
    "my_saved_model_old", custom_objects={"CustomActivation": CustomActivation}
)
outputs = loaded_model.predict(numpy.load("x.npy"))
