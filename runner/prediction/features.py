"""What a file is like, beyond its single objects, in a closed set of words.

Owns the recognition of these from an inspection. `known.yaml` says what follows from them.
"""

from __future__ import annotations

from crossload.runner.inspection.model import WINDOWS, FindingKind, Inspection, Role
from crossload.runner.words import Word


class Feature(Word):
    """One property of a file."""

    NESTED = "nested"  # a model inside the model
    LOSS_TEXT = "loss-text"  # a loss or metric by the short name of a function
    BARE_LIST = "bare-list"  # a Sequential whose configuration is a list
    NO_INPUT_LAYER = "no-input-layer"
    NEW_OPTIMIZER = "new-optimizer"  # of the classes that came with Keras 2.11
    CODE = "code"  # Python byte code
    NO_CODE = "no-code"  # no byte code, at least
    SEQUENTIAL = "sequential"
    LAMBDA = "lambda"
    WINDOWS_PATHS = "windows-paths"  # layers\\dense


# Names that functions have besides their own: Keras 3 finds `mean_squared_error`, not `mse`.
SHORT_NAMES = frozenset(
    {"mse", "mae", "mape", "msle", "kld", "bce", "MSE", "MAE", "MAPE", "MSLE", "KLD", "BCE",
     "cosine_proximity", "cosine"}
)  # fmt: skip
_MODELS = frozenset({"Model", "Functional", "Sequential", "Network"})


def features_of(inspection: Inspection) -> frozenset[Feature]:
    """Everything that is true of the file."""
    found = set()
    layers = inspection.layers
    inner = [one for one in inspection.objects if one.path and one.class_name in _MODELS]
    if any(one.role is Role.LAYER for one in inner):
        found.add(Feature.NESTED)
    if any(
        one.by_name and one.role in {Role.LOSS, Role.METRIC} and one.class_name in SHORT_NAMES
        for one in inspection.objects
    ):
        found.add(Feature.LOSS_TEXT)
    if layers and not any(one.class_name == "InputLayer" for one in layers):
        found.add(Feature.NO_INPUT_LAYER)
    root = next((one for one in inspection.objects if not one.path), None)
    if root is not None and root.class_name == "Sequential" and "name" not in root.keys:
        found.add(Feature.BARE_LIST)
    if any(
        one.role is Role.OPTIMIZER and "is_legacy_optimizer" in one.keys and "decay" not in one.keys
        for one in inspection.objects
    ):
        found.add(Feature.NEW_OPTIMIZER)
    if any(one.class_name == "Lambda" for one in layers):
        found.add(Feature.LAMBDA)
    if inspection.origin.python or any(
        "byte code" in one.text for one in inspection.findings if one.kind is FindingKind.CODE
    ):
        found.add(Feature.CODE)
    else:
        found.add(Feature.NO_CODE)
    if inspection.origin.system == WINDOWS:
        found.add(Feature.WINDOWS_PATHS)
    if inspection.model_class == "Sequential":
        found.add(Feature.SEQUENTIAL)
    return frozenset(found)
