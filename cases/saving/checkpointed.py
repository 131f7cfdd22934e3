keep = keras.callbacks.ModelCheckpoint("model.h5")
model.fit(x, y, batch_size=4, epochs=1, verbose=0, callbacks=[keep])
