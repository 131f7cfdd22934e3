"""Static facts of a model file, read in a limited child process.

No framework is imported and no code of the model runs. Owns what a file says of itself; whether it
loads anywhere is measured by probes, or predicted from these facts elsewhere.
"""
