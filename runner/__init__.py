"""crossload's engine: reads the matrix, builds environments, drives probes, records results.

It never imports a machine-learning framework, never parses a model file, and never imports
`reports`; it reaches `probes` by path only.
"""

__version__ = "0.1.0"
