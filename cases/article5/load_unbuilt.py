"""Load with the package `keras` on whatever backend it has here.

Changed: `import theano` is left out, which the example does not use and which only one kind of
environment has; data and `outputs` are added.
"""

import numpy
from keras.models import load_model

model = load_model("tf_model.h5")
outputs = model.predict(numpy.load("x.npy"))
