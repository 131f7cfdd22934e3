import os

model.save("model.h5")
os.truncate("model.h5", os.path.getsize("model.h5") // 2)
