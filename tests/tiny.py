"""A whole project that fits in the head, for tests of store, exchange, maps and pages.

Four by four cells of 50 m; a quadrant is a grid, a half a community. The north-west corner cell is a tower whose six floors are two stacked
micro-grids; the north-east grid is dedicated land; one micro-grid of seven households is an accepted exception.

    A A | B B        row 0 is the north
    A A | B B        A, C: grids of community 建华社区;  B (dedicated), D: of <script>alert(1)</script>
    ----+----
    C C | D D
    C C | D D
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Point, box
from shapely.geometry import LineString

from geogrid.findings import COLUMNS
from geogrid.plan import NO_UNIT, Base, Plan
from geogrid.scheme import Scheme, read_scheme
from geogrid.store.contents import Contents

CRS = "EPSG:4547"
X0, Y0, SIDE = 540_000.0, 4_196_000.0, 50.0
SCRIPT = "<script>alert(1)</script>"
WEST, EAST = "130102001001", "130102001002"
LEVELS = ("community", "grid", "microgrid")

# cell number (row * 4 + column, row 0 north, from 1): households of each atom, bottom floor first; () is land
HOMES = {1: (4,) * 6, 2: (12,), 5: (10,), 9: (11,), 10: (14,), 13: (12,), 11: (15,), 12: (12,), 15: (7,)}
# micro-grid: (parent grid, cells, floors it takes of a stacked cell, kind, reason)
MICROGRIDS = (
    ("A", (1,), (1, 3), "base", ""),
    ("A", (1,), (4, 6), "base", ""),
    ("A", (2,), None, "base", ""),
    ("A", (5, 6), None, "base", ""),
    ("B", (3, 4, 7, 8), None, "dedicated", ""),
    ("C", (9,), None, "base", ""),
    ("C", (10,), None, "base", ""),
    ("C", (13, 14), None, "base", ""),
    ("D", (11,), None, "base", ""),
    ("D", (12, 16), None, "base", ""),
    ("D", (15,), None, "base", "component_too_light"),
)
GRIDS = {"A": (WEST, "001", "base"), "C": (WEST, "002", "base"), "B": (EAST, "001", "dedicated"), "D": (EAST, "002", "base")}


def tiny_scheme() -> Scheme:
    """Return the built-in scheme with grid bounds that fit sixteen cells."""
    return read_scheme("community-grid-microgrid").with_levels({"grid": {"households": [20, 60]}})


def tiny_base() -> Base:
    """Return sixteen cells and their atoms: the tower has six, every other cell one."""
    homes = [HOMES.get(i, ()) for i in range(1, 17)]
    cells = gpd.GeoDataFrame(
        {
            "enclosure": [1 + (i % 4 >= 2) + 2 * (i >= 8) for i in range(16)],
            "kind": ["home" if h else "land" for h in homes],
            "building": [f"b{i + 1}" if h else "" for i, h in enumerate(homes)],
            "entrance": [1 if i == 0 else 0 for i in range(16)],
            "entrance_source": ["given" if i == 0 else "" for i in range(16)],
            "x": [X0 + SIDE * (i % 4 + 0.5) if homes[i] else np.nan for i in range(16)],
            "y": [Y0 + SIDE * (3.5 - i // 4) if homes[i] else np.nan for i in range(16)],
        },
        geometry=[_square(i + 1) for i in range(16)],
        crs=CRS,
        index=pd.RangeIndex(1, 17, name="cell"),
    )
    rows = [(i + 1, f, n) for i, h in enumerate(homes) for f, n in enumerate(h or (0,), 1)]
    cell, floor, households = (np.array(column, dtype="int64") for column in zip(*rows, strict=True))
    atoms = pd.DataFrame(
        {
            "code": [f"{c}-{f}-1" for c, f in zip(cell, floor, strict=True)],
            "cell": cell,
            "floor_from": floor,
            "floor_to": np.where(cell == 1, floor, np.where(households > 0, 6, 1)),
            "part": 1,
            "households": households,
            "persons": households * 3,
        },
        index=pd.RangeIndex(1, len(rows) + 1, name="atom"),
    )
    return Base(cells, atoms, shapely.union_all(cells.geometry.to_numpy()), "given")


def tiny_plan() -> Plan:
    """Return the plan of the module's picture: 2 communities, 4 grids, 11 micro-grids."""
    base = tiny_base()
    rows = [("community", NO_UNIT, WEST, "建华社区", "base", ""), ("community", NO_UNIT, EAST, SCRIPT, "base", "")]
    for name, (parent, digits, kind) in GRIDS.items():
        rows.append(("grid", 1 + (parent == EAST), parent + digits, f"第{name}网格", kind, ""))
    leaf = np.full(len(base.atoms), NO_UNIT)
    grids = list(GRIDS)
    for grid, cells, floors, kind, reason in MICROGRIDS:
        parent = 3 + grids.index(grid)
        number = 1 + sum(row[1] == parent for row in rows)
        rows.append(("microgrid", parent, f"{rows[parent - 1][2]}{number:03d}", "", kind, reason))
        low, high = floors or (1, 99)
        leaf[(base.atoms["cell"].isin(cells) & base.atoms["floor_from"].between(low, high)).to_numpy()] = len(rows)
    units = pd.DataFrame(rows, columns=["level", "parent", "code", "name", "kind", "reason"], index=pd.RangeIndex(1, len(rows) + 1, name="unit"))
    return Plan(base, tiny_scheme(), units.assign(note="", cure="", cure_m=0.0, link_m=0.0, valid_from="2026-01-01", valid_to=""), leaf)


