"""The reference models, and the numbers they are filled and fed with."""
