"""Finds a way for a model into an environment that does not load it, and proves it.

Owns the search over environments and formats, the files made on the way, and the proof. Each step
is a job like any other: it runs in its environment's probe, and is in the ledger.
"""
