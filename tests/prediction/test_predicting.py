"""Predictions for small inspections made by hand, with the shipped atlas."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossload.cli.shared.predictions import grouped
from crossload.runner.atlas import Atlas
from crossload.runner.causes import shipped_catalogue
from crossload.runner.inspection.model import (
    Contents,
    Finding,
    FindingKind,
    Inspection,
    ObjectFact,
    Origin,
    Role,
    Training,
)
from crossload.runner.prediction import Outcome, Prediction, Predictor, Rule
from crossload.runner.prediction.key_causes import _BY_KEY
from crossload.runner.prediction.known import known_rules
from crossload.runner.words import Container, Strategy

OLD, NEW = "tf2.10", "tf2.21"
ROOT = ObjectFact(path="", role=Role.OTHER, class_name="Sequential", keys=("name", "layers"))
INPUT = ObjectFact(
    path="/config/layers/0", role=Role.LAYER, class_name="InputLayer",
    keys=("batch_input_shape", "dtype", "sparse", "name"),
)  # fmt: skip


def layer(name: str, *keys: str) -> ObjectFact:
    return ObjectFact(path="/config/layers/1", role=Role.LAYER, class_name=name, keys=keys)


def whole(*objects: ObjectFact, compiled: bool = False, keras: str = "2.10.0") -> Inspection:
    return Inspection(
        container=Container.HDF5,
        contents=Contents.WHOLE,
        generation=2,
        origin=Origin(keras=keras),
        model_class="Sequential",
        objects=(ROOT, INPUT, *objects),
        training=Training(compiled=compiled),
    )


def predict(inspection: Inspection, environment: str, suffix: str = ".h5") -> Prediction:
    return Predictor(Atlas.load()).predict(inspection, environment, suffix)


def test_a_name_is_only_to_blame_where_another_one_helps() -> None:
    unread = predict(whole(), "tf2.3-h5py3").reasons[0].sentence
    misnamed = predict(whole(), NEW, ".tf").reasons[0].sentence
    assert (unread, misnamed) == ("it reads no HDF5 file", "it reads no HDF5 file named .tf")


@pytest.mark.parametrize("environment", [OLD, NEW])
def test_a_plain_model_loads(environment: str) -> None:
    assert predict(whole(layer("Dense", "name", "units")), environment).outcome is Outcome.LOADS


def test_an_argument_that_went_away_is_named() -> None:
    file = whole(layer("LSTM", "name", "units", "time_major"))
    found = predict(file, NEW)
    assert (found.reasons[0].subject, found.reasons[0].key) == ("LSTM", "time_major")
    assert found.reasons[0].cause == "time-major-gone"
    assert predict(file, OLD).outcome is Outcome.LOADS


def test_a_custom_layer_has_to_be_given_everywhere() -> None:
    found = predict(whole(layer("MyLayer", "name")), OLD)
    assert found.reasons[0].rule is Rule.CUSTOM
    assert Strategy.CUSTOM_OBJECTS in found.avoided_by


def test_a_loss_concerns_compiling_alone() -> None:
    loss = ObjectFact(path="/loss", role=Role.LOSS, class_name="mse", by_name=True)
    found = predict(whole(layer("Dense", "units"), loss, compiled=True), NEW)
    assert found.outcome is Outcome.FAILS
    assert found.avoided_by == (Strategy.NO_COMPILE,)


def test_a_refused_value_is_distinguished_from_a_refused_key() -> None:
    def loss(reduction: str) -> Inspection:
        texts = (("reduction", reduction),)
        one = ObjectFact(
            path="/loss", role=Role.LOSS, class_name="MeanSquaredError",
            keys=("reduction", "name"), texts=texts,
        )  # fmt: skip
        return whole(layer("Dense", "units"), one, compiled=True)

    assert predict(loss("auto"), NEW).reasons[0].rule is Rule.VALUE
    assert predict(loss("sum"), NEW).outcome is Outcome.LOADS


@pytest.mark.parametrize(
    ("name", "environment", "outcome"),
    [
        ("Adam", NEW, Outcome.LOADS),  # Keras 3 takes the optimizer of that name
        ("calm_adam", NEW, Outcome.FAILS),
        ("", NEW, Outcome.FAILS),
        ("Adam", OLD, Outcome.FAILS),
    ],
)
def test_an_unknown_optimizer_named_after_a_known_one(
    name: str, environment: str, outcome: Outcome
) -> None:
    one = ObjectFact(
        path="/optimizer_config", role=Role.OPTIMIZER, class_name="CalmAdam", name=name,
        keys=("name",),
    )  # fmt: skip
    file = whole(layer("Dense", "units"), one, compiled=True)
    assert predict(file, environment).outcome is outcome


@pytest.mark.parametrize(
    ("keras", "environment", "outcome"),
    [
        ("2.6.0", "tf2.15", Outcome.LOADS),  # which reads the policy that followed
        ("2.6.0", "tf2.16", Outcome.FAILS),
        ("2.15.0", "tf2.16", Outcome.LOADS),
        ("2.15.0", NEW, Outcome.FAILS),
        ("2.6.0", "tf1.15", Outcome.FAILS),
    ],
)
def test_a_dtype_policy_is_read_by_versions_of_its_time(
    keras: str, environment: str, outcome: Outcome
) -> None:
    policy = ObjectFact(
        path="/config/layers/1/config/dtype", role=Role.POLICY,
        class_name="PolicyV1" if keras == "2.6.0" else "Policy", keys=("name",),
    )  # fmt: skip
    file = whole(layer("Dense", "units"), policy, keras=keras)
    assert predict(file, environment).outcome is outcome


def test_a_schedule_of_an_old_optimizer_concerns_compiling_alone() -> None:
    one = ObjectFact(path="/s", role=Role.SCHEDULE, class_name="ExponentialDecay")
    found = predict(whole(layer("Dense", "units"), one, compiled=True), NEW)
    assert found.reasons[0].cause == "learning-rate-schedule-unreadable"
    assert found.avoided_by == (Strategy.NO_COMPILE,)
    assert predict(whole(layer("Dense", "units"), one), NEW).outcome is Outcome.LOADS


def test_layers_that_look_words_up_need_tensorflow() -> None:
    file = whole(layer("IntegerLookup", "name", "vocabulary"))
    file = replace(file, container=Container.KERAS_ZIP, generation=3)
    assert (
        predict(file, "keras3-jax", ".keras").reasons[0].cause == "layer-needs-tensorflow-backend"
    )
    assert predict(file, NEW, ".keras").outcome is Outcome.LOADS


def test_containers_follow_the_atlas() -> None:
    archive = replace(whole(), container=Container.KERAS_ZIP)
    assert predict(archive, OLD, ".keras").reasons[0].rule is Rule.CONTAINER
    graph = replace(whole(), container=Container.SAVEDMODEL)
    assert predict(graph, NEW, "").reasons[0].cause == "savedmodel-folder-given-to-keras-3"
    assert predict(graph, OLD, "").outcome is Outcome.LOADS


def test_byte_code_of_another_python() -> None:
    file = whole(layer("Lambda", "name", "function"))
    file = replace(file, origin=Origin(keras="2.10.0", python="3.6 to 3.7"))
    assert predict(file, OLD).reasons[0].rule is Rule.BYTE_CODE
    assert predict(file, "tf1.15").outcome is Outcome.LOADS


def test_weights_alone_are_not_judged() -> None:
    file = Inspection(container=Container.HDF5, contents=Contents.WEIGHTS)
    assert predict(file, OLD).outcome is Outcome.UNKNOWN


def test_damage_fails_everywhere() -> None:
    finding = Finding(kind=FindingKind.DAMAGED, text="cut short")
    file = replace(whole(), findings=(finding,))
    found = Predictor(Atlas.load()).predict_all(file, ".h5")
    assert {one.outcome for one in found} == {Outcome.FAILS}


def test_causes_are_those_of_the_catalogue() -> None:
    named = {one.cause for one in known_rules() if one.cause} | set(_BY_KEY.values())
    assert [one for one in named if shipped_catalogue().cause(one) is None] == []


def test_every_environment_is_shown_once() -> None:
    atlas = Atlas.load()
    found = Predictor(atlas).predict_all(whole(layer("LSTM", "time_major")), ".h5")
    groups = grouped(atlas, found)
    assert groups[0][0] is Outcome.LOADS
    assert any("LSTM refuses time_major" in text for _, text, _ in groups)
    assert all(where for _, _, where in groups)


texts = st.text(max_size=30)
facts = st.builds(
    ObjectFact,
    path=st.one_of(st.just(""), st.just("/config/layers/0"), texts),
    role=st.sampled_from(Role),
    class_name=st.one_of(st.sampled_from(("Dense", "Adam", "Model", "Custom>Adam", "mse")), texts),
    module=st.one_of(st.none(), st.just("keras.layers"), texts),
    keys=st.lists(st.one_of(st.just("units"), st.just("dtype"), texts), max_size=4).map(tuple),
    texts=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
    by_name=st.booleans(),
)
files = st.builds(
    Inspection,
    container=st.sampled_from(Container),
    contents=st.sampled_from(Contents),
    generation=st.sampled_from((None, 1, 2, 3, 99)),
    origin=st.builds(Origin, keras=st.none() | texts, python=st.none() | texts),
    objects=st.lists(facts, max_size=4).map(tuple),
)


@settings(max_examples=60)
@given(files, st.sampled_from((".h5", ".keras", "", "...")))
def test_nothing_in_a_file_makes_it_raise(file: Inspection, suffix: str) -> None:
    for one in Predictor(Atlas.load()).predict_all(file, suffix):
        assert (one.outcome is Outcome.LOADS) is (not one.reasons)


@pytest.mark.parametrize("contents", [Contents.GRAPH, Contents.GRAPH_ALONE])
def test_a_graph_without_keras_is_read_by_tensorflow_whatever_its_keras(contents: Contents) -> None:
    """Measured: TensorFlow 2.15 and 2.21 load a module that either of them saved."""
    origin = Origin(tensorflow="2.15.1")
    file = Inspection(container=Container.SAVEDMODEL, contents=contents, origin=origin)
    said = {one.environment: one.outcome for one in Predictor(Atlas.load()).predict_all(file)}
    environments = Atlas.load().environments
    for one in environments:
        release = (
            tuple(int(part) for part in one.tensorflow.split(".")[:2]) if one.tensorflow else ()
        )
        expected = Outcome.LOADS if release >= (2, 15) else Outcome.UNKNOWN
        assert said[one.id] is expected, one.id


def test_keras_3_leaves_the_functions_of_metrics_in_hdf5_alone() -> None:
    function = ObjectFact(
        path="/metrics/0/config/fn", role=Role.METRIC, class_name="f1", by_name=True
    )
    found = whole(function, compiled=True, keras="2.15.0")
    (reason,) = Predictor(Atlas.load()).predict(found, "tf2.15", ".h5").reasons
    assert (reason.rule, reason.subject) == (Rule.CUSTOM, "f1")
    assert Predictor(Atlas.load()).predict(found, NEW, ".h5").outcome is Outcome.LOADS
