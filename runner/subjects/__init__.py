"""Models of the user's own, where a run otherwise has reference models.

Owns what a subject is and how its files get to where probes read them; which environments it is
measured in is `runner.checking`'s.
"""
