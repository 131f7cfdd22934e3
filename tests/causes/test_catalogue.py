"""The shipped catalogue: every entry is specific, can be said, has remedies and references."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError

from crossload.runner.causes import (
    Catalogue,
    CauseForm,
    Family,
    Step,
    load_catalogue,
    shipped_catalogue,
)
from crossload.runner.causes.form import Pattern
from crossload.runner.causes.loading import FOLDER
from crossload.runner.causes.page import PAGE, as_page
from crossload.runner.errors import ConfigurationError
from crossload.runner.words import EnvironmentCause, JobStatus, Strategy

# What nobody has published a report of: measured here, or it needs none to be understood.
WITHOUT_REFERENCES = {
    "unknown-class-became-text",
    "exported-dtype-is-exact",
    "class-of-another-keras-2",
    "random-generator-of-another-kind",
    "random-state-not-written",
    "parts-with-one-name",
    "built-without-a-shape",
    "kernels-of-nested-models",
    "lookup-of-strings-only",
    "no-interpreter",
    "no-system-library",
    "no-tool-for-environment",
    "no-package-for-python",
    "packages-cannot-be-installed",
    "probe-does-not-start",
    "disk-full-while-building",
    "loading-took-too-long",
    "torch-compiles-the-training-step",
    "loading-ran-out-of-memory",
    "saving-ran-out-of-memory",
    "savedmodel-metadata-moved",
    "zip-cannot-be-sought",
    "own-code-fails",
    "batch-normalization-arguments-gone",
    "cntk-cannot-compute",
    "torch-tensors-are-no-arrays",
    "racy-optimizer-of-keras-2.3",
    "cntk-recurrent-wrong",
    "theano-without-convolution",
    "batch-axis-twice",
    "tf-keras-inside-keras-3",
    "optimizer-without-a-name",
    "regularizer-unknown",
    "distribution-of-initializer",
    "layer-gone-from-keras-3",
    "metric-object-unread",
    "checkpoint-read-as-hdf5",
    "optimizer-of-torch-backend",
    "metric-names-doubled",
    "cntk-saver-was-wrong",
    "dot-shapes-as-lists",
    "several-axes-in-hdf5",
    "axes-of-initializers",
    "argument-of-every-layer",
    "dtype-of-initializers",
    "nadam-product-not-saved",
    "activity-regularizer-by-batch",
    "layer-unknown-to-keras-1",
    "no-subclassing-in-keras-1",
    "padding-in-pairs",
    "savedmodel-layers-not-found",
    "backup-not-found",
    "optimizer-gone-after-hdf5",
    "saver-averages-the-loss",
    "load-weights-without-argument",
    "keras-file-asset-paths",
    "call-without-mask",
    "optimizer-cannot-be-left-out",
    "cases-not-run-in-keras-1",
    "module-of-older-keras",
    "loaded-without-compiling",
    "predict-classes-gone",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped_catalogue()


def causes() -> list[CauseForm]:
    return list(shipped_catalogue().causes)


def test_the_catalogue_is_large_and_has_every_family(catalogue: Catalogue) -> None:
    assert len(catalogue.causes) > 100
    assert {one.family for one in catalogue.causes} == set(Family)


def test_every_cause_has_a_remedy_and_a_reference() -> None:
    names = {"Keras", "TensorFlow", "NumPy", "PyTorch", "HDF5", "Theano", "CNTK", "CuDNN"}
    for cause in causes():
        assert cause.remedies, cause.id
        assert len(set(cause.remedies)) == len(cause.remedies), cause.id
        assert cause.references or cause.id in WITHOUT_REFERENCES, cause.id
        assert all(urlsplit(one).scheme == "https" for one in cause.references), cause.id
        first = cause.sentence.split()[0]
        assert first[0].islower() or not first[0].isalpha() or first in names, cause.id


def test_no_expression_begins_with_a_name_of_any_length() -> None:
    """Such a search takes time that grows with the square of a text's length."""
    begins = re.compile(r"(\(\?:)*\(\?P<\w+>'?\??(\\w|\[[^\]]*\]|\.)[+*]")
    expressions = [
        expression
        for cause in causes()
        for pattern in cause.when
        for expression in pattern.texts.values()
    ]
    assert [one for one in expressions if begins.match(one)] == []


