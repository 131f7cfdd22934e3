"""Load with the layer in `custom_objects`, as the other articles advise.

Changed: the article does not have it; it shows what its own approach lacks.
"""

import numpy
from tensorflow import keras

model = keras.models.load_model("my_model.h5", custom_objects={"MyCustomLayer": MyCustomLayer})
outputs = model.predict(numpy.load("x.npy"))
