import os

model.save("model.h5")
os.rename("model.h5", "model.keras")
