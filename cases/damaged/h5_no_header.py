model.save("model.h5")
with open("model.h5", "rb") as stream:
    content = stream.read()
with open("model.h5", "wb") as stream:
    stream.write(content[512:])
