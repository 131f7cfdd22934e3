import os

model.save("model.h5")
# What a full disk or an interrupted copy leaves: the length is right, the end was not written.
size = os.path.getsize("model.h5")
os.truncate("model.h5", size * 2 // 3)
os.truncate("model.h5", size)
