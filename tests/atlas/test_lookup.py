"""Questions to an atlas: names, keys, values, files; what is not known is not guessed."""

from __future__ import annotations

import pytest

from crossload.runner.atlas import Acceptance, Atlas, Form, Kind, Route
from crossload.runner.atlas.summary import tell_name
from crossload.runner.errors import UsageError

OLD, MIDDLE, NEW = "old-py3.10", "middle-py3.10", "new-py3.10"


def test_environments_are_known_by_id_and_by_name(atlas: Atlas) -> None:
    assert [one.id for one in atlas.environments] == [OLD, MIDDLE, NEW]
    assert atlas.environment("new") == atlas.environment(NEW)
    with pytest.raises(UsageError, match=r"'nev-py3.10'; did you mean 'new-py3.10'"):
        atlas.knows("nev-py3.10", Kind.LAYERS, "LSTM")


def test_a_name_is_known_unknown_or_untried(atlas: Atlas) -> None:
    assert atlas.knows(OLD, Kind.LAYERS, "Merge") is True
    assert atlas.knows(NEW, Kind.LAYERS, "Merge") is False
    assert atlas.knows(NEW, Kind.LAYERS, "MyOwnLayer") is None
    assert atlas.knows(OLD, Kind.LOSSES, "mse", Form.STRING) is True
    assert atlas.knows(OLD, Kind.LOSSES, "mse", Form.CLASS) is False


def test_a_module_is_known_unknown_or_untried(atlas: Atlas) -> None:
    functional = ("keras.src.models.functional", "Functional")
    assert atlas.knows_module(NEW, Kind.MODELS, *functional) is True
    assert atlas.knows_module(OLD, Kind.MODELS, *functional) is False
    assert atlas.knows_module(NEW, Kind.MODELS, "mine", "Functional") is None


def test_an_alias_leads_to_its_function(atlas: Atlas) -> None:
    entry = atlas.entry(OLD, Kind.LOSSES, "mse")
    assert entry is not None
    assert (entry.name, entry.is_function) == ("mean_squared_error", True)
    assert atlas.entry(NEW, Kind.LOSSES, "mse") is None
    assert atlas.kinds_of("mse") == (Kind.LOSSES,)


def test_a_key_comes_and_goes(atlas: Atlas) -> None:
    kept = atlas.argument(OLD, Kind.LAYERS, "LSTM", "time_major")
    assert (kept.acceptance, kept.written, kept.accepted) == (Acceptance.KEPT, True, True)
    refused = atlas.argument(NEW, Kind.LAYERS, "LSTM", "time_major")
    assert not refused.accepted
    assert refused.error == "ValueError"
    assert "time_major" in refused.message
    assert atlas.versions_with(Kind.LAYERS, "LSTM", "time_major") == (OLD,)
    dropped = atlas.argument(OLD, Kind.LAYERS, "LSTM", "seed")
    assert (dropped.acceptance, dropped.accepted) == (Acceptance.DROPPED, True)


def test_a_key_that_no_version_wrote_is_treated_like_any_unknown_key(atlas: Atlas) -> None:
    found = atlas.argument(NEW, Kind.LAYERS, "LSTM", "my_own_key", value=1)
    assert (found.acceptance, found.message) == (Acceptance.REFUSED, "what is that?")


def test_what_was_not_tried_is_not_guessed(atlas: Atlas) -> None:
    assert atlas.argument(NEW, Kind.LAYERS, "Mine", "units").acceptance is Acceptance.UNTRIED
    named = atlas.argument(NEW, Kind.LAYERS, "LSTM", "seed")
    assert (named.acceptance, named.named) == (Acceptance.UNTRIED, True)


@pytest.mark.parametrize(
    ("value", "route", "expected"),
    [
        ("uniform", Route.H5, Acceptance.KEPT),
        ("another text", Route.H5, Acceptance.KEPT),  # as the one text that was tried
        ({"class_name": "U"}, Route.H5, Acceptance.REFUSED),
        ({"class_name": "Other"}, Route.H5, Acceptance.REFUSED),
        ({"class_name": "U"}, Route.KERAS, Acceptance.CHANGED),
        ("uniform", Route.KERAS, Acceptance.REFUSED),
        (7, Route.H5, Acceptance.KEPT),  # of no type that was tried: the best of all
    ],
)
def test_values_and_routes_differ(
    atlas: Atlas, value: object, route: Route, expected: Acceptance
) -> None:
    found = atlas.argument(NEW, Kind.LAYERS, "LSTM", "init", value, route)
    assert found.acceptance is expected


def test_formats_say_what_is_read(atlas: Atlas) -> None:
    formats = atlas.formats(OLD)
    assert formats.loads("hdf5", ".h5")
    assert not formats.loads("hdf5", ".keras")
    assert not formats.loads("zip", ".keras")  # never written there
    assert "safe_mode" in formats.load_arguments
    assert formats.byte_code == "3.8-3.10"


def test_the_story_of_a_name_has_every_key(atlas: Atlas) -> None:
    story = tell_name(atlas, Kind.LAYERS, "LSTM")
    assert story.environments == (OLD, MIDDLE, NEW)
    keys = {key.name: key for key in story.keys}
    assert (keys["time_major"].accepted, keys["time_major"].refused) == ((OLD,), (MIDDLE, NEW))
    assert keys["seed"].dropped == (OLD,)
    assert "unknown_key_of_the_future" not in keys
    assert story.as_json()["keys"]["time_major"]["accepted"] == [OLD]
