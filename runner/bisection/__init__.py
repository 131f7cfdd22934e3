"""Finds the first version in which a model stops loading, or starts to give other answers.

Owns the line of versions and the search along it; what is measured at each is `runner.checking`'s.
"""
