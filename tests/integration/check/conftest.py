"""The fixture of these tests: models, and a home with environments."""

from __future__ import annotations

import pytest

from tests.integration.check.bench import Bench, make_bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, environments: tuple[str, str]) -> Bench:
    """A folder with models of many kinds that Keras 2.15 wrote."""
    return make_bench(tmp_path_factory.mktemp("models"), environments)
