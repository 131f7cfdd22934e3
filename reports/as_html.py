"""Writes the page: one self-contained HTML file that loads nothing and runs only its own script.

Owns the inlining and the content security policy's digests. `reports.page_model` owns the content,
the templates the markup, `assets/` the style sheet and the script.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import fields
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crossload.reports.document import Report
from crossload.reports.error_patterns import error_patterns
from crossload.reports.page import PageContext
from crossload.reports.page_data import data_block
from crossload.reports.page_model import Inlined, page_context
from crossload.reports.shown import shown

_HERE = Path(__file__).parent
STYLES = ("palette.css", "page.css", "grids.css", "answer.css", "claims.css", "print.css")
_SCRIPTS = (
    "data.js",
    "address.js",
    "grids.js",
    "errors.js",
    "search.js",
    "query.js",
    "filters.js",
    "heat.js",
    "answer.js",
    "view.js",
    "copy.js",
    "download.js",
    "markdown.js",
    "panel.js",
    "changes.js",
    "complete.js",
    "keys.js",
    "main.js",
)


def as_html(report: Report, *, in_site: bool = False) -> str:
    """Return the page as text, ASCII except for the templates' own words.

    Args:
        report: the run.
        in_site: whether the pages of `reports.site` stand beside it, so that it links to them.
    """
    drawn = shown(report)
    style, script = joined(STYLES), page_script()
    context = page_context(
        drawn,
        planned=report,
        in_site=in_site,
        inlined=Inlined(style, _digest(style), script, _digest(script), data_block(drawn)),
    )
    return render(context)


def page_script() -> str:
    """Return the script of a page with cells, as one text."""
    # One function around all files, so that none of their names can clash with an element's id as
    # a global. It is asynchronous because a compressed data block has to be awaited.
    catalogue = f"const CATALOGUE = {error_patterns()};\n"
    return f'(async () => {{\n"use strict";\n{catalogue}{joined(_SCRIPTS)}}})();\n'


def render(context: PageContext) -> str:
    """Return the template filled with `context`; an unknown name in a template is an error."""
    template = template_environment().get_template("page.html.j2")
    return template.render({field.name: getattr(context, field.name) for field in fields(context)})


def template_environment() -> Environment:
    """Return the templates' environment, in which everything is escaped unless marked safe."""
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def joined(names: tuple[str, ...]) -> str:
    """Return these assets as one text."""
    return "\n".join((_HERE / "assets" / name).read_text(encoding="utf-8") for name in names)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
