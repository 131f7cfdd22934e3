"""Runs from many machines as one run, with the files that they saved.

Owns the union and the parcel that carries a run together with its artifacts. `runner.ledger` owns
the export of a run, `runner.artifacts` the store.
"""
