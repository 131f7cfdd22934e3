"""Save the model without having called it.

Changed: data and `outputs` are added; the prediction follows after saving, so that the model is
saved as published: never built.
"""

import numpy

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
model = ExampleModel()
tf.keras.models.save_model(model, "my_saved_model_old")
outputs = model.predict(x)
