import numpy

model = keras.Sequential(
    [
        keras.layers.Dense(64, activation="tanh", input_shape=(8,)),
        keras.layers.Dense(4),
    ]
)
random = numpy.random.RandomState(1)
model.set_weights([random.normal(0, 0.5, one.shape) for one in model.get_weights()])
x = random.uniform(-1, 1, (5, 8)).astype("float32")
outputs = model.predict(x)
numpy.save("x.npy", x)
