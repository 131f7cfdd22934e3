"""The page of reference models, made from the probes' list and the docstrings of their builders.

Owns `docs/models.md`: a test compares, and `python -m tests.probes.models_page` writes it.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from itertools import groupby

from crossload.runner.models.listing import read_models
from crossload.runner.models.traits import ModelTraits
from tests.probes.worker_driver import PROBES

PAGE = PROBES.parent / "docs" / "models.md"
HEAD = """# The reference models

crossload builds these small models in every environment that has their layers, always with the same
architecture, weights, inputs and targets. They represent what people's models consist of: each was
chosen because of a published failure. If a version does not have a layer, the model is `unsaved`
there, which is a result too.

A compiled model is trained for two steps before it is saved, so that its optimizer has a state to
lose. A model with custom classes is loaded plainly and with these classes passed
(`custom-objects`); a model with Python byte code is also loaded with `unsafe`. These words are
explained in [verdicts](verdicts.md); how a profile selects models is described in
[the matrix file](matrix.md#profiles).
"""
FOOT = """
This page is generated from the docstrings in `probes/crossload_probe/models/` by
`python -m tests.probes.models_page`.
"""
URL = re.compile(r"https://[^\s,;)]+[^\s,;).:]")
THREAD = re.compile(r"https://github\.com/[^/]+/([^/]+)/(?:issues|pull)/(\d+)$")
COMMIT = re.compile(r"https://github\.com/[^/]+/([^/]+)/commit/(\w+)$")


def link(url: str) -> str:
    """`[keras#19330](https://...)`, or the host of what is not a thread."""
    if found := THREAD.match(url):
        return f"[{found[1]}#{found[2]}]({url})"
    if found := COMMIT.match(url):
        return f"[{found[1]}@{found[2][:7]}]({url})"
    return f"[{url.split('/')[2]}]({url})"


def row(model: ModelTraits) -> str:
    module = importlib.import_module(f"crossload_probe.models.{model.file}")
    told = inspect.getdoc(module.MODELS[model.name].build) or ""
    text = URL.sub(lambda found: link(found[0]), " ".join(told.split()))
    text = re.sub(r"\)(?= [A-Z]|$)", ").", text)  # in the docstring, the line ended there
    traits = [name for name in ("compiled", "custom", "code") if getattr(model, name)]
    cells = (f"`{model.name}`", text, ", ".join(traits) or "none")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def section(file: str, models: list[ModelTraits]) -> str:
    title = file.replace("_", " ").capitalize()
    rows = "\n".join(row(model) for model in models)
    return (
        f"\n## {title}\n\n| model | what it is, and what breaks | traits |\n|---|---|---|\n{rows}\n"
    )


def make_page() -> str:
    """The whole page: a section for each file of models, in the order of the list."""
    if str(PROBES) not in sys.path:
        sys.path.append(str(PROBES))
    models = read_models(PROBES).values()
    files = list(dict.fromkeys(model.file for model in models))
    ordered = sorted(models, key=lambda model: files.index(model.file))
    sections = [
        section(file, list(group)) for file, group in groupby(ordered, lambda one: one.file)
    ]
    return HEAD + "".join(sections) + FOOT


if __name__ == "__main__":
    PAGE.write_text(make_page(), encoding="utf-8")
