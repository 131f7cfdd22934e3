"""The API atlas: what every known environment has of Keras, harvested and shipped as data.

Everything others need is named here.
"""

from crossload.runner.atlas.lookup import ANY_VALUE, Atlas
from crossload.runner.atlas.model import (
    Acceptance,
    Argument,
    AtlasEnvironment,
    Entry,
    Family,
    Form,
    Formats,
    Kind,
    Route,
)

__all__ = [
    "ANY_VALUE",
    "Acceptance",
    "Argument",
    "Atlas",
    "AtlasEnvironment",
    "Entry",
    "Family",
    "Form",
    "Formats",
    "Kind",
    "Route",
]
