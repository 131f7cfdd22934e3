"""Load the compiled network."""

import tensorflow as tf
from tensorflow import keras

loaded_model = keras.models.load_model("compiled_model.h5")
