import numpy

# CuDNNLSTM had the recurrent activation that TensorFlow 1 did not use by default.
lstm = keras.layers.LSTM(4, recurrent_activation="sigmoid", input_shape=(6, 3))
model = keras.Sequential([lstm, keras.layers.Dense(2)])
model.load_weights("weights.h5")
outputs = model.predict(numpy.load("x.npy"))