def tiny_contents() -> Contents:
    """Return a project with every kind of layer: given polygons, sites, base map, findings and a rejected row."""
    plan = tiny_plan()
    communities = plan.frame("community").reset_index()[["code", "name", "kind", "parent", "geometry"]]
    findings = _findings()
    return Contents(
        plan=plan,
        given={"community": communities},
        sites={"stations": _stations(), "cameras": _cameras()},
        layers=_layers(),
        notes=findings.iloc[:1],
        findings=findings,
        rejected=pd.DataFrame(
            [("buildings", "buildings.gpkg", "房屋", 17, "floors", "十层", "floors '十层'", "层数“十层”")],
            columns=["role", "file", "layer", "row", "field", "value", "reason", "reason_zh"],
        ),
        meta={
            "name": "小区样例 tiny",
            "seed": 0,
            "simulated": True,
            "source": "made by hand",
            "date": "2026-01-01",
            "seconds": {"read": 0.1},
            "peak_rss_mb": 100,
        },
    )


def _square(cell: int) -> shapely.Polygon:
    row, column = divmod(cell - 1, 4)
    x, y = X0 + column * SIDE, Y0 + (3 - row) * SIDE
    return box(x, y, x + SIDE, y + SIDE)


def _stations() -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        {
            "id": ["s1", "s2", "s3"],
            "kind": ["party", "day_care", "day_care"],
            "name": ["党群服务站", SCRIPT, "外地站"],
            "capacity": [30.0, np.nan, 10.0],
            "community": [WEST, EAST, ""],
            "grid": [WEST + "001", EAST + "002", ""],
            "microgrid": [WEST + "001001", EAST + "002001", ""],
            "outside_m": [0.0, 0.0, 75.0],
        }
    )
    return gpd.GeoDataFrame(frame, geometry=[Point(X0 + 25, Y0 + 175), Point(X0 + 125, Y0 + 75), Point(X0 + 275, Y0 + 100)], crs=CRS)


def _cameras() -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        {
            "id": ["c1", "c2", "c3"],
            "kind": ["1", "3", "3"],
            "name": ["东门", "=1+1", "涉密点"],
            "direction_deg": [np.nan, 90.0, 0.0],
            "range_m": [100.0, 80.0, np.nan],
            "secret": [False, False, True],
            "community": [WEST, EAST, EAST],
            "grid": [WEST + "002", EAST + "002", EAST + "001"],
            "microgrid": [WEST + "002001", EAST + "002003", EAST + "001001"],
            "outside_m": [0.0, 0.0, 0.0],
        }
    )
    return gpd.GeoDataFrame(frame, geometry=[Point(X0 + 50, Y0 + 75), Point(X0 + 101, Y0 + 1), Point(X0 + 150, Y0 + 150)], crs=CRS)


def _layers() -> dict[str, gpd.GeoDataFrame]:
    homes = [cell for cell in range(1, 17) if cell in HOMES]
    footprints = [_square(cell).buffer(-15, join_style="mitre") for cell in homes]
    buildings = pd.DataFrame(
        {
            "id": [f"b{cell}" for cell in homes],
            "address": [f"建华大街{cell}号" for cell in homes],
            "floors": [6.0] * 8 + [np.nan],
            "households": [float(sum(HOMES[cell])) for cell in homes],
            "use": "residential",
            "households_source": ["column"] * 8 + ["estimate"],
        }
    )
    entrances = pd.DataFrame({"id": ["e1"], "building": ["b1"], "address": ["建华大街1号1单元"], "floors": [6.0], "households": [24.0]})
    roads = pd.DataFrame(
        {"class": ["primary", "residential"], "name": ["建华大街", ""], "main": [True, False], "bridge": [False, False], "layer": [0.0, np.nan]}
    )
    lines = [LineString([(X0 + 100, Y0 - 20), (X0 + 100, Y0 + 220)]), LineString([(X0 - 20, Y0 + 100), (X0 + 220, Y0 + 100)])]
    water = pd.DataFrame({"class": ["river"], "name": ["滹沱河"]})
    empty = pd.DataFrame({"class": pd.Series(dtype=str), "name": pd.Series(dtype=str)})
    return {
        "buildings": gpd.GeoDataFrame(buildings, geometry=footprints, crs=CRS),
        "entrances": gpd.GeoDataFrame(entrances, geometry=[Point(X0 + 25, Y0 + 165)], crs=CRS),
        "roads": gpd.GeoDataFrame(roads, geometry=lines, crs=CRS),
        "water": gpd.GeoDataFrame(water, geometry=[box(X0, Y0 - 40, X0 + 200, Y0 - 25)], crs=CRS),
        "railways": gpd.GeoDataFrame(empty, geometry=[], crs=CRS),
    }


def _findings() -> gpd.GeoDataFrame:
    rows = [
        ("row_rejected", "error", "", [], None, None, 17.0, "buildings.gpkg row 17: floors '十层'", "第 17 行：层数“十层”", None),
        ("households_below", "warning", "microgrid", [EAST + "002003"], None, None, 7.0, "7 households, below 10", "7 户，低于 10 户", _square(15)),
        ("point_unmatched", "warning", "", ["s3"], None, 75.0, None, "station s3: 75 m outside", "站点 s3 在区外 75 米", Point(X0 + 275, Y0 + 100)),
    ]
    said = [name for name in COLUMNS if name not in ("width_m", "rows")]
    frame = pd.DataFrame(rows, columns=said).astype({"area_m2": "float64", "length_m": "float64", "value": "float64"})
    frame = frame.assign(width_m=float("nan"), rows=[[] for _ in rows])[list(COLUMNS)]
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS)
