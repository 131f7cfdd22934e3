"""Matrices for the commands' tests; none of them needs a network or a framework."""

from __future__ import annotations

import pytest

from crossload.runner.environments.model import current_platform

# What no machine can build: no TensorFlow ever had wheels for these Pythons.
IMPOSSIBLE = """\
environments:
  old: {tensorflow: "2.3.0", python: "3.3"}
  new: {tensorflow: "2.21.0", python: "3.4"}
profiles:
  quick: {environments: all, models: [dense], formats: [h5]}
"""
# One whose lock is shipped, whatever Pythons this machine has.
LOCKED = """\
environments:
  tf2.15: {tensorflow: "2.15.1", python: "3.11"}
profiles:
  quick: {environments: all, models: [dense, lstm], formats: [h5, keras]}
"""
BROKEN = """\
environments:
  tf2.10: {tensorflow: 2.10, python: 3.10}
  tf2.15: {tensorflo: "2.15.1"}
profiles:
  quick: {environments: [tf2.15], formats: [h5x]}
"""

knows_wheels = pytest.mark.skipif(
    current_platform() != "linux-x86_64",
    reason="which wheels and locks there are is known beforehand on Linux x86-64 only",
)
