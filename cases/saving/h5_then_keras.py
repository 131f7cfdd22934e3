model.save("model.h5")
model.save("model.keras")
