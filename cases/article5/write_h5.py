"""Save it as HDF5."""

model.save("tf1_model.h5")
