"""Scripts of cases in the worker: their contract, and what their outputs are compared to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.probes.worker_driver import WorkerDriver

Start = Callable[..., WorkerDriver]
Probe = Callable[[str], ModuleType]


def save(worker: WorkerDriver, script: str, name: str = "1") -> dict[str, Any]:
    return worker.ask(kind="save", id=name, model="case", format="script", script=script)


def load(
    worker: WorkerDriver, script: str, saved: str = "1", name: str = "2", **job: Any
) -> dict[str, Any]:
    return worker.ask(
        kind="load",
        id=name,
        model="case",
        format="script",
        strategy="plain",
        artifact=str(worker.scratch / saved / "bundle"),
        script=script,
        **job,
    )


def outputs_of(answer: dict[str, Any]) -> dict[str, Any]:
    (check,) = (one for one in answer["checks"] if one["check"] == "outputs")
    return dict(check)


def compared(worker: WorkerDriver, before: str, after: str) -> dict[str, Any]:
    assert save(worker, before)["status"] == "done"
    return outputs_of(load(worker, after))


def test_what_save_leaves_is_there_for_load(start_toy: Start) -> None:
    worker = start_toy()
    saved = save(
        worker,
        "import os\n"
        "assert os.listdir('.') == []\n"
        "os.mkdir('inner')\n"
        "open('inner/text', 'w').write('kept')\n"
        "outputs = [1.0, 2.0]\n",
    )
    assert (saved["status"], saved["payload"], saved["bundle"]) == ("done", "files", "1/bundle")
    assert saved["noise"] is None
    files = worker.scratch / "1" / "bundle" / "payload" / "files"
    assert [one.name for one in files.iterdir()] == ["inner"]
    loaded = load(
        worker,
        "open('inner/text', 'a').write('!')\n"
        "assert open('inner/text').read() == 'kept!'\n"
        "outputs = [1.0, 2.0]\n",
    )
    assert loaded["error"] is None
    assert outputs_of(loaded)["difference"] == 0.0
    assert (files / "inner" / "text").read_text() == "kept"  # it had a copy


def test_two_cases_that_save_alike_have_two_artifacts(start_toy: Start) -> None:
    worker = start_toy()
    expected = []
    for number, case in enumerate(("one", "two", "one")):
        name = str(number)
        worker.ask(kind="save", id=name, model=case, format="script", script="outputs = 1")
        expected.append((worker.scratch / name / "bundle" / "expected.json").read_bytes())
    assert expected[0] == expected[2] != expected[1]


def test_only_the_outputs_are_compared(start_toy: Start) -> None:
    worker = start_toy()
    save(worker, "outputs = 1.0")
    answer = load(worker, "outputs = 1.5")
    assert outputs_of(answer)["difference"] == pytest.approx(0.5)
    others = [one for one in answer["checks"] if one["check"] != "outputs"]
    assert len(others) >= 5
    assert {one["status"] for one in others} == {"not-applicable"}


def test_a_script_is_a_program_of_its_own(start_toy: Start) -> None:
    worker = start_toy()
    script = (
        "import sys\n"
        "class Own(object): pass\n"
        "assert __name__ == '__main__' and Own.__module__ == '__main__'\n"
        "assert sys.modules['__main__'].Own is Own\n"
        "assert sys.argv == ['save.py']\n"
        "assert keras.__version__ == '2.2.4'\n"
        "outputs = 1\n"
    )
    assert save(worker, script)["error"] is None
    assert load(worker, "outputs = int('Own' in globals())")["error"] is None


def test_what_a_script_raises_is_the_answer_with_its_own_lines(start_toy: Start) -> None:
    answer = save(start_toy(), "def go():\n    raise KeyError('nothing here')\n\ngo()\n")
    assert answer["status"] == "refused"
    assert answer["error"]["type"] == "KeyError"
    assert 'File "save.py", line 4' in answer["error"]["traceback"]
    assert "raise KeyError('nothing here')" in answer["error"]["traceback"]


@pytest.mark.parametrize(
    ("script", "type_", "message"),
    [
        pytest.param(
            "x = 1", "crossload.NoOutputs", "save.py set no global named 'outputs'", id="none"
        ),
        pytest.param(
            "outputs = [{}]",
            "crossload.NoOutputs",
            "'outputs' in save.py holds object, expected arrays of numbers or text",
            id="no-array",
        ),
        pytest.param("outputs = (", "SyntaxError", "save.py, line 1", id="syntax"),
        pytest.param("import sys; sys.exit(3)", "SystemExit", "3", id="exit"),
        pytest.param("raise KeyboardInterrupt", "KeyboardInterrupt", "", id="interrupt"),
    ],
)
def test_a_script_without_outputs_is_refused(
    start_toy: Start, script: str, type_: str, message: str
) -> None:
    answer = save(start_toy(), script)
    assert answer["status"] == "refused"
    assert answer["error"]["type"] == type_
    assert message in answer["error"]["message"]


def test_what_it_prints_is_kept(start_toy: Start) -> None:
    worker = start_toy()
    save(worker, "import os\nprint('hello')\nos.write(1, b'below python')\noutputs = 1")
    text = (worker.scratch / "1" / "output.log").read_text()
    assert "hello" in text
    assert "below python" in text


@pytest.mark.parametrize(
    ("before", "after", "status", "detail"),
    [
        pytest.param("outputs = 'a'", "outputs = 'a'", "agrees", "", id="same-text"),
        pytest.param(
            "outputs = ['a', 'b']",
            "outputs = ['a', 'c']",
            "disagrees",
            "output 1 says 'c' instead of 'b'",
            id="other-text",
        ),
        pytest.param(
            "import numpy\noutputs = numpy.array(['a', 'b'])",
            "import numpy\noutputs = numpy.array([b'a', b'b'], dtype=object)",
            "agrees",
            "",
            id="bytes-are-text",
        ),
        pytest.param(
            "outputs = {'x': 'a', 'y': 1.0}",
            "outputs = {'y': 'a', 'x': 1.0}",
            "disagrees",
            "output x holds numbers instead of text",
            id="kinds-exchanged",
        ),
        pytest.param(
            "outputs = {'x': 2.0, 'y': 1.0}",
            "outputs = {'y': 1.0, 'x': 2.0}",
            "measured",
            "",
            id="dict-in-another-order",
        ),
        pytest.param(
            "outputs = {'x': 2.0}",
            "outputs = {'y': 2.0}",
            "disagrees",
            "outputs ['y'] instead of ['x']",
            id="other-names",
        ),
        pytest.param(
            "outputs = {'x': 2.0}",
            "outputs = [2.0]",
            "disagrees",
            "arrays without names instead of a dict",
            id="names-lost",
        ),
        pytest.param(
            "outputs = [1, 2]", "outputs = [1]", "disagrees", "1 arrays instead of 2", id="few"
        ),
        pytest.param("outputs = True", "outputs = 1", "measured", "", id="truth-is-a-number"),
        pytest.param(
            "import numpy\noutputs = numpy.zeros((2, 3))",
            "import numpy\noutputs = numpy.zeros((3, 2))",
            "disagrees",
            "array 0 has shape (3, 2) instead of (2, 3)",
            id="shape",
        ),
    ],
)
def test_outputs_are_compared(
    start_toy: Start, before: str, after: str, status: str, detail: str
) -> None:
    check = compared(start_toy(), before, after)
    assert (check["status"], check["detail"]) == (status, detail)


@pytest.mark.skipif(sys.platform != "linux", reason="workers fork only on Linux")
def test_nothing_that_a_script_changes_outlives_it(start_toy: Start) -> None:
    worker = start_toy()
    script = (
        "import sys, os\n"
        "keras.Dense = None\n"
        "keras.utils.get_custom_objects()['Own'] = object\n"
        "sys.modules['left'] = sys\n"
        "os.chdir('/')\n"
        "outputs = 1\n"
    )
    assert save(worker, script)["status"] == "done"
    asked = (
        "import sys\n"
        "outputs = int('left' in sys.modules or keras.Dense is None\n"
        "              or 'Own' in keras.utils.get_custom_objects()) + 1\n"
    )
    assert outputs_of(load(worker, asked))["difference"] == 0.0
    assert worker.save("3", "twin-dense", "h5")["status"] == "done"


def test_models_and_scripts_take_turns(start_toy: Start) -> None:
    worker = start_toy()
    for number in range(1, 7, 2):
        assert save(worker, "outputs = 1", str(number))["status"] == "done"
        assert worker.save(str(number + 1), "twin-dense", "h5")["status"] == "done"
    assert worker.close() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="workers fork only on Linux")
@pytest.mark.parametrize(
    ("script", "code"), [("import os; os.abort()", 134), ("import os; os._exit(0)", None)]
)
def test_a_script_that_ends_its_process_costs_only_itself(
    start_toy: Start, script: str, code: int | None
) -> None:
    worker = start_toy()
    answer = save(worker, script)
    if code is None:
        assert answer == {}  # as for a model: the supervisor sees the worker's end
        return
    assert answer == {"kind": "died", "code": code}
    assert save(worker, "outputs = 1", "2")["status"] == "done"


def test_a_large_script_arrives(start_toy: Start) -> None:
    script = "# {}\noutputs = 1\n".format("x" * 199_000)
    assert save(start_toy(), script)["status"] == "done"


def test_the_process_is_as_before_after_a_script(probe: Probe, tmp_path: Path) -> None:
    registry: dict[str, object] = {"kept": 1}
    keras = SimpleNamespace(utils=SimpleNamespace(get_custom_objects=lambda: registry))
    before = sys.modules["__main__"], list(sys.argv), Path.cwd(), list(sys.path)
    text = "import sys\nsys.path.insert(0, 'x')\nkeras.utils.get_custom_objects()['own'] = 2\n"
    framework = SimpleNamespace(keras=keras, array=np.asarray)
    with pytest.raises(Exception, match="set no global named 'outputs'"):
        probe("jobs.scripts").run("load.py", text, str(tmp_path), framework)
    assert (sys.modules["__main__"], list(sys.argv), Path.cwd(), list(sys.path)) == before
    assert registry == {"kept": 1}


def test_tensors_are_asked_for_their_arrays(probe: Probe) -> None:
    framework = SimpleNamespace(array=lambda tensor: np.full(2, tensor.value))
    tensor = SimpleNamespace(value=3.0)
    names, arrays = probe("jobs.scripts").collect({"b": tensor, "a": 1}, "save.py", framework)
    assert names == ["a", "b"]
    assert [one.tolist() for one in arrays] == [1, [3.0, 3.0]]
