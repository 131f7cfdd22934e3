"""The reference models: small, the same everywhere, each standing for a published breakage.

Owns finding one by name. `catalogue.json`, which the runner reads without importing anything, lists
their names, their traits and the module that builds each; a test keeps both in step.
"""

import importlib
import json
import os

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "models.json")
_FILES = {}
_OWN = {}


def register(name, reference):
    """Register a model that is no reference model, until the next one of that name."""
    _OWN[name] = reference


def find(name):
    """The `Reference` of that name; its module is imported when first needed."""
    if name in _OWN:
        return _OWN[name]
    if not _FILES:
        with open(LIST, "r", encoding="utf-8") as stream:
            _FILES.update((model["name"], model["file"]) for model in json.load(stream)["models"])
    if name not in _FILES:
        raise ValueError("unknown reference model {!r}".format(name))
    return importlib.import_module("crossload_probe.models." + _FILES[name]).MODELS[name]
