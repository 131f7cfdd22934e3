import os

model.save("model")
os.remove("model/saved_model.pb")
