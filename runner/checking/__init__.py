"""Measures models of the user's own: where they load, and with which answers.

Owns the choice of the environment whose answers count, and the rounds that it takes to find one.
Each round is an ordinary run; what it measured is in the ledger like everything else.
"""
