"""The environment variables of a probe: a fixed list, never this process's own.

Owns what makes numbers comparable (one thread, no reordering, no GPU) and what chooses the Keras.
Folders (HOME, KERAS_HOME, TMPDIR) are set by the process that starts the probe.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.frameworks import load_frameworks
from crossload.runner.environments.libraries import FOLDER, SEARCH_PATH
from crossload.runner.words import Api, Backend

_ALWAYS = MappingProxyType(
    {
        "PATH": "/usr/local/bin:/usr/bin:/bin",  # Theano compiles with what it finds there
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TF_CPP_MIN_LOG_LEVEL": "2",  # errors only
        "TF_ENABLE_ONEDNN_OPTS": "0",  # oneDNN reorders sums
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
)


def probe_variables(spec: EnvironmentSpec, prefix: Path | None = None) -> dict[str, str]:
    """All variables of a probe of this environment; those of the matrix win.

    Args:
        spec: The environment.
        prefix: The folder it was built in, where its probes are to find its `libraries`; without
            it, the variables are the same wherever it is built.
    """
    variables = {**_ALWAYS, "KERAS_BACKEND": str(spec.backend)}
    if spec.api is Api.TF_KERAS:
        variables["TF_USE_LEGACY_KERAS"] = "1"
    if spec.backend is not Backend.TENSORFLOW:
        variables.update(load_frameworks().backends[spec.backend].variables)
    variables.update(spec.variables)
    if prefix is not None and spec.libraries:
        declared = variables.get(SEARCH_PATH, "")
        variables[SEARCH_PATH] = os.pathsep.join(filter(None, (str(prefix / FOLDER), declared)))
    return variables
