"""Scripts that run inside foreign interpreters (Python 3.6 to 3.13).

This file only marks the folder for packaging; the scripts are run by path and import only each
other, the standard library, NumPy and the framework of the environment they run in.
"""
