"""Where links to cells lead: on a page of its own that holds them all, and on the pages of a site.

Owns these addresses. `assets/address.js` reads what stands behind their `#`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from crossload.reports.site.names import file_name


@dataclass(frozen=True)
class Links:
    """`cell` gives the link to the cell of that id, `cells` that to all with the values given.

    `cells` may be empty: of a large run, no page has the cells of several models.
    """

    cell: Callable[[str], str]
    cells: Callable[..., str]


def cell_link(identifier: str) -> str:
    """Return the link that opens a cell."""
    return f"#{quote(identifier, safe='/')}"


def filter_link(**chosen: str) -> str:
    """Return the link that shows only the cells with these values."""
    return "#?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in chosen.items())


def _model_page(identifier: str) -> str:
    """The page of a cell's model; neither an environment's id nor a format has a slash or a dot."""
    model = identifier.partition("/")[2].rpartition("/")[0].rpartition(".")[0]
    return f"models/{file_name(model)}.html{cell_link(identifier)}"


def _part_page(**chosen: str) -> str:
    """The page about a model, a cause or an environment; of a pair, about the one that loads."""
    for key, folder in (
        ("model", "models"),
        ("cause", "causes"),
        ("environment", "environments"),
        ("loader", "environments"),
        ("saver", "environments"),
    ):
        if key in chosen:
            return f"{folder}/{file_name(chosen[key])}.html"
    return ""


def _only_model_page(**chosen: str) -> str:
    return _part_page(**chosen) if "model" in chosen else ""


ON_PAGE = Links(cell_link, filter_link)
# From the top of a site: where its first page has all cells, and where each model has a page.
TO_FIRST_PAGE = Links(
    lambda identifier: f"index.html{cell_link(identifier)}",
    lambda **chosen: f"index.html{filter_link(**chosen)}",
)
TO_MODEL_PAGES = Links(_model_page, _only_model_page)
# The first page of a site whose models have the cells.
ON_OVERVIEW = Links(_model_page, _part_page)
