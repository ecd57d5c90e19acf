"""Mending beside its peers, `shapely.coverage_clean` and `mapshaper -clean`, on the same layers: faults left, land moved, units lost, cost.

Every result is judged by the program's own check and by GEOS' (`coverage_is_valid`). Land moved is what units gained and lost, in square metres.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geogrid.bench.child_repair import METHODS
from geogrid.bench.meter import BenchError, in_own_process
from geogrid.bench.sown import sow
from geogrid.bench.validation import lattice
from geogrid.mending import MAX_GAP_M
from geogrid.reading import read_layer
from geogrid.rules import validate_layer
from geogrid.rules.precision import tolerance_of

UNITS, FAULT_SHARE = 2_000, 0.1
MAPSHAPER = "mapshaper -clean"
_CHILD = "geogrid.bench.child_repair"


def bench_repair(
    layers: Sequence[str] = (), *, units: int = UNITS, seed: int = 0, mapshaper: str | None = None, tell: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Mend a simulated coverage with `FAULT_SHARE` × units faults of every kind, and the given layers (FILE or FILE:LAYER), by every method.

    `mapshaper` is the program's path, else what is found on PATH; where it is missing its row says so.
    """
    inputs = {f"sown {units:,}": sown_layer(units, seed)} | {name.rpartition("/")[2]: _layer(name) for name in layers}
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in inputs.items():
            tolerance_m = tolerance_of(frame.geometry)
            rows.append({"input": name, "method": "as it is", "units": len(frame)} | judged(frame, frame, tolerance_m))
            for method in (*METHODS, MAPSHAPER):
                tell(f"{name}: {method}")
                rows.append({"input": name, "method": method, "units": len(frame)} | _measured(method, frame, Path(folder), tolerance_m, mapshaper))
    return {"rows": rows, "gap_width_m": MAX_GAP_M, "shapely": metadata.version("shapely"), "geos": shapely.geos_version_string}


def sown_layer(units: int, seed: int) -> gpd.GeoDataFrame:
    """Return a square coverage of about `units` quads on the 1 mm grid, EPSG:4548, with faults sown into it."""
    side = max(2, round(units**0.5))
    shapes = lattice(side, side, seed=seed)
    sow(shapes, max(1, round(FAULT_SHARE * len(shapes))), np.random.default_rng(seed))
    return gpd.GeoDataFrame({"code": [f"{i:06d}" for i in range(len(shapes))]}, geometry=shapes, crs="EPSG:4548")


def judged(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, tolerance_m: float) -> dict[str, Any]:
    """Judge a result (column `code`) against its input: faults left, land moved, units lost."""
    found = validate_layer(after, code="code", tolerance_m=tolerance_m)
    counts = found["rule"].value_counts()
    metric = found.crs
    known = after.dropna(subset="geometry").to_crs(metric).set_index("code").geometry
    old, new = _sound(before.to_crs(metric).geometry), _sound(known.reindex(before["code"]))
    gained, lost = (float(shapely.area(shapely.difference(a, b)).sum()) for a, b in ((new, old), (old, new)))
    names = {"overlaps": "overlap", "gaps": "gap", "unmatched": "not_edge_matched", "invalid": "geometry_invalid", "in_pieces": "not_connected"}
    return {
        **{name: int(counts.get(rule, 0)) for name, rule in names.items()},
        "coverage_is_valid": bool(shapely.coverage_is_valid(_sound(after.geometry))) and bool(after.is_valid.all()),
        "gained_m2": round(gained, 2),
        "lost_m2": round(lost, 2),
        "units_lost": int(shapely.is_empty(new).sum()),
    }


def _sound(shapes: gpd.GeoSeries) -> np.ndarray:
    """Return valid polygons, empty ones where there is none."""
    out = np.where(shapes.isna(), shapely.Polygon(), shapes.to_numpy())
    return shapely.make_valid(out)


def _measured(method: str, frame: gpd.GeoDataFrame, folder: Path, tolerance_m: float, mapshaper: str | None) -> dict[str, Any]:
    try:
        after, cost = (
            _by_mapshaper(frame, folder, mapshaper or shutil.which("mapshaper"))
            if method == MAPSHAPER
            else _by_child(method, frame, folder, tolerance_m)
        )
    except BenchError as error:
        return {"note": error.message}
    return judged(frame, after, tolerance_m) | cost


def _by_child(method: str, frame: gpd.GeoDataFrame, folder: Path, tolerance_m: float) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    source, target = folder / "in.parquet", folder / "out.parquet"
    frame.to_parquet(source)
    cost = in_own_process(_CHILD, [method, str(source), str(target), str(tolerance_m)])
    return gpd.read_parquet(target), {name: cost[name] for name in ("cpu_s", "call_cpu_s", "peak_rss_mb")}


def _by_mapshaper(frame: gpd.GeoDataFrame, folder: Path, program: str | None) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    if program is None:
        raise BenchError("mapshaper is not installed", "没有安装 mapshaper", module="mapshaper")
    source, target = folder / "in.json", folder / "out.json"
    width = f"{MAX_GAP_M:g}m" if frame.crs is not None and frame.crs.is_geographic else f"{MAX_GAP_M:g}"
    features = json.loads(frame.to_json())
    source.write_text(json.dumps(features), "utf-8")
    command = [program, str(source), "-clean", f"gap-width={width}", "-o", "format=geojson", str(target)]
    cost = in_own_process("geogrid.bench.launch", command)
    after = gpd.GeoDataFrame.from_features(json.loads(target.read_text("utf-8"))["features"], crs=frame.crs)
    return after, {name: cost[name] for name in ("cpu_s", "peak_rss_mb")}


def _layer(name: str) -> gpd.GeoDataFrame:
    """Read FILE or FILE:LAYER with row numbers for codes."""
    file, _, layer = name.rpartition(":") if not Path(name).exists() else (name, "", "")
    frame = read_layer(Path(file), layer=layer or None).frame
    return gpd.GeoDataFrame({"code": [f"{i:06d}" for i in range(len(frame))]}, geometry=frame.geometry.to_numpy(), crs=frame.crs)
