"""Compile again, as the article advises."""

loaded_model.compile(optimizer="adam", loss="mse", metrics=["mae"])
