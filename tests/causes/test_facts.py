"""What is read of an environment: versions in any spelling, which Keras is in use, what is near."""

from __future__ import annotations

import pytest

from crossload.runner.causes import EnvironmentFacts, facts_of
from crossload.runner.causes.facts import order_of, relation_holds
from crossload.runner.causes.form import Order, Relation
from crossload.runner.conditions import Facts
from crossload.runner.records import EnvironmentRecord


def environment(
    api: str = "tf.keras", backend: str = "tensorflow", **versions: str
) -> EnvironmentFacts:
    named = {name.replace("_cpu", "-cpu"): text for name, text in versions.items()}
    return facts_of(
        EnvironmentRecord(
            "one", "one", "", api, backend, "3.11.7", "linux", "period", tuple(named.items())
        )
    )


def test_the_keras_of_tensorflow_1_counts_as_keras_2() -> None:
    facts = environment(tensorflow="1.15.0", keras="2.2.4-tf")
    assert facts.generation == 2
    assert str(facts.versions["keras"]) == "2.2.4"


@pytest.mark.parametrize(
    ("facts", "keras"),
    [
        (environment("tf_keras", keras="3.14.0", tf_keras="2.21.0"), "2.21.0"),
        (environment("tf.keras", keras="3.6.0", tf_keras="2.18.0"), "3.6.0"),
        (
            environment("tf.keras", keras="3.1.1", tf_keras="2.16.0", keras_in_use="2.16.0"),
            "2.16.0",
        ),
    ],
)
def test_the_keras_in_use_is_that_of_the_api(facts: EnvironmentFacts, keras: str) -> None:
    assert str(facts.versions["keras"]) == keras


def test_tensorflow_is_found_under_the_name_of_its_small_build() -> None:
    assert str(environment(tensorflow_cpu="2.15.1").versions["tensorflow"]) == "2.15.1"


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"generation": 3}, True),
        ({"generation": 2}, False),
        ({"keras": ">=3,<3.3"}, True),
        ({"keras": ">=3.3"}, False),
        ({"python": ">=3.11,<3.13", "keras": "<4"}, True),
        ({"h5py": "<3"}, False),
        ({"backend": "tensorflow", "api": ["keras", "tf.keras"]}, True),
        ({"backend": "jax"}, False),
    ],
)
def test_all_facts_must_hold(wanted: dict[str, object], holds: bool) -> None:  # noqa: FBT001 - expected value
    assert environment(keras="3.1.1").fulfils(Facts.read(wanted)) is holds


def test_what_is_not_known_fulfils_nothing_and_equals_nothing() -> None:
    nothing, odd = EnvironmentFacts("gone"), environment(keras="unknown")
    assert not nothing.fulfils(Facts(generation=(2,)))
    assert not odd.fulfils(Facts(keras=">=0"))
    assert not relation_holds(Relation.KERAS, nothing, nothing)
    assert not relation_holds(Relation.GENERATION, nothing, odd)


def test_minor_versions_say_which_way_a_model_goes() -> None:
    old, new, patch = (environment(keras=text) for text in ("2.10.0", "3.1.0", "3.1.1"))
    assert order_of(old, new) is Order.UPGRADE
    assert order_of(new, old) is Order.DOWNGRADE
    assert order_of(new, patch) is None


def test_the_nearest_has_the_same_backend_and_the_next_keras() -> None:
    here = environment(keras="3.1.1")
    near = environment(keras="3.3.0")
    far = environment(keras="2.15.0")
    first = environment(keras="2.2.4")  # its minor version is nearer to that of 3.1
    other = environment(backend="jax", keras="3.1.1")
    ordered = sorted((other, first, far, near), key=here.distance)
    assert ordered == [near, far, first, other]
