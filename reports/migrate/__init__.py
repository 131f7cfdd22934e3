"""`crossload migrate`: a model's route into an environment, in the terminal."""
