"""Every complaint about a wrong matrix, word for word; those about axes are in `test_groups`."""

from __future__ import annotations

import pytest

from tests.config.conftest import Complaints

KNOWN = (
    "api, backend, conda, container, interpreter, keras, libraries, packages, python, "
    "requirements, resolve, tensorflow, tf_keras, variables"
)
ONE = "environments: {a: {tensorflow: '2.4.1'}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "environments:\n  a:\n    tensorflow: 2.10",
            "matrix.yaml:3: environments.a.tensorflow: "
            "2.10 was read as the number 2.1; write '2.10'",
            id="version-as-number",
        ),
        pytest.param(
            "environments:\n  tf2.10:\n    tensorflow: '2.10.1'\n    python: 3.10",
            "matrix.yaml:4: environments.tf2.10.python: "
            "3.10 was read as the number 3.1; write '3.10'",
            id="python-as-number",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', packages: {h5py: 2.10}}}",
            "matrix.yaml:1: environments.a.packages.h5py: "
            "2.10 was read as the number 2.1; write '2.10'",
            id="pin-as-number",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', packages: {h5py: 012}}}",
            "matrix.yaml:1: environments.a.packages.h5py: "
            "012 was read as the number 10; write '012'",
            id="octal",
        ),
        pytest.param(
            "axes:\n  a:\n    tensorflow:\n      - '2.4.1'\n      - 2.20",
            "matrix.yaml:5: axes.a.tensorflow[1]: 2.20 was read as the number 2.2; write '2.20'",
            id="number-in-axis",
        ),
        pytest.param(
            "axes: {a: {tensorflow: 2.10}}",
            "matrix.yaml:1: axes.a.tensorflow: 2.10 was read as the number 2.1; write '2.10'",
            id="number-as-axis",
        ),
        pytest.param(
            "axes:\n  a:\n    tensorflow: '2.4.1'\n    exclude:\n    - {packages: {h5py: 3.10}}",
            "matrix.yaml:5: axes.a.exclude[0].packages.h5py: "
            "3.10 was read as the number 3.1; write '3.10'",
            id="number-in-rule",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', variables: {DEBUG: on}}}",
            "matrix.yaml:1: environments.a.variables.DEBUG: "
            "on was read as the truth value true; write 'on'",
            id="truth-value",
        ),
        pytest.param(
            "environments: {a: {tensorflow: 2022-01-01}}",
            "matrix.yaml:1: environments.a.tensorflow: found 2022-01-01 "
            "(read as the date 2022-01-01), expected a version such as '2.15.1'",
            id="date",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.x'}}",
            "matrix.yaml:1: environments.a.tensorflow: "
            "found '2.x', expected a version such as '2.15.1'",
            id="no-version",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', packages: {h5py: new}}}",
            "matrix.yaml:1: environments.a.packages.h5py: found 'new', "
            "expected a version such as '2.10.0' or a range such as '<3'",
            id="no-pin",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', packages: {tf_keras: '2.16'}}}",
            "matrix.yaml:1: environments.a.packages.tf_keras: "
            "found the package 'tf_keras', expected it as a key next to 'packages'",
            id="own-package",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', packages: {a-b: '1', A_b: '2'}}}",
            "matrix.yaml:1: environments.a.packages: found 'a-b' and 'A_b', which are one package",
            id="double-package",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', variables: {KERAS_BACKEND: jax}}}",
            "matrix.yaml:1: environments.a.variables.KERAS_BACKEND: "
            "found the variable 'KERAS_BACKEND', expected it as the key 'backend'",
            id="own-variable",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', libraries: {libmpi.so.12: /lib/libmpi.so}}}",
            "matrix.yaml:1: environments.a.libraries.libmpi.so.12: found '/lib/libmpi.so', "
            "expected the file name of a library such as 'libmpi.so.40'",
            id="library-path",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', libraries: {libmpi.so.12: 40}}}",
            "matrix.yaml:1: environments.a.libraries.libmpi.so.12: "
            "found 40 (read as the number 40), "
            "expected the file name of a library such as 'libmpi.so.40'",
            id="library-number",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', python: '3.8.10'}}",
            "matrix.yaml:1: environments.a.python: found '3.8.10', "
            "expected 'auto' or a version such as '3.11'; did you mean '3.8'",
            id="python-with-patch",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '1.15', python: '2.7'}}",
            "matrix.yaml:1: environments.a.python: found '2.7', "
            "expected 'auto' or a version such as '3.11'",
            id="python-2",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', resolve: newest}}",
            "matrix.yaml:1: environments.a.resolve: found 'newest', "
            "expected 'period', 'latest' or a day such as '2024-03-01'",
            id="resolve",
        ),
        pytest.param(
            "environments: {a: {tensorflow: '2.4.1', api: tfkeras}}",
            "matrix.yaml:1: environments.a.api: found 'tfkeras', "
            "expected one of 'tf.keras', 'keras', 'tf_keras'; did you mean 'tf_keras'",
            id="word",
        ),
        pytest.param(
            "enviroments: {}\n" + ONE,
            "matrix.yaml:1: enviroments: found an unknown key, expected one of axes, "
            "environments, limits, profiles, tolerances; did you mean 'environments'",
            id="unknown-section",
        ),
        pytest.param(
            "environments:\n  a:\n    tensorflow: '2.4.1'\n    pyton: '3.8'",
            "matrix.yaml:4: environments.a.pyton: found an unknown key, "
            f"expected one of {KNOWN}; did you mean 'python'",
            id="unknown-key",
        ),
        pytest.param(
            "environments: {a: '2.4.1'}",
            "matrix.yaml:1: environments.a: found '2.4.1', expected a mapping",
            id="text-for-mapping",
        ),
        pytest.param(
            "- a", "matrix.yaml:1: found a list, expected a mapping", id="list-for-matrix"
        ),
        pytest.param(
            "environments: {Tf 2: {tensorflow: '2.4.1'}}",
            "matrix.yaml:1: environments.Tf 2: found the name 'Tf 2', expected lower case letters, "
            "digits and '.', '_', '-', '+', beginning with a letter or digit",
            id="name",
        ),
        pytest.param(
            "environments: {a/../b: {tensorflow: '2.4.1'}}",
            "matrix.yaml:1: environments.a/../b: found the name 'a/../b', expected lower case "
            "letters, digits and '.', '_', '-', '+', beginning with a letter or digit",
            id="path-as-name",
        ),
        pytest.param(
            "profiles: {}", "matrix.yaml:1: found no environment, expected at least one", id="none"
        ),
        pytest.param(
            ONE + "profiles: {p: {models: [dens]}}",
            "matrix.yaml:2: profiles.p.models[0]: found 'dens', "
            "expected one of 'dense', 'lstm', 'lambda'; did you mean 'dense'",
            id="model",
        ),
        pytest.param(
            ONE + "profiles: {p: {formats: h4}}",
            "matrix.yaml:2: profiles.p.formats: found 'h4', expected one of "
            "'h5', 'h5+no-optimizer', 'h5+save-format', 'savedmodel', 'savedmodel+no-optimizer', "
            "'savedmodel+save-format', 'keras', 'weights-h5', 'weights-tf', 'json+weights', "
            "'export'",
            id="format",
        ),
        pytest.param(
            "environments: {tf2.4: {tensorflow: '2.4.1'}}\n"
            "profiles: {p: {environments: ['t2.4*']}}",
            "matrix.yaml:2: profiles.p.environments[0]: found 't2.4*', which matches no "
            "environment, expected a name or a pattern of some; did you mean 'tf2.4'",
            id="pattern",
        ),
        pytest.param(
            ONE + "profiles: {p: {pairs: upgrades}}",
            "matrix.yaml:2: profiles.p.pairs: found 'upgrades', "
            "expected 'all', 'upgrade' or a list of pairs; did you mean 'upgrade'",
            id="pairs",
        ),
        pytest.param(
            ONE + "profiles:\n  p:\n    pairs:\n    - [a, a]\n    - [a]",
            "matrix.yaml:6: profiles.p.pairs[1]: found a list, expected [saver, loader]",
            id="half-a-pair",
        ),
        pytest.param(
            ONE + "profiles: {p: {pairs: [[a, zz]]}}",
            "matrix.yaml:2: profiles.p.pairs[0]: found 'zz', which matches no "
            "environment, expected a name or a pattern of some",
            id="pair-of-nobody",
        ),
        pytest.param(
            ONE + "limits: {cpu_seconds: 0}",
            "matrix.yaml:2: limits.cpu_seconds: found 0, expected at least 1",
            id="limit",
        ),
        pytest.param(
            ONE + "limits: {cpu_seconds: 060}",
            "matrix.yaml:2: limits.cpu_seconds: found 060 (read as the number 48), "
            "expected a whole number",
            id="octal-limit",
        ),
        pytest.param(
            ONE + "limits: {memory_mb: '4000'}",
            "matrix.yaml:2: limits.memory_mb: found '4000', expected a whole number",
            id="quoted-limit",
        ),
        pytest.param(
            ONE + "tolerances: {relative: .nan}",
            "matrix.yaml:2: tolerances.relative: found .nan (read as the number nan), "
            "expected a number",
            id="nan",
        ),
        pytest.param(
            ONE + "tolerances: {relative: 0.1}",
            "matrix.yaml:2: tolerances: found the ceiling 0.01 below relative 0.1, "
            "expected at least as much",
            id="tolerances",
        ),
    ],
)
def test_one_mistake_is_one_line(text: str, expected: str, complaints: Complaints) -> None:
    assert complaints(text) == [expected]


