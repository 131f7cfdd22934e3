"""Save its architecture as JSON and its weights beside it.

Changed: the article only names this way, as the more robust one.
"""

with open("tf1_model.json", "w") as file:
    file.write(model.to_json())
model.save_weights("tf1_weights.h5")
