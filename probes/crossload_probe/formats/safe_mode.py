"""The switch of Keras that lets the Python code in a file run.

Owns turning it on for a while, and putting it back after foreign code may have turned it on: the
public switch cannot be turned off again.
"""

import contextlib
import sys


def find_library(framework):
    """The module with Keras' own scope for it, or None where this Keras has no such switch."""
    layers = sys.modules.get(getattr(framework.keras.layers, "deserialize", type).__module__)
    library = getattr(layers, "serialization_lib", None)
    return library if hasattr(library, "SafeModeScope") else None


@contextlib.contextmanager
def unsafe_scope(framework, wanted):
    """Let the code in a file run, if wanted; a Keras without such a switch always does."""
    library = find_library(framework)
    if wanted and library is not None:
        with library.SafeModeScope(False):
            yield
    else:
        yield


@contextlib.contextmanager
def kept(framework):
    """Put the switch back afterwards to what it is now."""
    library = find_library(framework)
    if library is None:
        yield
    else:
        with library.SafeModeScope(library.in_safe_mode()):
            yield


def enabling(framework):
    """The public call that turns the switch on, as source; empty where there is no switch."""
    if find_library(framework) is None:
        return ""
    home = "config" if hasattr(framework.keras, "config") else "__internal__"
    return "keras.{}.enable_unsafe_deserialization()".format(home)
