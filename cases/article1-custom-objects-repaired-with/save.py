"""A network with a custom layer, saved as HDF5, with what the published layer lacks.

Changed: as in the case without "repaired" in its name, and the layer has a `get_config`, without
which its argument `output_dim` does not reach the file.
"""

import numpy
from keras import backend as K
from keras.layers import Dense, Layer
from keras.models import Sequential


class MyCustomLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super(MyCustomLayer, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[1], self.output_dim),
            initializer="uniform",
            trainable=True,
        )
        super(MyCustomLayer, self).build(input_shape)

    def call(self, x):
        return K.dot(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.output_dim)

    def get_config(self):
        return dict(super(MyCustomLayer, self).get_config(), output_dim=self.output_dim)


model = Sequential([MyCustomLayer(10, input_shape=(100,)), Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.save("my_model_custom.h5")

x = numpy.linspace(-1, 1, 400).reshape(4, 100).astype("float32")
numpy.save("x.npy", x)
outputs = model.predict(x)
