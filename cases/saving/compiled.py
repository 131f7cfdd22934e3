model.compile("adam", "mean_squared_error")
