"""What the page's template gets and gives: the contract, what may be inlined, colours."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from jinja2 import UndefinedError, meta

from crossload.reports import as_html as module
from crossload.reports.as_html import as_html, template_environment
from crossload.reports.document import CellRow, Report
from crossload.reports.page import PageContext
from crossload.reports.page_data import data_block, inert_json
from crossload.reports.page_model import cell_note
from crossload.runner.records import ProbeError
from crossload.runner.words import Check, Format, Strategy, Verdict

ROOT = Path(module.__file__).parent
TEMPLATES = sorted((ROOT / "templates").glob("*.j2"))
# The only places where text goes onto the page as it is; each is made by this package.
UNESCAPED = {"style|safe", "script|safe", "data|safe"}


def test_templates_use_exactly_the_fields_of_the_context() -> None:
    environment = template_environment()
    used = set[str]()
    for path in TEMPLATES:
        used |= meta.find_undeclared_variables(environment.parse(path.read_text(encoding="utf-8")))
    given = {field.name for field in fields(PageContext)}
    assert used == given


def test_every_field_of_the_context_has_a_description() -> None:
    source = (ROOT / "page.py").read_text(encoding="utf-8")
    body = source[source.index("class PageContext") :]
    for field in fields(PageContext):
        assert re.search(rf'^    {field.name}: .+\n    """.+"""$', body, re.MULTILINE), field.name


def test_an_unknown_name_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'typo' is undefined"):
        template_environment().from_string("{{ typo }}").render()


def test_only_listed_places_are_not_escaped() -> None:
    found = set[str]()
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"\w+\s*\|\s*safe", text))
        assert not re.search(r"Markup|autoescape", text), path.name
        assert not re.search(r"\son\w+=|javascript:|\sstyle=", text), path.name
    assert found == UNESCAPED


def test_no_python_file_writes_markup_by_hand() -> None:
    for path in ROOT.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "Markup(" not in text, path.name
        assert not re.search(r"""f["'][^"'\n]*</?[a-z]+>""", text), path.name


def test_scripts_set_text_only() -> None:
    for path in (ROOT / "assets").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|</"
        assert not re.search(forbidden, text), path.name


def test_every_attribute_is_quoted() -> None:
    for path in TEMPLATES:
        for tag in re.findall(r"<[a-z][^>]*>", path.read_text(encoding="utf-8")):
            without_values = re.sub(r'"[^"]*"', '""', tag)
            assert not re.search(r'=[^"]', without_values), f"{path.name}: {tag}"


def test_the_policy_names_the_digests_of_what_is_inlined(report: Report) -> None:
    page = as_html(report)
    for kind, tag in (("style", "<style>"), ("script", "<script>")):
        content = page.split(tag, 1)[1].split(f"</{kind}>", 1)[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_hostile_text_is_never_markup(hostile_report: Report) -> None:
    page = as_html(hostile_report)
    assert "<img" not in page
    assert page.count("<script") == 2
    assert page.count("</script") == 2
    assert "\u2028" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    page.encode("utf-8")
    assert len(page) < 2_000_000


def test_the_data_block_is_inert_and_complete(hostile_report: Report) -> None:
    block = data_block(hostile_report).json
    assert block.isascii()
    assert not set("<>&") & set(block)
    found = json.loads(block)
    assert sum(one[-1] for one in found["files"]) == len(hostile_report.cells)
    assert {len(found["cells"][one]) for one in ("loader", "kind")} == {len(hostile_report.cells)}


def test_the_data_block_has_what_cells_share_once(report: Report) -> None:
    slower = tuple(
        replace(row, attempts=tuple(replace(one, load_seconds=1.5) for one in row.attempts))
        for row in report.cells
    )
    once, twice = (
        json.loads(data_block(replace(report, cells=cells)).json)
        for cells in (report.cells, (*report.cells, *slower))
    )
    assert twice["kinds"] == once["kinds"]
    assert twice["attempts"] == once["attempts"]
    assert len(once["kinds"]) < len(report.cells)
    assert len(twice["cells"]["load"]) == 2 * len(once["cells"]["load"])


def test_the_data_block_refuses_what_browsers_do_not_read() -> None:
    with pytest.raises(ValueError, match="Out of range float values"):
        inert_json(float("nan"))


def test_long_texts_are_cut_when_all_together_are_too_long(hostile_report: Report) -> None:
    assert data_block(hostile_report).text_limit == 4000
    small = data_block(hostile_report, budget=50_000)
    assert small.text_limit < 4000
    assert "more]" in small.json


def test_a_cut_text_keeps_its_end(hostile_report: Report) -> None:
    """Keras names the reason behind a whole configuration, a traceback in its last line."""
    message = f"Error when deserializing class 'Dense' {'x' * 3000} Exception encountered: groups"
    row = replace(hostile_report.cells[0], error=ProbeError("TypeError", message))
    cells = (row, *hostile_report.cells[1:])
    texts = json.loads(data_block(replace(hostile_report, cells=cells), budget=1).json)["texts"]
    (cut,) = (text for text in texts if text.startswith("Error when"))
    assert "more]" in cut
    assert cut.endswith("untered: groups")


def test_code_is_whole_where_texts_are_cut(hostile_report: Report) -> None:
    code = "\n".join(f"line_{number} = load({number})" for number in range(150))
    cells = tuple(
        replace(row, attempts=tuple(replace(one, code=code) for one in row.attempts))
        for row in hostile_report.cells
    )
    small = data_block(replace(hostile_report, cells=cells), budget=50_000)
    assert small.text_limit < len(code)
    assert "more]" in small.json
    assert code in json.loads(small.json)["texts"]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_every_colour_can_be_read(scheme: str) -> None:
    css = (ROOT / "assets" / "palette.css").read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    part = light if scheme == "light" else dark.split("\n}\n")[0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
    pairs = [(f"{one}-fg", f"{one}-bg") for one in Verdict]
    pairs += [("ink", "page"), ("ink", "card"), ("quiet", "page"), ("quiet", "card")]
    pairs += [("accent", "card"), ("ink", "code"), ("same-fg", "card"), ("fails-fg", "card")]
    low = {}
    for text, ground in pairs:
        first, second = _luminance(colours[text]), _luminance(colours[ground])
        ratio = (max(first, second) + 0.05) / (min(first, second) + 0.05)
        if ratio < 4.5:
            low[text, ground] = round(ratio, 2)
    assert low == {}


@pytest.mark.parametrize(
    ("verdict", "note"),
    [
        pytest.param(Verdict.ASSISTED, "no-compile", id="assisted names the strategy"),
        pytest.param(Verdict.PARTIAL, "no optimizer, step", id="partial names what was lost"),
        pytest.param(Verdict.DIFFERS, "", id="differs needs no more words"),
    ],
)
def test_a_cell_shows_what_its_verdict_leaves_open(verdict: Verdict, note: str) -> None:
    row = CellRow(
        id="a/dense.h5/b",
        saver="a",
        model="dense",
        format=Format.H5,
        loader="b",
        verdict=verdict,
        strategy=Strategy.NO_COMPILE,
        lost=(Check.OPTIMIZER, Check.STEP),
    )
    assert cell_note(row) == note
