"""A city of lattice grids in memory, with organisations on them: the case of 2,459 grids, 531 branches and 1,894 groups.

A community is a row of 60 squares of 100 m; every square is one cell, one home and one grid. Codes are three digits for the community and three for
the grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.findings import to_frame
from geogrid.plan import NO_UNIT, Base, Plan
from geogrid.report import DeclaredRow, Unwritten, compare_declared
from geogrid.scheme import Level, Scheme, Text
from geogrid.store import Contents
from geogrid.store.contents import META_DEFAULTS

CRS = "EPSG:4547"
WIDE, SIDE = 60, 100.0
SCHEME = Scheme(
    "city", Text("社区—网格", "city"), (Level("community", Text("社区", "community"), "given"), Level("grid", Text("网格", "grid"), "given"))
)


def city(grids_n: int = 2459, *, homes: int = 100) -> Contents:
    """Return a city of so many grids, as a project that is no file yet."""
    row, column = np.divmod(np.arange(grids_n), WIDE)
    x, y = 540_000 + SIDE * column, 4_196_000 + SIDE * row
    squares = shapely.box(x, y, x + SIDE, y + SIDE)
    cells = _cells(squares)
    atoms = pd.DataFrame(
        {
            "code": [f"{i}-1-1" for i in cells.index],
            "cell": cells.index,
            "floor_from": 1,
            "floor_to": 6,
            "part": 1,
            "households": homes,
            "persons": 3 * homes,
        },
        index=pd.RangeIndex(1, grids_n + 1, name="atom"),
    )
    plan = Plan(Base(cells, atoms, shapely.union_all(squares)), SCHEME, _units(row, column), row.max() + 2 + np.arange(grids_n))
    nothing = to_frame([], cells.crs)
    rejected = pd.DataFrame(columns=["role", "file", "layer", "row", "field", "value", "reason", "reason_zh"])
    return Contents(plan, {}, {}, {}, nothing, nothing, rejected, {**META_DEFAULTS, "name": "样例市"})


def _cells(squares: np.ndarray) -> gpd.GeoDataFrame:
    middle = shapely.centroid(squares)
    columns = {
        "enclosure": 1,
        "kind": "home",
        "building": "",
        "entrance": 0,
        "entrance_source": "",
        "x": shapely.get_x(middle),
        "y": shapely.get_y(middle),
    }
    return gpd.GeoDataFrame(columns, geometry=squares, crs=CRS, index=pd.RangeIndex(1, len(squares) + 1, name="cell"))


def _units(row: np.ndarray, column: np.ndarray) -> pd.DataFrame:
    upper = [("community", NO_UNIT, f"{i + 1:03d}", f"第{i + 1}社区") for i in range(row.max() + 1)]
    lower = [("grid", i + 1, f"{i + 1:03d}{j + 1:03d}", "") for i, j in zip(row.tolist(), column.tolist(), strict=True)]
    units = pd.DataFrame([*upper, *lower], columns=["level", "parent", "code", "name"]).assign(kind="base", reason="", valid_from="", valid_to="")
    return units.set_index(pd.RangeIndex(1, len(units) + 1, name="unit"))


def grid_codes(contents: Contents) -> list[str]:
    """Return the codes of all grids."""
    return contents.plan.frame("grid").index.tolist()


def bodies(codes: Sequence[str], kinds: dict[str, int], seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return organisations of the kinds and a membership of each in a grid of its own, drawn from the codes."""
    drawn = np.random.default_rng(seed).permutation(np.array(codes, dtype=object))[: sum(kinds.values())]
    names = [f"o{i + 1:04d}" for i in range(len(drawn))]
    of_kind = [kind for kind, n in kinds.items() for _ in range(n)]
    organisations = pd.DataFrame({"id": names, "name": names, "kind": of_kind})
    return organisations, pd.DataFrame({"member": names, "target_kind": "unit", "target": drawn})


def declaring(contents: Contents, figures: Sequence[dict[str, str]], **tables: Any) -> Contents:
    """Return the contents with declared figures and tables."""
    meta = {**contents.meta, "declared": {"figures": [dict(line) for line in figures]}}
    return replace(contents, meta=meta, tables={**contents.tables, **tables})


def rows(contents: Contents) -> list[DeclaredRow]:
    """Return the report of contents."""
    return compare_declared(Unwritten(contents))


def row(contents: Contents, **figure: str) -> DeclaredRow:
    """Return the first row of a report of one declared figure."""
    return rows(declaring(contents, [figure], **contents.tables))[0]


def codes(found: DeclaredRow, part: int = 0) -> list[str]:
    """Return the codes on one of a row's lists."""
    return [case.code for case in found.lists[part].cases]
