import os

model.save("model")
os.rename("model", "model.h5")
