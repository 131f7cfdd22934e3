import os
import zipfile

model.save("whole.keras")
with zipfile.ZipFile("whole.keras") as whole, zipfile.ZipFile("model.keras", "w") as copy:
    for name in whole.namelist():
        if name != "config.json":
            copy.writestr(name, whole.read(name))
os.remove("whole.keras")
