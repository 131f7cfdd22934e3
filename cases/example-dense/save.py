import numpy

model = keras.Sequential(
    [
        keras.layers.Dense(4, activation="relu", input_shape=(3,)),
        keras.layers.Dense(2),
    ]
)
x = numpy.linspace(-1, 1, 12).reshape(4, 3).astype("float32")
model.save("model.h5")
numpy.save("x.npy", x)
outputs = model.predict(x)
