"""The engine: reads the matrix, builds environments, drives probes, records results.

Never imports a machine-learning framework, never parses a model file, and knows neither reports
nor commands; it reaches the probes by path.
"""
