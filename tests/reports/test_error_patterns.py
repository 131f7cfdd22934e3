"""The catalogue as the page's script reads it: the same expressions, in the order of a run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossload.reports import as_html
from crossload.reports.error_patterns import as_javascript, error_patterns
from crossload.runner.causes.by_error import causes_of_error
from crossload.runner.causes.loading import shipped_catalogue
from crossload.runner.causes.samples import samples_of
from tests.reports.browser import Browser

CATALOGUE = json.loads(error_patterns())


@pytest.mark.parametrize(
    ("python", "javascript"),
    [
        (r"Unknown layer: '?(?P<name>\w+)", (r"Unknown layer: '?(?<name>\w+)", "s")),
        (r"(?i)safe.?mode", ("safe.?mode", "si")),
        (r"HDF5.{0,80}(?i:lookup|table)", ("HDF5.{0,80}(?:lookup|table)", "si")),
        (r"was (?P<was>\d), is (?P=was)", (r"was (?<was>\d), is \k<was>", "s")),
        (r"\Aend\Z", ("^end$", "s")),
    ],
)
def test_expressions_are_written_for_javascript(python: str, javascript: tuple[str, str]) -> None:
    assert as_javascript(python) == javascript


def test_causes_stand_in_the_order_in_which_a_run_takes_the_first() -> None:
    order = [one.id for one in shipped_catalogue().causes]
    known = [one["id"] for one in CATALOGUE["causes"]]
    assert known == [one for one in order if one in set(known)]
    assert "custom-class-not-given" in known


def test_it_is_inert_inside_html() -> None:
    assert not re.search("[<>&]", error_patterns())


@pytest.mark.browser
@pytest.mark.usefixtures("no_trouble")
def test_javascript_finds_what_python_finds(browser: Browser) -> None:
    """Each expression compiles there and finds the samples that Python's finds."""
    searched = []
    for entry in shipped_catalogue().causes:
        for pattern in entry.when:
            for name in ("message", "warning", "output"):
                expression = pattern.texts.get(name)
                if expression is None:
                    continue
                found = [one.matching for one in samples_of(expression)]
                found = [one for one in found if re.search(expression, one, re.DOTALL)]
                searched.append([*as_javascript(expression), found])
    assert sum(len(found) for _, _, found in searched) > len(searched)
    missed = browser.run(
        f"""{json.dumps(searched)}.flatMap(([pattern, flags, samples]) => {{
            const expression = new RegExp(pattern, flags);
            return samples.filter((one) => !expression.test(one)).map((one) => [pattern, one]);
        }})"""
    )
    assert missed == []


TESTS = Path(__file__).resolve().parents[1]
RECORDED = json.loads((TESTS / "causes" / "recorded.json").read_text(encoding="utf-8"))
SEARCH = (Path(as_html.__file__).parent / "assets" / "errors.js").read_text(encoding="utf-8")
MESSAGE = "Unrecognized keyword arguments passed to LSTM: {'time_major': False}"
TRACEBACK = f"""\
Traceback (most recent call last):
  File "/lib/keras/saving/hdf5_format.py", line 176, in load_model_from_hdf5
    model = model_config_lib.model_from_config(`config`)
KeyError: 'registered_name'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/home/me/load.py", line 3, in <module>
    model = keras.models.load_model("model.h5")
ValueError: {MESSAGE}. Please
use `keras.utils.custom_object_scope`
"""
NOTEBOOK = f"""\
---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
<ipython-input-4-9> in <module>()
----> 1 model = load_model("model.h5")
~/lib/keras/saving.py in load_model(path)
    146     return hdf5.load(path)
ValueError: {MESSAGE}
"""
PYTEST = (
    f">       model = load_model(path)\nE       ValueError: {MESSAGE}\n\ntest_it.py:3: ValueError"
)


def samples() -> Iterator[str]:
    """A message for every expression of the catalogue, with and without an exception."""
    for pattern in (one for entry in shipped_catalogue().causes for one in entry.when):
        for name in ("message", "warning", "output"):
            for sample in samples_of(pattern.texts.get(name, ""))[:3]:
                yield sample.matching
                yield f"ValueError: {sample.matching}"


def recorded() -> Iterator[str]:
    """What real frameworks raised."""
    for one in RECORDED:
        yield f"{one['type']}: {one['message']}"
        yield f"{one.get('traceback', '')}\n{one['type']}: {one['message']}"


def as_people_paste(text: str) -> Iterator[str]:
    yield text
    yield f"```text\n{text}\n```"
    yield f"`{text}`"
    yield text.replace("\n", "\r\n")
    yield text.replace("'", "`")
    yield text.replace("'", "\u2019")
    yield text.replace("'", "\\'")
    yield "\n".join(f"> {line}" for line in text.split("\n"))
    yield f"2026-11-30 12:00:00 loading\n{text}"


def pasted() -> Iterator[str]:
    """What the page and the command line are asked, each text once."""
    texts = [*samples(), *recorded()]
    for text in (f"ValueError: {MESSAGE}", MESSAGE, TRACEBACK, NOTEBOOK, PYTEST, "", "no error"):
        texts += as_people_paste(text)
    return iter(dict.fromkeys(texts))


@pytest.mark.browser
@pytest.mark.usefixtures("no_trouble")
def test_the_page_answers_as_the_command_line_does(browser: Browser) -> None:
    """Which versions have a class is not said by the page, which does not have the atlas."""
    texts = list(pasted())
    answers = browser.run(
        f"""(() => {{
            const CATALOGUE = {error_patterns()};
            {SEARCH}
            const told = ({{ id, said, decides, remedies }}) => [id, said, decides, remedies];
            return {json.dumps(texts)}.map((one) => causesOfError(one).map(told));
        }})()"""
    )
    different = []
    for text, found in zip(texts, answers, strict=True):
        expected = [
            [
                fit.cause.id,
                re.sub(r" \(it is in [^)]*\)", "", fit.cause.sentence),
                fit.decides,
                [one.said for one in fit.remedies[:2]],
            ]
            for fit in causes_of_error(shipped_catalogue(), text)
        ]
        if found != expected:
            different.append((text, found, expected))
    assert sum(bool(found) for found in answers) > len(texts) / 2
    assert different[:3] == []