def test_every_remedy_belongs_to_a_cause(catalogue: Catalogue) -> None:
    used = {remedy for cause in catalogue.causes for remedy in cause.remedies}
    assert set(catalogue.remedies) - used == set()


def test_most_remedies_can_be_tried(catalogue: Catalogue) -> None:
    by_hand = [one for one in catalogue.remedies.values() if one.manual]
    assert len(by_hand) < len(catalogue.remedies) / 2
    tried = {one.strategy for one in catalogue.remedies.values()}
    assert tried >= set(Strategy) - {Strategy.PLAIN}


def test_every_way_in_which_an_environment_fails_has_a_cause(catalogue: Catalogue) -> None:
    named = {
        word
        for cause in catalogue.causes
        for pattern in cause.when
        if pattern.step is Step.ENVIRONMENT
        for word in pattern.environment
    }
    assert named == set(EnvironmentCause)


def test_files_stay_small() -> None:
    for path in FOLDER.glob("*.yaml"):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 350, path.name


def test_the_page_is_made_from_the_catalogue(catalogue: Catalogue) -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == as_page(catalogue), "run `python -m crossload.runner.causes.page`"


ENTRY = """
causes:
  - id: one-cause
    family: format
    sentence: a sentence about it
    when: {{{when}}}
    remedies: [one-remedy]
remedies:
  - id: one-remedy
    sentence: do something else
    {way}
"""


def told(tmp_path: Path, when: str, way: str = "manual: true") -> str:
    (tmp_path / "one.yaml").write_text(ENTRY.format(when=when, way=way), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_catalogue(tmp_path)
    return str(caught.value)


@pytest.mark.parametrize(
    "when",
    [
        'message: ".*"',
        'message: ""',
        'message: "e"',
        'message: "Unknown|marshal|space"',
        'type: "Error"',
        "type: KeyError",
        "verdicts: fails",
        "statuses: refused, formats: h5",
        "verdicts: [fails, assisted], loader: {generation: 3}",
        "loader: {generation: 3}",
        'holds: "layer Lambda"',
        'message: "bad marshal data", known: name',
    ],
)
def test_a_catch_all_is_refused(tmp_path: Path, when: str) -> None:
    assert "one.yaml: causes.0.when" in told(tmp_path, when)


def test_a_sentence_needs_the_names_it_uses(tmp_path: Path) -> None:
    text = ENTRY.format(when="message: 'bad marshal data'", way="manual: true")
    (tmp_path / "one.yaml").write_text(text.replace("about it", "about {layer}"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="a pattern does not name layer"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize("way", ["", "strategy: no-compile\n    format: keras"])
def test_a_remedy_is_tried_in_exactly_one_way(tmp_path: Path, way: str) -> None:
    assert "exactly one way" in told(tmp_path, "message: 'bad marshal data'", way)


def test_all_mistakes_are_reported_together(tmp_path: Path) -> None:
    text = ENTRY.format(when="message: 'bad marshal data'", way="manual: true")
    twice = text.replace("[one-remedy]", "[one-remedy, other-remedy]")
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(twice, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_catalogue(tmp_path)
    lines = str(caught.value).splitlines()
    assert "two of the name 'one-cause', expected every cause once" in lines
    assert "two of the name 'one-remedy', expected every remedy once" in lines
    assert "one-cause: there is no remedy 'other-remedy'" in lines


@pytest.mark.parametrize("text", ["causes: [", "causes: 3", "other: []", "causes: []"])
def test_a_file_that_is_not_a_catalogue_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        load_catalogue(tmp_path)


def test_a_way_of_ending_with_facts_is_enough() -> None:
    found = Pattern.model_validate({"statuses": "crashed", "holds": "layer Lambda"})
    assert found.statuses == (JobStatus.CRASHED,)


@pytest.mark.parametrize("name", ["model", "models", "names", "name", "case", "cases", "file"])
def test_a_rule_cannot_ask_for_the_name_of_a_model_case_or_file(name: str) -> None:
    assert name not in Pattern.model_fields
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Pattern.model_validate({"message": "bad marshal data", name: ["damaged-*"]})
