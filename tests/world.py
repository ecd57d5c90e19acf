"""A quarter in files, as an office hands it over: GeoJSON, CSV and XLSX in a folder, with a recipe.

400 m by 300 m, cut by two roads into four blocks of six slabs (six floors of four households: 24 each, 576 in all). West is 建国路社区, east
has a script tag for a name. `quarter()` gives the frames in metres; tests change them and `write` makes files and recipe of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from openpyxl import Workbook

CRS = "EPSG:4548"  # the working CRS that the reader finds for this place too
X0, Y0 = 510_000.0, 4_056_000.0
SCRIPT = "<script>alert(1)</script>"
WEST, EAST = "370102001001", "370102001002"
SCHEME = """name = { zh = "社区—网格—微网格", en = "community, grid, micro-grid" }
[[levels]]
id = "community"
name = { zh = "社区", en = "community" }
[[levels]]
id = "grid"
make = "bounds"
households = [100, 200]
code = { digits = 3 }
[[levels]]
id = "microgrid"
make = "bounds"
households = [10, 15]
code = { digits = 3 }
[stations.day_care]
name = { zh = "日间照料站", en = "day care" }
one_per = "community"
"""
Frames = dict[str, pd.DataFrame]


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    """Return a rectangle in the quarter's own metres."""
    return shapely.box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + height)


def points(places: list[tuple[float, float]]) -> list[shapely.Point]:
    """Return points in the quarter's own metres."""
    return [shapely.Point(X0 + x, Y0 + y) for x, y in places]


def frame(columns: Mapping[str, Any], geometry: list[Any]) -> gpd.GeoDataFrame:
    """Return a layer in the working CRS."""
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=CRS)


def quarter() -> Frames:
    """Return all layers, in metres."""
    slabs = [box(bx + 20 + 55 * (i % 3), by + 25 + 60 * (i // 3), 45, 12) for by in (0, 150) for bx in (0, 200) for i in range(6)]
    ids = [f"楼{i + 1:02d}" for i in range(len(slabs))]
    lines = [shapely.LineString([(X0 + 200, Y0 - 5), (X0 + 200, Y0 + 305)]), shapely.LineString([(X0 - 5, Y0 + 150), (X0 + 405, Y0 + 150)])]
    return {
        "district": frame({"name": ["建国街"]}, [box(0, 0, 400, 300)]),
        "communities": frame({"code": [WEST, EAST], "name": ["建国路社区", SCRIPT]}, [box(0, 0, 200, 300), box(200, 0, 200, 300)]),
        "buildings": frame({"id": ids, "floors": 6, "households": 24, "use": "住宅"}, slabs),
        "roads": frame({"class": ["residential", "residential"], "name": ["建国路", "和平街"]}, lines),
        "stations": frame({"id": ["s1", "s2"], "kind": ["day_care", "四点半课堂"], "name": ["日间照料", SCRIPT]}, points([(100, 100), (300, 100)])),
        "cameras": frame({"id": ["c1", "c2", "c3"], "direction": ["东", "", "8"]}, points([(100, 150), (10, 10), (900, 10)])),
    }


def write(
    folder: Path, frames: Frames, *, scheme: str = SCHEME, shuffle: int | None = None, encoding: str = "utf-8", extra: str = "", **formats: str
) -> Path:
    """Write the frames and a recipe into `folder`; return the recipe. `formats`: ending by role, else GeoJSON, and CSV for points and tables."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.toml").write_text(scheme, "utf-8")
    text = 'name = "建国街"\nscheme = "own.toml"\nsource = "made up"\n'
    for role, layer in frames.items():
        order = np.arange(len(layer)) if shuffle is None else np.random.default_rng(shuffle).permutation(len(layer))
        ending = formats.get(role, "csv" if role in ("stations", "entrances", "households") else "xlsx" if role == "cameras" else "geojson")
        _WRITERS[ending](layer.iloc[order], folder / f"{role}.{ending}", encoding)
        text += f'[inputs.{role}]\npath = "{role}.{ending}"\n'
    (folder / "recipe.toml").write_text(text + extra, "utf-8")
    return folder / "recipe.toml"


def _geojson(layer: pd.DataFrame, path: Path, encoding: str) -> None:  # noqa: ARG001
    there = layer.to_crs(4326)
    rows = layer.drop(columns="geometry").to_dict("records")
    shapes = [None if g is None else json.loads(shapely.to_geojson(g)) for g in there.geometry]
    features = [{"type": "Feature", "properties": row, "geometry": g} for row, g in zip(rows, shapes, strict=True)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8")


def _table(layer: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(layer, gpd.GeoDataFrame):
        return layer
    there = layer.geometry.to_crs(4326)
    return pd.DataFrame(layer.drop(columns="geometry")).assign(lon=there.x.round(9), lat=there.y.round(9))


def _csv(layer: pd.DataFrame, path: Path, encoding: str) -> None:
    _table(layer).to_csv(path, index=False, encoding=encoding)


def _xlsx(layer: pd.DataFrame, path: Path, encoding: str) -> None:  # noqa: ARG001
    book = Workbook()
    table = _table(layer)
    for row in [list(table.columns), *table.astype(object).to_numpy().tolist()]:
        book.active.append(row)
    book.save(path)


_WRITERS = {"geojson": _geojson, "csv": _csv, "xlsx": _xlsx}
