"""The gate's result as JUnit: a test case for each cell."""

from __future__ import annotations

from tests.gate.examples import everything
from tests.reports.gate.reading import junit, outcomes


def test_junit_has_a_test_case_for_each_cell() -> None:
    assert outcomes(everything()) == {
        "dense": "failure",
        "lstm": "failure",
        "conv-bn": "failure",
        "twin-dense": "system-out",
        "custom-layer": "error",
        "lambda": "skipped",
        "merges": "failure",
        "nested": "failure",
        "large": "system-out",
        "operators": "passes",
        "gru": "skipped",
    }


def test_junit_is_of_the_common_schema() -> None:
    """Elements and attributes of the schema that Jenkins publishes, with right sums."""
    suites = junit(everything())
    (suite,) = suites
    assert (suites.tag, suite.tag) == ("testsuites", "testsuite")
    assert set(suites.attrib) <= {"name", "time", "tests", "failures", "errors", "disabled"}
    assert set(suite.attrib) <= {"name", "tests", "failures", "errors", "skipped", "time"}
    assert suite[0].tag == "properties"
    assert all(set(one.attrib) == {"name", "value"} for one in suite[0])
    cases = suite[1:]
    for case in cases:
        assert case.tag == "testcase"
        assert set(case.attrib) == {"name", "classname"}
        for part in case:
            assert part.tag in {"failure", "error", "skipped", "system-out"}
            assert set(part.attrib) <= {"message", "type"}
    counted = {tag: len(list(suite.iter(tag))) for tag in ("failure", "error", "skipped")}
    assert suite.attrib["tests"] == str(len(cases)) == "11"
    assert [suite.attrib[name] for name in ("failures", "errors", "skipped")] == [
        str(counted[tag]) for tag in ("failure", "error", "skipped")
    ]


def test_junit_gives_the_reason_of_what_is_known() -> None:
    messages = {
        case.attrib["name"]: case[0].get("message", "")
        for case in junit(everything()).iter("testcase")
        if len(case)
    }
    assert messages["lambda.h5"] == "known: fails; rebuilt in code (policy.yaml:2)"
    assert "accepted until 2026-11-21 (policy.yaml:4): later" in messages["nested.h5"]
