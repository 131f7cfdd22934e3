"""The models that can be measured: the reference models and what decides how each is loaded.

Owns the list of reference models and the traits of a model. The probes build the models; a model
that a user brings is described by `runner.subjects`.
"""
