"""Files: how each format is written, read by Keras, and read without it."""
