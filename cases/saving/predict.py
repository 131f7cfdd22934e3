outputs = model.predict(x)
