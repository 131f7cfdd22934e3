import json

with open("config.json", "w") as file:
    json.dump(model.get_config(), file)
with open("model.json", "w") as file:
    file.write(model.to_json())
numpy.savez("weights.npz", *model.get_weights())
