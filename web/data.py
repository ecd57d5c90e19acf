"""The tables that page scripts show, as JSON bytes: one per page and level, in the page's language, made once per project version."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from flask_babel import gettext as _

from web import findings, tables, words
from web.served import Served, to_bytes


def table(served: Served, level: str) -> bytes:
    """Return `{"level", "columns": [{key, title, kind}], "codes", "labels", "above", "status", "values": {key: [...]}}` for the overview's table.

    `values` holds integers; where labels alone would not tell units apart, `above` (the nearest name above) and `shorts` do.
    """
    rows = tables.unit_rows(served, level)
    columns, values = _overview(served, level, rows)
    body = {
        "columns": [name_column(served, level), *columns],
        **unit_columns(served, level),
        "values": {key: np.asarray(column).tolist() for key, column in values.items()},
    }
    return to_bytes(body)


def name_column(served: Served, level: str) -> dict[str, str]:
    """Return the first column of a table of units."""
    return {"key": "name", "title": words.level_name(served.project.scheme.level(level)), "kind": "text"}


def unit_columns(served: Served, level: str) -> dict[str, Any]:
    """Return what a table of units says of each before its values: `codes labels shorts above status`, and `level`."""
    rows = tables.unit_rows(served, level)
    return {
        "level": level,
        "codes": rows.index.tolist(),
        "labels": labels(served, level),
        "shorts": shorts(served, level),
        "above": rows["above_name"].tolist(),
        "status": rows["status"].tolist(),
    }


def labels(served: Served, level: str) -> list[str]:
    """Return what each unit is called, in order of code. Of several that would be called alike, with no name above to tell
    them apart, the last digits of the parent's code stand before their own.
    """
    rows, spec = tables.unit_rows(served, level), served.project.scheme.level(level)
    named = list(zip(rows.index, rows["name"].fillna(""), rows["parent"].fillna(""), strict=True))
    out = [words.unit_label(code, name, parent, spec) for code, name, parent in named]
    number = Counter(out)
    for i, ((code, name, parent), above) in enumerate(zip(named, rows["above_name"], strict=True)):
        if number[out[i]] > 1 and parent and not above:
            out[i] = f"{words.level_name(spec)} {parent[-3:]}-{name or words.short_code(code, parent)}"
    return out


def shorts(served: Served, level: str) -> list[str]:
    """Return each unit's name, or what its code adds to the nearest unit above that has one, level by level, as `003` or `003-012`."""
    chain = tables.lineage(served, level)
    out = served.project.units(level)["name"].fillna("").to_numpy(dtype=object)
    open_ = out == ""
    for upper, lower in zip(chain.columns[-2::-1], chain.columns[:0:-1], strict=True):
        pairs = zip(chain[lower], chain[upper], out, strict=True)
        digits = np.array([words.short_code(code, parent) + ("-" + text if text else "") for code, parent, text in pairs], dtype=object)
        out = np.where(open_, digits, out)
        open_ = open_ & (chain[upper].map(served.project.units(upper)["name"]).astype(object).fillna("") == "").to_numpy()
    return np.where(out == "", chain[level], out).tolist()


def _column(key: str, title: str, kind: str = "number") -> dict[str, str]:
    return {"key": key, "title": title, "kind": kind}


def _overview(served: Served, level: str, rows: pd.DataFrame) -> tuple[list[dict[str, str]], dict[str, Any]]:
    scheme, order = served.project.scheme, list(served.project.levels)
    following = tables.next_level(served, level)
    columns: list[dict[str, str]] = []
    if following:
        columns.append(_column("children", words.level_name(scheme.level(following), plural=True)))
    elif (rows["stacked"] > 1).any():
        columns.append(_column("floors", _("floors"), "text"))
    below = [name for name in tables.bound_levels(served) if order.index(name) > order.index(level)]
    if below:
        columns.append(_column("out", _("outside")))
    columns.append(_column("households", _("households")))
    values: dict[str, Any] = {key: rows[key] for key in ("children", "out", "households")}
    if columns[0]["key"] == "floors":
        values["floors"] = _floors(rows)
    return columns, values


def _floors(rows: pd.DataFrame) -> list[str]:
    pairs = zip(rows["floor_from"], rows["floor_to"], strict=True)
    return ["" if pd.isna(low) else f"{low}" if low == high else f"{low}–{high}" for low, high in pairs]


def finding_items(served: Served, rule: str, level: str, severity: str) -> bytes:
    """Return the findings of one group as `[{text, units: [[level, code]], lon, lat, bbox}]`."""
    return to_bytes(findings.items(served, rule, level, severity))
