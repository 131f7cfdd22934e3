"""A small network, saved as the folder of a SavedModel."""

import tensorflow as tf
from tensorflow.keras import layers

model_save = tf.keras.Sequential([layers.Dense(10, activation="relu", input_shape=(10,))])
model_save.save("my_saved_model_dir", save_format="tf")
