"""What a profile expands to."""

from __future__ import annotations

from crossload.runner.config.model import EnvironmentSpec, Profile
from crossload.runner.environments.model import Environment
from crossload.runner.plan import Plan, PlannedSave, Selection, make_plan
from crossload.runner.records import Cell
from crossload.runner.words import Format


def environment(name: str) -> Environment:
    spec = EnvironmentSpec(name=name, tensorflow="2.15.1", python="3.11")
    return Environment(id=f"{name}-py3.11", spec=spec, python="3.11", interpreter=None)


ENVIRONMENTS = (environment("a"), environment("b"), environment("c"))


def plan(pairs: object, selection: Selection | None = None) -> Plan:
    profile = Profile.model_validate(
        {"environments": ["*"], "models": ["dense"], "formats": ["h5"], "pairs": pairs}
    )
    return make_plan("quick", profile, ENVIRONMENTS, selection or Selection())


def pairs_of(made: Plan) -> list[str]:
    return [f"{cell.saver[0]}{cell.loader[0]}" for cell in made.cells]


def test_all_pairs_are_every_saver_with_every_loader() -> None:
    assert pairs_of(plan("all")) == ["aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc"]


def test_upgrade_pairs_go_down_the_file_and_keep_the_diagonal() -> None:
    assert pairs_of(plan("upgrade")) == ["aa", "ab", "ac", "bb", "bc", "cc"]


def test_listed_pairs_bring_the_diagonal_of_their_savers() -> None:
    assert pairs_of(plan([["a", "c"]])) == ["ac", "aa"]


def test_listed_pairs_take_ids_and_globs() -> None:
    assert pairs_of(plan([["a-py3.11", "[bc]"]])) == ["ab", "ac", "aa"]


def test_only_environments_in_use_are_planned() -> None:
    made = plan([["a", "c"]])
    assert [one.spec.name for one in made.environments] == ["a", "c"]


def test_a_saver_saves_once_however_many_load_it() -> None:
    assert plan([["a", "b"], ["a", "c"]]).saves == (PlannedSave("a-py3.11", "dense", Format.H5),)


def test_selecting_one_cell_keeps_its_baseline() -> None:
    wanted = "a-py3.11/dense.h5/b-py3.11"
    made = plan("all", Selection(cell=lambda cell: cell == wanted))
    assert [str(cell) for cell in made.cells] == ["a-py3.11/dense.h5/a-py3.11", wanted]


def test_an_environment_left_out_is_neither_saver_nor_loader() -> None:
    made = plan("all", Selection(environment=lambda one: one != "b-py3.11"))
    assert pairs_of(made) == ["aa", "ac", "ca", "cc"]


def test_the_ids_read_as_one_line() -> None:
    assert str(Cell("a-py3.11", "dense", Format.H5, "b-py3.11")) == "a-py3.11/dense.h5/b-py3.11"
    assert str(PlannedSave("a-py3.11", "dense", Format.H5)) == "a-py3.11/dense.h5"


def test_a_file_that_is_not_worth_saving_is_not_planned() -> None:
    profile = Profile.model_validate(
        {"environments": ["*"], "models": ["dense", "lstm"], "formats": ["h5", "keras"]}
    )
    narrowed = Selection(file=lambda model, form: model == "dense" or form is Format.KERAS)
    made = make_plan("quick", profile, ENVIRONMENTS[:1], narrowed)
    assert [f"{one.model}.{one.format}" for one in made.saves] == [
        "dense.h5",
        "dense.keras",
        "lstm.keras",
    ]


def test_variants_are_measured_with_few_models_and_against_the_others() -> None:
    profile = Profile.model_validate(
        {
            "environments": ["*"],
            "models": ["dense", "lstm"],
            "formats": ["h5"],
            "variants": ["b", "c"],
            "variant_models": ["dense"],
        }
    )
    made = make_plan("quick", profile, ENVIRONMENTS, Selection())
    by_model = {
        name: [f"{one.saver[0]}{one.loader[0]}" for one in made.cells if one.model == name]
        for name in ("dense", "lstm")
    }
    assert by_model == {"dense": ["aa", "ab", "ac", "ba", "bb", "ca", "cc"], "lstm": ["aa"]}


def test_without_variants_every_environment_is_measured_with_every_model() -> None:
    profile = Profile.model_validate({"models": ["dense"], "variants": "none"})
    made = make_plan("quick", profile, ENVIRONMENTS, Selection(format=lambda one: one == "h5"))
    assert len(made.cells) == 9
