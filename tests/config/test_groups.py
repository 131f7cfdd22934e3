"""What axes become as a whole: names, collisions, contradictions, size."""

from __future__ import annotations

import time

import pytest

from crossload.runner.config.naming import default_names, slug
from crossload.runner.words import MODEL_FORMATS
from tests.config.conftest import Complaints, Read


def names(read: Read, group: str) -> list[str]:
    return [spec.name for spec in read(f"axes: {{a: {{{group}}}}}").environments]


def test_name_is_made_of_short_versions(read: Read) -> None:
    assert names(read, "tensorflow: ['2.4.1', '2.15.1']") == ["tf2.4", "tf2.15"]


def test_name_has_full_versions_where_short_ones_collide(read: Read) -> None:
    assert names(read, "tensorflow: ['2.15.0', '2.15.1']") == ["tf2.15.0", "tf2.15.1"]


def test_name_has_pins(read: Read) -> None:
    assert names(read, "tensorflow: '2.4.1', packages: {h5py: ['<3', '>=3,<4', '2.10.0']}") == [
        "tf2.4-h5py-lt3",
        "tf2.4-h5py-ge3-lt4",
        "tf2.4-h5py-2.10.0",
    ]


def test_name_has_api_and_resolve_unless_default(read: Read) -> None:
    group = "tensorflow: '2.16.2', api: [tf.keras, keras], resolve: [period, latest]"
    assert names(read, group) == ["tf2.16", "tf2.16-latest", "tf2.16-keras", "tf2.16-keras-latest"]


def test_name_has_variables_that_vary(read: Read) -> None:
    group = "tensorflow: '2.16.2', variables: {A: x, B: ['0', '1']}"
    assert names(read, group) == ["tf2.16-b-0", "tf2.16-b-1"]


def test_name_has_python_last_if_it_varies(read: Read) -> None:
    group = "python: ['3.10', '3.11'], tensorflow: '2.15.1', packages: {h5py: '<4'}"
    assert names(read, group) == ["tf2.15-h5py-lt4-py3.10", "tf2.15-h5py-lt4-py3.11"]


def test_template_may_use_every_dimension(read: Read) -> None:
    group = "name: 'x{tensorflow}_{h5py}-p{python}', tensorflow: 2.4.1, python: '3.8', "
    assert names(read, group + "packages: {h5py: '~=3.1'}") == ["x2.4.1_like3.1-p3.8"]


def test_include_may_name_its_environment(read: Read) -> None:
    group = "tensorflow: '2.4.1', include: [{tensorflow: '2.5.0', name: special}]"
    assert names(read, group) == ["tf2.4", "special"]


