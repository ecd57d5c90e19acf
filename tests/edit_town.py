"""A town of square cells for tests of proposals: one community, grids of five by five cells, micro-grids of a row of five, towers here and there."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.edit import State
from geogrid.plan import NO_UNIT, Base, Plan
from geogrid.scheme import Scheme, read_scheme

CRS, X0, Y0, SIDE = "EPSG:4547", 540_000.0, 4_196_000.0, 20.0
TOWN = "130102001001"


def town_scheme() -> Scheme:
    """The built-in scheme with bounds that fit the town."""
    return read_scheme("community-grid-microgrid").with_levels({"grid": {"households": [40, 90]}, "microgrid": {"households": [8, 20]}})


def town(seed: int, n: int = 10) -> State:
    """Return a town of n × n cells: most have one to six households, a tenth is land, a tenth a tower of three floors."""
    rng = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(n * n), n)
    luck = rng.random(n * n)
    homes = np.where(luck < 0.1, 0, rng.integers(1, 7, n * n))
    floors = np.where(luck > 0.9, 3, 1)
    x, y = X0 + SIDE * column, Y0 + SIDE * row
    lived = homes > 0
    cells = gpd.GeoDataFrame(
        {
            "enclosure": 1 + (column >= n // 2),
            "kind": np.where(lived, "home", "land"),
            "building": np.where(lived, [f"b{i}" for i in range(n * n)], ""),
            "entrance": 0,
            "entrance_source": "",
            "x": np.where(lived, x + SIDE / 2, np.nan),
            "y": np.where(lived, y + SIDE / 2, np.nan),
        },
        geometry=shapely.box(x, y, x + SIDE, y + SIDE),
        crs=CRS,
        index=pd.RangeIndex(1, n * n + 1, name="cell"),
    )
    cell = np.repeat(np.arange(1, n * n + 1), floors)
    floor = np.concatenate([np.arange(1, f + 1) for f in floors])
    households = homes[cell - 1]
    columns = {"cell": cell, "floor_from": floor, "floor_to": floor, "part": 1, "households": households, "persons": households * 3}
    atoms = pd.DataFrame(
        {"code": [f"{c}-{f}-1" for c, f in zip(cell, floor, strict=True)], **columns}, index=pd.RangeIndex(1, len(cell) + 1, name="atom")
    )
    blocks = -(-n // 5)
    grid = (row // 5) * blocks + column // 5
    micro = grid * 5 + row % 5
    rows = [("community", NO_UNIT, TOWN)]
    rows += [("grid", 1, f"{TOWN}{g + 1:03d}") for g in range(blocks * blocks)]
    used, leaf = np.unique(micro, return_inverse=True)
    rows += [("microgrid", 2 + m // 5, f"{TOWN}{m // 5 + 1:03d}{m % 5 + 1:03d}") for m in used.tolist()]
    units = pd.DataFrame(rows, columns=["level", "parent", "code"], index=pd.RangeIndex(1, len(rows) + 1, name="unit"))
    units = units.assign(name="", kind="base", reason="", note="", cure="", cure_m=0.0, link_m=0.0, valid_from="", valid_to="")
    base = Base(cells, atoms, shapely.box(X0, Y0, X0 + SIDE * n, Y0 + SIDE * n))
    return State.of(Plan(base, town_scheme(), units, 2 + blocks * blocks + leaf[cell - 1]))
