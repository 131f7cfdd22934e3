"""Claims about code that really ran: what holds, what does not, and for which versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.reports.document import ClaimRow
from crossload.runner.analysis.claims import ClaimStatus
from tests.integration.conftest import HOME, Measured, crossload, read_report

pytestmark = pytest.mark.integration

MATRIX = """
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
profiles:
  quick:
    models: none
    cases: [article2-custom-activation-built-*, article3-version, article5-custom-layer-*]
"""


@pytest.fixture(scope="module")
def claimed(environments: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """A run of some of the articles' code, on Keras 2 and Keras 3."""
    del environments
    folder, home = tmp_path_factory.mktemp("claims"), tmp_path_factory.mktemp("home")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    (home / "envs").symlink_to(HOME / "envs")
    done = crossload(folder, "run", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    return Measured(folder, home, done.stdout, done.stderr, read_report(folder, home))


def claim(run: Measured, identifier: str) -> ClaimRow:
    return next(row for row in run.report.claims if row.id == identifier)


def test_a_missing_layer_is_not_an_attribute_error(claimed: Measured) -> None:
    row = claim(claimed, "article5-missing-layer-is-an-attribute-error")
    assert row.status is ClaimStatus.DOES_NOT_HOLD
    assert {one.type for one in row.errors} == {"ValueError"}
    assert claim(claimed, "article5-definition-is-enough").status is ClaimStatus.DOES_NOT_HOLD


def test_custom_objects_help_on_one_side_of_the_border(claimed: Measured) -> None:
    row = claim(claimed, "article5-custom-objects-load")
    assert row.status is ClaimStatus.HOLDS_FOR_SOME
    assert row.not_for == "saver's Keras newer than loader's Keras"


def test_a_saved_model_loads_without_its_classes(claimed: Measured) -> None:
    row = claim(claimed, "article2-missing-activation-fails")
    assert row.status is ClaimStatus.DOES_NOT_HOLD
    assert row.confirming == 0
    assert claim(claimed, "article2-missing-activation-fails-in-tf2.10").status is (
        ClaimStatus.NOT_MEASURED
    )


def test_another_version_may_fail(claimed: Measured) -> None:
    row = claim(claimed, "article3-other-version-may-fail")
    assert row.status is ClaimStatus.HOLDS
    assert row.holds_for == "saver's Keras >= 3"


def test_the_page_and_the_terminal_show_them(claimed: Measured) -> None:
    assert "\nClaims: " in claimed.out
    page: Path = claimed.home / "report" / "index.html"
    assert "It is enough to define the custom layer" in page.read_text(encoding="utf-8")
