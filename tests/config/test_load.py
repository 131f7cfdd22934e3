"""From text to a matrix, and every complaint about a wrong one, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.config.load import load_matrix, parse_matrix
from crossload.runner.errors import ConfigurationError
from crossload.runner.records import Limits
from crossload.runner.words import MODEL_FORMATS, Api, Backend, Format
from tests.config.conftest import MODELS, Read

FULL = """\
environments:
  tf2.15: {tensorflow: "2.15.1", python: auto}
  tf2.10-bare: {tensorflow: "2.10.1", python: "3.10", resolve: latest}
  theano: {keras: "2.2.4", api: keras, backend: theano, python: "3.6", packages: {Theano: "1.0.5"}}
axes:
  keras-on-2.16:
    name: "tf{tensorflow_minor}-keras{keras_minor}-h5py-{h5py}"
    tensorflow: "2.16.2"
    keras: ["3.0.5", "3.15.1"]
    python: ["3.11"]
    packages: {h5py: ["<3", ">= 3"]}
    exclude:
      - {keras: "3.15.1", packages: {h5py: "<3"}}
profiles:
  quick:
    environments: [tf2.15, "tf2.1?-*"]
    models: [dense]
    formats: [h5, keras]
    pairs: [[tf2.15, "tf2.16-*"], {saver: "{tf2.15,theano}", loader: tf2.15}]
  upgrade: {pairs: upgrade}
limits: {cpu_seconds: 30}
tolerances: {relative: 1e-6, noise_factor: 8, ceiling: 1.0e-3}
"""


def test_environments_come_first_then_axes_in_the_order_of_the_file(read: Read) -> None:
    assert [spec.name for spec in read(FULL).environments] == [
        "tf2.15",
        "tf2.10-bare",
        "theano",
        "tf2.16-keras3.0-h5py-lt3",
        "tf2.16-keras3.0-h5py-ge3",
        "tf2.16-keras3.15-h5py-ge3",
    ]


def test_environment_has_defaults(read: Read) -> None:
    spec = read(FULL).environments[0]
    assert (spec.python, spec.api, spec.backend) == ("auto", Api.TF_DOT_KERAS, Backend.TENSORFLOW)
    assert (spec.keras, spec.tf_keras, spec.resolve) == (None, None, "period")


def test_standalone_keras_needs_no_tensorflow(read: Read) -> None:
    spec = read(FULL).environments[2]
    assert (spec.tensorflow, spec.keras, spec.backend) == (None, "2.2.4", Backend.THEANO)


def test_packages_have_the_names_of_an_index(read: Read) -> None:
    assert read(FULL).environments[2].packages == {"theano": "1.0.5"}


def test_axes_carry_every_dimension(read: Read) -> None:
    spec = read(FULL).environments[4]
    assert (spec.tensorflow, spec.keras, spec.python) == ("2.16.2", "3.0.5", "3.11")
    assert spec.packages == {"h5py": ">=3"}


def test_profile_is_read(read: Read) -> None:
    profile = read(FULL).profiles["quick"]
    assert profile.environments == ("tf2.15", "tf2.1?-*")
    assert profile.models == ("dense",)
    assert profile.formats == (Format.H5, Format.KERAS)
    assert profile.pairs == (("tf2.15", "tf2.16-*"), ("{tf2.15,theano}", "tf2.15"))


def test_profile_without_keys_is_everything(read: Read) -> None:
    profile = read(FULL).profiles["upgrade"]
    assert (profile.environments, profile.models) == (("*",), MODELS)
    assert (profile.formats, profile.pairs) == (MODEL_FORMATS, "upgrade")


def test_limits_left_out_keep_their_defaults(read: Read) -> None:
    assert read(FULL).limits.to_limits() == Limits(cpu_seconds=30)


def test_tolerances_may_be_written_without_a_point(read: Read) -> None:
    tolerances = read(FULL).tolerances
    assert (tolerances.relative, tolerances.noise_factor, tolerances.ceiling) == (1e-6, 8, 1e-3)


def test_empty_sections_count_as_left_out(read: Read) -> None:
    text = "environments:\n  a: {tensorflow: '2.4.1', keras: }\naxes:\nprofiles:\nlimits:\n"
    assert read(text).profiles == {}


def test_bundled_keras_is_the_one_tensorflow_brings(read: Read) -> None:
    names = [
        (spec.name, spec.keras)
        for spec in read(
            "axes: {a: {tensorflow: '2.16.2', keras: [bundled, '3.0.5']}}"
        ).environments
    ]
    assert names == [("tf2.16", None), ("tf2.16-keras3.0", "3.0.5")]


def test_unquoted_day_is_accepted_where_a_day_belongs(read: Read) -> None:
    text = "environments: {a: {tensorflow: '2.4.1', resolve: 2022-03-01}}"
    assert read(text).environments[0].resolve == "2022-03-01"


def test_id_is_name_and_python(read: Read) -> None:
    assert read(FULL).environments[0].id_with("3.11") == "tf2.15-py3.11"


def test_id_does_not_double_the_python_of_an_axis(read: Read) -> None:
    matrix = read("axes: {a: {tensorflow: '2.15.1', python: ['3.10', '3.11']}}")
    assert [spec.id_with(spec.python) for spec in matrix.environments] == [
        "tf2.15-py3.10",
        "tf2.15-py3.11",
    ]


def test_empty_file_leads_to_a_filled_in_one() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_matrix("# later\n", shown="matrix.yaml", known_models=MODELS)
    assert str(caught.value) == "matrix.yaml:1: found nothing, expected at least one environment"
    assert "crossload init" in caught.value.advice


def test_file_is_named_as_seen_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "matrix.yaml"
    path.write_bytes(b"\xef\xbb\xbfenvironments:\r\n  a: {tensorflow: 2.10}\r\n")
    with pytest.raises(ConfigurationError, match=r"^matrix.yaml:2: environments.a.tensorflow: "):
        load_matrix(path, known_models=MODELS)


def test_the_interpreter_of_an_existing_environment(tmp_path: Path) -> None:
    path = tmp_path / "matrix.yaml"
    path.write_text("environments:\n  mine: {interpreter: ../venv/bin/python, api: keras}\n")
    (spec,) = load_matrix(path, known_models=()).environments
    assert spec.interpreter == str(tmp_path / "../venv/bin/python")
    path.write_text('environments:\n  mine: {interpreter: x, python: "3.11", keras: "3.1"}\n')
    with pytest.raises(ConfigurationError) as caught:
        load_matrix(path, known_models=())
    assert "found python and keras beside 'interpreter'" in str(caught.value)
