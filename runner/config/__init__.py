"""From the text of `matrix.yaml` to a `Matrix`, and the selection of ids on the command line.

Owns what a user may write and how mistakes are told; what is done with a matrix is `runner.plan`'s.
"""
