import os

model.save("model.keras")
os.truncate("model.keras", os.path.getsize("model.keras") // 2)
