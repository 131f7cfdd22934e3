import shutil

model.save("model")
shutil.rmtree("model/variables")
