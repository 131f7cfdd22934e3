import zipfile

model.save("model.keras")
with zipfile.ZipFile("model.keras") as archive:
    member = archive.getinfo("model.weights.h5")
with open("model.keras", "r+b") as stream:
    stream.seek(member.header_offset + member.compress_size // 2)
    stream.write(b"\xff" * 64)
