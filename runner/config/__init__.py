"""From the text of `matrix.yaml` to a `Matrix`, and the selection of ids on the command line.

Owns what a user may write and how mistakes are reported; `runner.plan` uses the matrix.
"""
