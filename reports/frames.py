"""The document as pandas data frames: one row per cell, and the grids drawn from them.

Owns the frames' types; `reports.columns` owns the columns, the renderers draw. Verdicts are an
ordered category, worst last, so that `max()` of measured cells is the worst of them.
"""

from __future__ import annotations

import pandas as pd

from crossload.reports.appearance import ORDER
from crossload.reports.columns import CELL_COLUMNS, Records
from crossload.reports.document import Report
from crossload.runner.words import Format

VERDICT_TYPE = pd.CategoricalDtype([str(one) for one in ORDER], ordered=True)


def cell_frame(report: Report) -> pd.DataFrame:
    """Return one row per cell in the report's order, with the columns `CELL_COLUMNS`.

    `saver`, `loader`, `model` and `format` are categories in the order of the axes, `verdict` is
    `VERDICT_TYPE`, `difference` and `tolerance` are floats (NaN where not measured).
    """
    records = list(map(Records().of, report.cells))
    frame: pd.DataFrame = pd.DataFrame.from_records(records, columns=list(CELL_COLUMNS))
    axes = {
        "saver": report.axis,
        "loader": report.axis,
        "model": report.models,
        "format": tuple(str(one) for one in report.formats),
    }
    for column, order in axes.items():
        frame[column] = pd.Categorical(frame[column], categories=list(order))
    frame["verdict"] = frame["verdict"].astype(VERDICT_TYPE)
    for column in ("difference", "tolerance"):
        frame[column] = frame[column].astype("float64")
    return frame


def grid(frame: pd.DataFrame, model: str, format_: Format) -> pd.DataFrame:
    """Return the verdicts of one model and format: savers down, loaders across, NaN for no cell.

    Rows and columns without any cell are left out.
    """
    part = frame[(frame["model"] == model) & (frame["format"] == str(format_))]
    keyed = part.set_index(["saver", "loader"])["verdict"]
    table: pd.DataFrame = keyed.unstack("loader")  # noqa: PD010 - nothing to aggregate here
    savers = [one for one in frame["saver"].cat.categories if one in table.index]
    loaders = [one for one in frame["loader"].cat.categories if one in table.columns]
    ordered: pd.DataFrame = table.loc[savers, loaders]
    return ordered
