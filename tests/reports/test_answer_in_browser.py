"""The question and its answer where they are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.reports.browser import Browser

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_trouble")]
PAIR = "#?format=h5&saver=tf2.15-py3.11&loader=tf2.16-py3.12"


def test_the_address_is_the_question(browser: Browser, page: Path) -> None:
    browser.open(page, PAIR)
    said = browser.run("document.getElementById('said').textContent")
    assert said == (
        "Often not directly. Of 7 test models: 1 loses training state "
        "and 6 need a flag or your class."
    )
    assert browser.run("document.getElementById('pick-saver').value") == "tf2.15-py3.11"
    command = browser.run("document.getElementById('command').textContent")
    assert command == "crossload check FILE --to tf2.16-py3.12"
    assert browser.run("scrollY") == 0
    assert browser.trouble == []


def test_a_picker_changes_the_address(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run(
        """(() => {
            const pick = document.getElementById("pick-loader");
            pick.value = "tf2.16-py3.12";
            pick.dispatchEvent(new Event("change"));
        })()"""
    )
    assert browser.run("location.hash") == "#?loader=tf2.16-py3.12"
    browser.run("document.getElementById('forget').click()")
    assert browser.run("location.hash") == ""


def test_a_square_asks_its_question_and_is_marked(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("document.querySelector('.share a[href*=\"tf2.15-py3.11&format=h5\"]').click()")
    assert browser.run("document.querySelectorAll('.share [aria-current]').length") == 1
    name = browser.run("document.querySelector('.share [aria-current]').ariaLabel")
    assert "Saved by TF 2.15, loaded by TF 2.16. Often not directly. Of 7" in name


def test_one_model_is_answered_by_its_cell(browser: Browser, page: Path) -> None:
    browser.open(page, f"{PAIR}&model=twin-dense")
    said = browser.run("document.getElementById('said').textContent")
    assert said == "Loses training state. A made-up cell that says partial"
    browser.run("document.getElementById('show-cells').click()")
    assert browser.run("document.getElementById('panel').open") is True


def test_one_table_is_shown_and_all_of_them_without_the_script(
    browser: Browser, page: Path
) -> None:
    visible = "[...document.querySelectorAll('.loads-table')].filter((one) => !one.hidden).length"
    browser.open(page)
    assert browser.run(visible) == 1
    assert page.read_text(encoding="utf-8").count('<table class="grid share">') == 4


TRACEBACK = """Traceback (most recent call last):
  File "predict.py", line 3, in <module>
    model = load_model("model.h5")
ValueError: Layer count mismatch: expected `5`,
file has 3"""


def pasted(browser: Browser, page: Path, error: str) -> str:
    """What the page says of a pasted error."""
    browser.open(page)
    said = browser.run(
        f"""(() => {{
            const box = document.getElementById("error");
            box.value = {json.dumps(error)};
            box.dispatchEvent(new Event("input"));
            return new Promise((done) => setTimeout(() => done(
                document.getElementById("error-causes").innerText), 400));
        }})()"""
    )
    return str(said)


def test_a_pasted_traceback_finds_its_cells(browser: Browser, page: Path) -> None:
    said = pasted(browser, page, TRACEBACK)
    assert said.endswith(" cells raised this error or one like it.")
    shown = "[...document.querySelectorAll('.grid-card')].filter((one) => !one.hidden)"
    formats = f"[...new Set({shown}.map((one) => one.querySelector('small').textContent))]"
    assert browser.run(formats) == ["as weights-h5"]
    assert browser.run("document.getElementById('error-causes').offsetParent !== null")
    assert "Layer%20count%20mismatch" in browser.run("location.hash")


def test_what_stands_above_the_last_exception_is_read(browser: Browser, page: Path) -> None:
    """The address has the last exception, which says nothing; the whole text is what counts."""
    said = pasted(
        browser,
        page,
        "Traceback (most recent call last):\n"
        '  File "a.py", line 1, in f\n    load()\n'
        "ValueError: Unknown layer: 'Blurring'\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n"
        '  File "b.py", line 1, in g\n    f()\n'
        "RuntimeError: it went wrong",
    )
    assert "the file needs Blurring" in said
    assert browser.run("location.hash") == "#?error=RuntimeError%3A%20it%20went%20wrong"


LONG_CONFIG = "{" + "'initializer': None, " * 50 + "}"


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (
            (
                "ValueError: Unknown layer: 'TransformerBlock'. Please ensure you are using a "
                "`keras.utils.custom_object_scope` and that this object is included in the scope."
            ),
            "the file needs TransformerBlock, which is not part of Keras",
        ),
        (
            "ValueError: Unrecognized keyword arguments passed to DepthwiseConv2D: {'groups': 1}",
            "DepthwiseConv2D in this version does not accept the argument groups",
        ),
        (
            (
                "Traceback (most recent call last):\n"
                '  File "app.py", line 2, in <module>\n'
                "TypeError: Descriptors cannot not be created directly.\n"
                "If this call came from a _pb2.py file, your generated code is out of date"
            ),
            "protobuf 4 rejects the generated code in this TensorFlow",
        ),
        (
            (
                f"TypeError: Error when deserializing class 'Dense' using config={LONG_CONFIG}.\n\n"
                "Exception encountered: Unrecognized keyword arguments passed to Dense: "
                "{'quantization_config': None}"
            ),
            "does not accept quantization_config",
        ),
    ],
)
def test_an_error_that_the_catalogue_knows_is_explained_with_its_own_names(
    browser: Browser, page: Path, error: str, named: str
) -> None:
    said = pasted(browser, page, error)
    assert named in said
    assert "load" in said.splitlines()[-1] or "install" in said.splitlines()[-1]
    assert browser.trouble == []


@pytest.mark.parametrize(
    "error",
    [
        "hello world how are you",
        "ValueError: x",
        "KeyError: 'user_id'",
        "ValueError: keras is not what you think",
    ],
)
def test_an_error_that_shares_only_common_words_is_not_found(
    browser: Browser, page: Path, error: str
) -> None:
    assert pasted(browser, page, error).startswith("No cell raised an error like this.")


def test_an_unknown_error_says_so(browser: Browser, page: Path) -> None:
    browser.open(page, "#?error=ZeroDivisionError%3A%20division%20by%20zero")
    said = browser.run("document.getElementById('error-causes').textContent")
    assert said.startswith("No cell raised an error like this.")


def test_a_grid_has_one_tab_stop(browser: Browser, page: Path) -> None:
    browser.open(page)
    stops = browser.run(
        """[...document.querySelectorAll(".cells, .loads-table:not([hidden]) table")].map(
            (table) => [...table.querySelectorAll("a")].filter((link) => link.tabIndex === 0).length
        )"""
    )
    assert stops == [1] * 29
