"""Measures a user's models: where they load, and with which outputs.

Owns the choice of the environment whose outputs count, and the rounds that it takes to find one.
Each round is an ordinary run; what it measured is in the ledger like everything else.
"""
