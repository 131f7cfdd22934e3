"""crossload measures whether a Keras model saved in one environment works in another.

Owns the version and nothing else, so that importing the package costs nothing and needs no other.
"""

__version__ = "0.1.0"
