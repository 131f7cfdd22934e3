model.save_weights("weights.h5")
