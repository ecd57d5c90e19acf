"""A small division as the files that an office would drop: an outline, two streets, four communities, eight grids, a table of stations."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

WEST, SOUTH, SIDE = 118.15, 39.62, 0.01
FILES = ("区界.geojson", "街道.gpkg", "社区.geojson", "网格.geojson", "站点.csv")


def _cells(columns: int, rows: int) -> list:
    wide, high = 4 * SIDE / columns, 2 * SIDE / rows
    return [box(WEST + i * wide, SOUTH + j * high, WEST + (i + 1) * wide, SOUTH + (j + 1) * high) for i in range(columns) for j in range(rows)]


def write_division(folder: Path, *, name: str = "样例区", bad_stations: int = 0) -> list[Path]:
    """Write the files of `FILES` and return their paths; the last `bad_stations` of the ten stations have a capacity that is no number."""
    streets = pd.DataFrame({"JDDM": ["130203001", "130203002"], "JDMC": ["东街道", "西街道"]})
    communities = pd.DataFrame({"SQDM": [f"13020300{i // 2 + 1}00{i % 2 + 1}" for i in range(4)], "SQMC": [f"第{i + 1}社区" for i in range(4)]})
    grids = pd.DataFrame({"WGBM": [f"{communities['SQDM'][i // 2]}00{i % 2 + 1}" for i in range(8)]})
    _write(pd.DataFrame({"名称": [name]}), _cells(1, 1), folder / FILES[0])
    _write(streets, _cells(2, 1), folder / FILES[1])
    _write(communities, _cells(4, 1), folder / FILES[2])
    _write(grids, _cells(4, 2), folder / FILES[3])
    places = [(WEST + 0.002 + 0.0035 * i, SOUTH + 0.005) for i in range(10)]
    stations = pd.DataFrame({"站点编号": [f"Z{i}" for i in range(10)], "站点名称": [f"{i}号站" for i in range(10)], "类型": "day_care"})
    stations["容量"] = [20] * (10 - bad_stations) + ["很多"] * bad_stations
    stations[["经度", "纬度"]] = places
    stations.to_csv(folder / FILES[4], index=False, encoding="gb18030")
    return [folder / file for file in FILES]


def _write(table: pd.DataFrame, shapes: list, path: Path) -> None:
    gpd.GeoDataFrame(table, geometry=shapes, crs=4326).to_file(path)
