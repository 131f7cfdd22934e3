"""Scripted cases: what a folder with `case.yaml`, `save.py` and `load.py` says, and where they are.

Owns reading and finding them; running one is the probes' business, what came of it
`runner.analysis`'s. What a case claims is read by `runner.cases.claims`.
"""
