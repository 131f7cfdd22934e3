with open("model.keras", "wb"):
    pass