def test_order_of_keys_is_the_order_of_dimensions(read: Read) -> None:
    group = "packages: {h5py: ['2', '3']}, tensorflow: ['2.4.1', '2.5.0']"
    assert names(read, group)[:2] == ["tf2.4-h5py-2", "tf2.5-h5py-2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<=3", "le3"), ("==2.*", "2.x"), ("!=3.1,>2", "not3.1-gt2"), ("A b", "a-b"), ("1!2", "1_2")],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_default_names_of_nothing() -> None:
    assert default_names([]) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "axes: {a: {name: 'tf{tensorflow_mino}', tensorflow: '2.4.1'}}",
            "matrix.yaml:1: axes.a.name: found '{tensorflow_mino}' in the name "
            "'tf{tensorflow_mino}', expected one of '{tensorflow}', '{tensorflow_minor}'; "
            "did you mean 'tensorflow_minor'",
            id="placeholder",
        ),
        pytest.param(
            "axes: {a: {name: 'tf{', tensorflow: '2.4.1'}}",
            "matrix.yaml:1: axes.a.name: found a single brace in the name 'tf{', expected pairs",
            id="brace",
        ),
        pytest.param(
            "axes: {a: {name: 'TF', tensorflow: '2.4.1'}}",
            "matrix.yaml:1: axes.a.name: found the name 'TF', expected lower case letters, digits "
            "and '.', '_', '-', '+', beginning with a letter or digit",
            id="template-gives-no-name",
        ),
        pytest.param(
            "environments:\n  tf2.4: {tensorflow: '2.4.0'}\naxes:\n  a: {tensorflow: '2.4.1'}",
            "matrix.yaml:4: axes.a: found the name 'tf2.4' for tensorflow=2.4.1, which "
            "'environments.tf2.4' on line 2 has too, expected every name once",
            id="collision",
        ),
        pytest.param(
            "axes:\n  a: {name: x, tensorflow: ['2.4.1', '2.5.0']}",
            "matrix.yaml:2: axes.a: found the name 'x' for tensorflow=2.5.0, which 'axes.a' "
            "on line 2 for tensorflow=2.4.1 has too, expected every name once",
            id="collision-inside",
        ),
        pytest.param(
            "environments:\n  a: {tensorflow: '2.4.1'}\n  a-py3.8: {tensorflow: '2.4.1'}",
            "matrix.yaml:3: environments.a-py3.8: found the name 'a-py3.8', which "
            "'environments.a' on line 2 has as its id, expected another name",
            id="name-is-an-id",
        ),
        pytest.param(
            "axes: {a: {name: x}}",
            "matrix.yaml:1: axes.a: found no dimension, expected at least one, such as "
            "'tensorflow'",
            id="no-dimension",
        ),
        pytest.param(
            "axes: {a: {tensorflow: []}}",
            "matrix.yaml:1: axes.a.tensorflow: found an empty list, expected at least one value",
            id="empty-list",
        ),
        pytest.param(
            "axes: {a: {packages: {h5py: '3'}, exclude: [{packages: {h5p: '3'}}]}}",
            "matrix.yaml:1: axes.a.exclude[0].packages.h5p: found 'packages.h5p', which is not a "
            "dimension of the group; did you mean 'packages.h5py'",
            id="stray-exclude",
        ),
        pytest.param(
            "axes: {a: {tensorflow: '2.4.1', include: [{tensorflo: '2'}]}}",
            "matrix.yaml:1: axes.a.include[0].tensorflo: found an unknown key, expected one of "
            "api, backend, keras, libraries, name, packages, python, resolve, tensorflow, "
            "tf_keras, variables; did you mean 'tensorflow'",
            id="unknown-key-in-rule",
        ),
        pytest.param(
            "axes: {a: {tensorflow: ['2.15.1', '2.16.1'], api: [tf.keras, tf_keras]}}",
            "matrix.yaml:1: axes.a: found the api 'tf_keras' without tf_keras, expected its "
            "version (in tensorflow=2.15.1, api=tf_keras; tensorflow=2.16.1, api=tf_keras)",
            id="contradiction",
        ),
    ],
)
def test_mistakes_of_a_group(text: str, expected: str, complaints: Complaints) -> None:
    assert complaints(text) == [expected]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            "python: '3.8'",
            "found neither tensorflow nor keras, expected a version of at least one",
        ),
        (
            "keras: '3.0.5'",
            "found the api 'tf.keras' without tensorflow, expected its version or 'api: keras'",
        ),
        (
            "tf_keras: '2.16', api: keras",
            "found the api 'keras' without keras, expected its version",
        ),
        (
            "tensorflow: '2.16.2', api: tf_keras",
            "found the api 'tf_keras' without tf_keras, expected its version",
        ),
        (
            "tf_keras: '2.16', api: tf_keras",
            "found the api 'tf_keras' without tensorflow, expected its version",
        ),
        (
            "keras: '3.0.5', api: keras",
            (
                "found the backend 'tensorflow' without tensorflow, "
                "expected its version or another backend"
            ),
        ),
        (
            "tensorflow: '1.15', api: keras, backend: theano",
            "found the backend 'theano' without keras, expected its version",
        ),
        (
            "tensorflow: '2.16.2', keras: '3.0.5', backend: jax",
            "found the backend 'jax' with the api 'tf.keras', expected 'api: keras'",
        ),
    ],
)
def test_impossible_environments(values: str, expected: str, complaints: Complaints) -> None:
    assert complaints(f"environments: {{a: {{{values}}}}}") == [
        f"matrix.yaml:1: environments.a: {expected}"
    ]


@pytest.mark.parametrize("backend", ["theano", "cntk", "jax", "torch"])
def test_keras_runs_on_every_backend_without_tensorflow(backend: str, read: Read) -> None:
    text = f"environments: {{a: {{keras: '2.2.4', api: keras, backend: {backend}}}}}"
    assert read(text).environments[0].tensorflow is None


def _versions(count: int) -> str:
    return ", ".join(f"'2.{n}.0'" for n in range(count))


def test_too_many_environments_are_refused_with_their_number(complaints: Complaints) -> None:
    assert complaints(f"axes: {{a: {{tensorflow: [{_versions(1001)}]}}}}") == [
        "matrix.yaml:1: axes: found 1001 environments, expected at most 1000"
    ]


def test_too_many_cells_are_refused_with_their_number(complaints: Complaints) -> None:
    assert complaints(f"axes: {{a: {{tensorflow: [{_versions(900)}]}}}}") == [
        (
            f"matrix.yaml:1: axes: found {2_430_000 * len(MODEL_FORMATS)} cells (900 savers x "
            f"3 models x {len(MODEL_FORMATS)} formats x 900 loaders), expected at most 5000000"
        )
    ]


def test_exploding_product_is_refused_without_expanding(complaints: Complaints) -> None:
    packages = ", ".join(f"p{n}: [{_versions(100)}]" for n in range(20))
    start = time.process_time()
    told = complaints(f"axes: {{a: {{tensorflow: '2.4.1', packages: {{{packages}}}}}}}")
    assert told == [
        f"matrix.yaml:1: axes.a: found {100**20} combinations, expected at most 1000 environments"
    ]
    assert time.process_time() - start < 1
