with numpy.load("weights.npz") as stored:
    model.set_weights([stored["arr_%d" % index] for index in range(len(stored.files))])
outputs = model.predict(x)
