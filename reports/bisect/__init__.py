"""`crossload bisect`: the first version that no longer loads a model, in the terminal."""
