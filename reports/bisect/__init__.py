"""`crossload bisect`: the first version that no longer loads a model, told in a terminal."""
