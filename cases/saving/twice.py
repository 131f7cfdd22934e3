model.save("model.h5")
model.fit(x, y, batch_size=4, epochs=2, verbose=0)
model.save("model.h5")
