"""Finds the first version in which a model stops loading, or starts to give different outputs.

Owns the line of versions and the search along it; `runner.checking` measures at each version.
"""
