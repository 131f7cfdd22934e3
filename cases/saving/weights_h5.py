model.save_weights("model.weights.h5")
