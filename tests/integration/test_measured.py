"""What a real run of Keras 2 and Keras 3 says: known successes, known failures, known reasons."""

from __future__ import annotations

import pytest

from crossload.runner.words import EnvironmentCause, JobStatus, Strategy, Verdict
from tests.integration.conftest import Measured, crossload

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("saver", "model", "file_format", "loader"),
    [
        pytest.param("tf2.15", "dense", "h5", "tf2.15", id="Keras 2 reloads its own HDF5"),
        pytest.param("tf2.21", "dense", "keras", "tf2.21", id="Keras 3 reloads its own .keras"),
        pytest.param("tf2.21", "twin-dense", "h5", "tf2.21", id="Keras 3 reloads its own HDF5"),
        pytest.param("tf2.15", "twin-dense", "h5", "tf2.21", id="Keras 3 reads HDF5 of Keras 2"),
    ],
)
def test_known_successes(
    measured: Measured, saver: str, model: str, file_format: str, loader: str
) -> None:
    cell = measured.cell(saver, model, file_format, loader)
    assert cell.verdict is Verdict.SAME, cell.detail


def test_keras_3_does_not_load_its_own_hdf5_compiled_with_a_string(measured: Measured) -> None:
    cell = measured.cell("tf2.21", "dense", "h5", "tf2.21")
    assert cell.verdict is Verdict.ASSISTED
    assert cell.strategy is Strategy.NO_COMPILE
    assert cell.error is not None
    assert "mse" in cell.error.message


def test_keras_2_does_not_load_hdf5_of_keras_3(measured: Measured) -> None:
    cell = measured.cell("tf2.21", "twin-dense", "h5", "tf2.15")
    assert (cell.verdict, cell.strategy) == (Verdict.TRANSLATED, Strategy.TRANSLATED)
    assert cell.attempts[0].strategy is Strategy.PLAIN
    assert cell.attempts[0].status is JobStatus.REFUSED
    assert cell.error is not None
    assert "batch_shape" in cell.error.message


def test_keras_3_does_not_load_a_savedmodel_but_it_can_be_translated(measured: Measured) -> None:
    cell = measured.cell("tf2.15", "twin-dense", "savedmodel", "tf2.21")
    assert cell.verdict is Verdict.TRANSLATED
    assert cell.error is not None
    assert "not supported" in cell.error.message


def test_keras_3_cannot_save_a_savedmodel(measured: Measured) -> None:
    assert measured.cell("tf2.21", "dense", "savedmodel", "tf2.15").verdict is Verdict.UNSAVED


def test_a_custom_layer_needs_its_class(measured: Measured) -> None:
    cell = measured.cell("tf2.15", "custom-layer", "h5", "tf2.15")
    assert (cell.verdict, cell.strategy) == (Verdict.ASSISTED, Strategy.CUSTOM_OBJECTS)


def test_byte_code_of_another_python_does_not_take_the_run_down(measured: Measured) -> None:
    cell = measured.cell("tf2.15", "lambda", "h5", "tf2.21")
    assert cell.verdict in {Verdict.REBUILT, Verdict.FAILS, Verdict.CRASHES}


def test_no_measured_cell_is_left_without_a_verdict(measured: Measured) -> None:
    assert {row.verdict for row in measured.report.cells} & {Verdict.NOT_RUN} == set()


def test_what_does_not_import_is_unavailable_with_its_cause(measured: Measured) -> None:
    row = next(one for one in measured.report.environments if one.id.startswith("tf2.10-today"))
    if row.problem is not None and row.problem.cause is EnvironmentCause.MISSING_INTERPRETER:
        pytest.skip(row.problem.message)
    assert row.problem is not None
    assert row.problem.cause is EnvironmentCause.IMPORT_FAILED
    assert row.problem.log_tail
    cell = measured.cell("tf2.15", "dense", "h5", "tf2.10-today")
    assert cell.verdict is Verdict.UNAVAILABLE


def test_what_no_wheel_exists_for_is_impossible(measured: Measured) -> None:
    cell = measured.cell("tf2.15-too-new-python", "dense", "h5", "tf2.15")
    assert cell.verdict is Verdict.IMPOSSIBLE


def test_the_terminal_shows_the_table_and_where_the_page_is(measured: Measured) -> None:
    page = measured.home / "report" / "index.html"
    assert page.is_file()
    assert str(page) in measured.out.replace("\n", "")
    assert "saved in" in measured.out
    assert "loads, " in measured.out


def test_a_second_run_measures_nothing(measured: Measured) -> None:
    again = crossload(measured.folder, "run", home=measured.home)
    assert again.returncode == 0, again.stderr
    assert "everything is known already" in again.stderr
    assert "importing" not in again.stderr
