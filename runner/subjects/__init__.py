"""A user's models, in place of the reference models of a run.

Owns what a subject is and how its files get to where probes read them; `runner.checking` decides
in which environments it is measured.
"""
