import os

model.save("model.keras")
os.rename("model.keras", "model.h5")
