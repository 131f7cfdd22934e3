import h5py

model.save("model.h5")
with h5py.File("model.h5", "r") as file:
    kernels = []
    file.visititems(
        lambda _, item: kernels.append(item) if getattr(item, "shape", None) == (8, 64) else None
    )
    place = kernels[0].id.get_offset()
with open("model.h5", "r+b") as stream:
    stream.seek(place)
    stream.write(bytes(512))
