"""Every reference model becomes scripts that compile, in which every name is defined."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

import pytest

from crossload.reports.reproduce.case_scripts import case_script
from crossload.reports.reproduce.mains import WATCHED
from crossload.reports.reproduce.scripts import Side, Subject, load_script, save_script
from crossload.runner.models.listing import read_models
from crossload.runner.shipped import probes_folder
from crossload.runner.words import MODEL_FORMATS, Check, Format, Strategy

SIDE = Side("tf.keras", "tensorflow", {"OMP_NUM_THREADS": "1"})
MODELS = read_models(probes_folder())
FORMATS = [one for one in MODEL_FORMATS if one is one.base]


def missing(text: str) -> set[str]:
    """Global names that the script uses and nothing in it defines."""
    table = symtable.symtable(text, "script", "exec")
    known = {one.get_name() for one in table.get_symbols() if one.is_assigned()}
    known |= {one.get_name() for one in table.get_symbols() if one.is_imported()}
    known |= {one.get_name() for one in table.get_symbols() if one.is_namespace()}
    used = {name for scope in scopes(table) for name in globals_of(scope)}
    return used - known - set(dir(builtins)) - {"__name__", "__file__"}


def scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from scopes(child)


def globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    for one in table.get_symbols():
        if one.is_referenced() and one.is_global():
            yield one.get_name()


def check(text: str) -> None:
    ast.parse(text, feature_version=(3, 6))
    assert missing(text) == set()
    assert "crossload" not in "".join(line for line in text.splitlines() if "import" in line)


@pytest.mark.parametrize("name", MODELS)
def test_saving_any_model(name: str) -> None:
    subject = Subject(name, MODELS[name].file, Format.SAVEDMODEL)
    text = save_script(probes_folder(), subject, SIDE)
    check(text)
    assert "REFERENCE = Reference(" in text


@pytest.mark.parametrize("file_format", FORMATS, ids=str)
def test_any_format(file_format: Format) -> None:
    subject = Subject("dense", MODELS["dense"].file, file_format)
    check(save_script(probes_folder(), subject, SIDE))


@pytest.mark.parametrize("strategy", Strategy, ids=str)
def test_any_strategy(strategy: Strategy) -> None:
    subject = Subject("custom-layer", MODELS["custom-layer"].file, Format.H5, strategy)
    check(load_script(probes_folder(), subject, SIDE))


def test_plain_loading_reads_as_a_user_would_write_it() -> None:
    subject = Subject("dense", MODELS["dense"].file, Format.H5)
    assert "keras.models.load_model(path)" in load_script(probes_folder(), subject, SIDE)


def test_branches_of_other_formats_are_gone() -> None:
    subject = Subject("dense", MODELS["dense"].file, Format.H5)
    text = save_script(probes_folder(), subject, SIDE)
    assert "write_checkpoint" not in text
    assert "model.save(path" in text


def test_a_case_keeps_its_text() -> None:
    text = case_script('"""Doc."""\nimport numpy\noutputs = numpy.ones(2)\n', SIDE, loads=False)
    check(text)
    assert text.startswith('"""Doc."""')
    assert "outputs = numpy.ones(2)" in text


def test_an_unknown_model_is_said() -> None:
    with pytest.raises(LookupError, match="no-such"):
        save_script(probes_folder(), Subject("no-such", "basic", Format.H5), SIDE)


@pytest.mark.parametrize("watched", WATCHED, ids=str)
@pytest.mark.parametrize("file_format", [Format.H5, Format.KERAS], ids=str)
def test_what_was_lost_is_looked_for_by_both_scripts(file_format: Format, watched: Check) -> None:
    subject = Subject("dense", MODELS["dense"].file, file_format, watched=(watched,))
    save = save_script(probes_folder(), subject, SIDE)
    load = load_script(probes_folder(), subject, SIDE)
    check(save)
    check(load)
    assert f'tell_check("{watched}", check_' in load
    assert ("expected.json" in save) is (watched is not Check.RE_SAVE)


def test_nothing_is_looked_for_that_was_not_lost() -> None:
    subject = Subject("dense", MODELS["dense"].file, Format.H5)
    assert "tell_check" not in load_script(probes_folder(), subject, SIDE)
    assert "expected.json" not in save_script(probes_folder(), subject, SIDE)


def test_saving_again_may_write_another_format_than_the_file_has() -> None:
    subject = Subject("dense", MODELS["dense"].file, Format.H5, watched=(Check.RE_SAVE,))
    text = load_script(probes_folder(), subject, SIDE)
    assert "write_savedmodel" in text
