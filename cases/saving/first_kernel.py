outputs = model.layers[0].get_weights()[0]
