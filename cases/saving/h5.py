model.save("model.h5")
