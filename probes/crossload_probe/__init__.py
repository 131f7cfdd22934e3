"""What crossload runs inside foreign interpreters, on Python 3.6 to 3.13.

Its modules import only each other, the standard library, NumPy and the framework of the
environment they run in. `probes/start.py` starts one of them.
"""
