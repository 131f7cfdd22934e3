"""The gate's result as SARIF: what is new, what is known, and where it is."""

from __future__ import annotations

from dataclasses import replace

from crossload.reports.gate.as_sarif import as_sarif
from crossload.runner.words import Verdict
from tests.gate.examples import everything, judged, result
from tests.reports.gate.reading import PLACES, sarif


def test_sarif_has_what_the_format_requires() -> None:
    run = sarif(everything())
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["level"] in {"error", "note"}
        assert one["message"]["text"]
        (place,) = one["locations"]
        assert place["physicalLocation"]["region"]["startLine"] >= 1
    prints = [one["partialFingerprints"]["crossloadCell/v1"] for one in run["results"]]
    assert len(set(prints)) == len(prints)


def test_sarif_suppresses_what_is_known_with_its_reason() -> None:
    results = {
        one["properties"]["cell"].split("/")[1]: one for one in sarif(everything())["results"]
    }
    assert results["lambda.h5"]["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "rebuilt in code (policy.yaml:2)",
        }
    ]
    assert [name for name, one in results.items() if "suppressions" in one] == ["lambda.h5"]
    assert {name for name, one in results.items() if one["level"] == "error"} == {
        "dense.h5", "lstm.h5", "conv-bn.h5", "merges.h5", "nested.h5"
    }  # fmt: skip


def test_sarif_leaves_out_what_is_not_the_upgrades_doing() -> None:
    assert "large.h5" not in as_sarif(everything(), PLACES)


def test_sarif_points_to_the_matrix_or_to_the_model() -> None:
    uris = {
        one["properties"]["cell"].split("/")[1]: one["locations"][0]["physicalLocation"]
        for one in sarif(everything())["results"]
    }
    assert uris["dense.h5"] == {
        "artifactLocation": {"uri": "matrix.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12},
    }
    assert uris["lstm.h5"]["artifactLocation"]["uri"] == "models/my%20model.h5"


def test_sarif_says_that_an_environment_could_not_be_used() -> None:
    found = result(judged("dense", Verdict.UNAVAILABLE))
    told = replace(found, after=replace(found.after, problem="no Python", advice="install it"))
    (invocation,) = sarif(told)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == (
        "tf2.16-py3.12 cannot be used: no Python. install it"
    )
    fine = sarif(result(judged("a", Verdict.SAME)))
    assert fine["invocations"] == [{"executionSuccessful": True}]
