model.compile(keras.optimizers.Adam(0.1), "mean_squared_error")
model.fit(x, y, batch_size=4, epochs=3, verbose=0)
