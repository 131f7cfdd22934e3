"""`crossload plan` of a profile with scripted cases."""

from __future__ import annotations

from crossload.cli.plan import PlanDocument
from tests.cli.conftest import CommandLine

MATRIX = """\
environments:
  tf2.15: {tensorflow: "2.15.1", python: "3.11"}
profiles:
  quick: {models: [dense], formats: [h5], cases: [ours, example-dense], exclude: "ours.script"}
  whole: {models: none, cases: [ours, damaged-empty-h5]}
  plain: {models: [dense], formats: [h5]}
"""


def write_case(crossload: CommandLine, title: str = "title: ours") -> None:
    folder = crossload.folder / "cases" / "ours"
    folder.mkdir(parents=True)
    (folder / "case.yaml").write_text(title, encoding="utf-8")
    for name in ("save.py", "load.py"):
        (folder / name).write_text("outputs = 1\n", encoding="utf-8")


def planned(crossload: CommandLine, *options: str) -> PlanDocument:
    said = crossload("plan", "--json", *options)
    assert said.code == 0, said.err
    return PlanDocument.model_validate_json(said.out)


def test_shipped_cases_and_those_next_to_the_matrix_are_planned(crossload: CommandLine) -> None:
    write_case(crossload)
    crossload.matrix(MATRIX)
    assert planned(crossload).cases == ["example-dense"]  # ours is excluded there
    whole = planned(crossload, "--profile", "whole")
    assert whole.cases == ["ours"]  # the other one is not for this saver
    assert [cell.id for cell in whole.cells] == ["tf2.15-py3.11/ours.script/tf2.15-py3.11"]


def test_a_case_is_selected_as_a_model(crossload: CommandLine) -> None:
    write_case(crossload)
    crossload.matrix(MATRIX)
    assert planned(crossload, "--model", "example-*").cases == ["example-dense"]
    assert planned(crossload, "--format", "script").cases == ["example-dense"]
    assert planned(crossload, "--model", "dense").cases == []
    said = crossload("plan", "--profile", "plain", "--model", "ours")
    assert (said.code, "--model 'ours' matches nothing" in said.err) == (2, True)


def test_the_table_counts_them(crossload: CommandLine) -> None:
    write_case(crossload)
    crossload.matrix(MATRIX)
    assert "2 saves, 2 cells (scripted cases among them: 1)" in crossload("plan").words


def test_a_wrong_case_stands_in_the_way_of_profiles_with_cases_alone(
    crossload: CommandLine,
) -> None:
    write_case(crossload, "titel: ours")
    crossload.matrix(MATRIX)
    said = crossload("plan")
    assert said.code == 3
    assert "case.yaml:1: titel: found an unknown key" in said.err
    assert "did you mean 'title'" in said.err
    assert crossload("plan", "--profile", "plain").code == 0


def test_a_broken_file_that_may_have_variants_is_reported_itself(crossload: CommandLine) -> None:
    write_case(crossload, "title: 'ours")
    crossload.matrix(MATRIX.replace("[ours, damaged-empty-h5]", "[ours-small]"))
    said = crossload("plan", "--profile", "whole")
    assert said.code == 3
    assert "case.yaml:1:13: not valid YAML" in said.err
    assert "matches no scripted case" not in said.err
