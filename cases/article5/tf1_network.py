"""A small network, built under TensorFlow 1."""

import tensorflow as tf
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

model = Sequential(
    [Dense(128, activation="relu", input_shape=(10,)), Dense(1, activation="sigmoid")]
)