def test_all_mistakes_are_reported_together_by_line(complaints: Complaints) -> None:
    told = complaints(
        """\
        environments:
          a: {tensorflow: 2.10, python: 3.10}
          b: {tensorflow: "2.4.1", pyton: "3.8"}
          c: {keras: "2.2.4", backend: theano}
        axes:
          d: {tensorflow: ["2.4.1"], keras: []}
        profiles:
          p: {models: [dens], environments: [a]}
        limits: {cpu_seconds: x}
        limits: {cpu_seconds: 1}
        tolerances: *nothing
        """
    )
    assert [line.split(" ")[0:2] for line in told] == [
        ["matrix.yaml:2:", "environments.a.python:"],
        ["matrix.yaml:2:", "environments.a.tensorflow:"],
        ["matrix.yaml:3:", "environments.b.pyton:"],
        ["matrix.yaml:4:", "environments.c:"],
        ["matrix.yaml:6:", "axes.d.keras:"],
        ["matrix.yaml:8:", "profiles.p.models[0]:"],
        ["matrix.yaml:9:", "limits.cpu_seconds:"],
        ["matrix.yaml:10:", "limits:"],
        ["matrix.yaml:11:", "tolerances:"],
    ]


def test_pattern_is_not_judged_while_an_axis_is_broken(complaints: Complaints) -> None:
    told = complaints("axes: {a: {tensorflow: 2.4}}\nprofiles: {p: {environments: [tf2.4]}}")
    assert told == ["matrix.yaml:1: axes.a.tensorflow: 2.4 was read as the number 2.4; write '2.4'"]


def test_hundreds_of_mistakes_are_cut(complaints: Complaints) -> None:
    text = "environments:\n" + "".join(f"  e{n}: {{}}\n" for n in range(150))
    told = complaints(text)
    assert len(told) == 101
    assert told[-1] == "... and 50 more"


def test_control_characters_of_keys_are_shown_escaped(complaints: Complaints) -> None:
    assert complaints(ONE + '"\\e[31m": 1')[0].startswith("matrix.yaml:2: '\\x1b[31m': found an")
