"""Load with whatever backend this environment has.

Changed: the article gives no code for the other backend, only a comment; this is its own
`load_model`, which takes the backend of the environment.
"""

import numpy
from keras.models import load_model

loaded_model = load_model("my_model_tf.h5")
outputs = loaded_model.predict(numpy.load("x.npy"))
