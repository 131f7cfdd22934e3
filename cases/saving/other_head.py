import numpy

x = numpy.load("x.npy")
model = keras.Sequential(
    [
        keras.layers.Dense(4, activation="tanh", input_shape=(3,), name="first"),
        keras.layers.Dense(5, name="last"),
    ]
)
model.set_weights([numpy.full(one.shape, 0.5) for one in model.get_weights()])
model.load_weights("model.weights.h5", by_name=True, skip_mismatch=True)
outputs = model.layers[0].get_weights()[0]
