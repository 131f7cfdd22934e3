"""Which cause of the catalogue a refused key stands for.

Owns the choice by key; the catalogue owns what is said of a cause.
"""

from __future__ import annotations

from crossload.runner.inspection.model import Role

_BY_KEY = {
    "batch_shape": "batch-shape-of-keras-3",
    "optional": "optional-input-of-new-keras",
    "batch_input_shape": "batch-input-shape-of-keras-2",
    "time_major": "time-major-gone",
    "groups": "groups-of-convolution",
    "input_length": "input-length-gone",
    "quantization_config": "quantization-config-of-3.13",
    "ragged": "ragged-input-of-tensorflow-2",
    "reduction": "loss-reduction-auto",
    "fn": "loss-function-argument",
    "decay": "decay-gone-from-optimizers",
    "lr": "decay-gone-from-optimizers",
    "input_dtype": "keras-1-arguments",
    "score_mode": "attention-arguments-of-keras-3",
}
_BY_ROLE = {Role.OPTIMIZER: "optimizer-argument-unknown"}


def key_cause(key: str, role: Role) -> str:
    """An id of the catalogue."""
    return _BY_KEY.get(key) or _BY_ROLE.get(role, "argument-unknown-to-layer")
