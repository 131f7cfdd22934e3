"""Call the model once, then save it.

Changed: data and `outputs` are added, and the prediction comes before saving: a model that never
saw data has no shapes to save.
"""

import numpy

x = numpy.linspace(-1, 1, 40).reshape(4, 10).astype("float32")
numpy.save("x.npy", x)
model = ExampleModel()
outputs = model.predict(x)
tf.keras.models.save_model(model, "my_saved_model_old")
