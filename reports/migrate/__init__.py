"""`crossload migrate`: a way for a model into an environment, told in a terminal."""
