"""What a full check costs against the four bare tests that it can not do without, in CPU seconds of one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geogrid.rules import validate_layer

UNITS = 30_000
PARENT_SIDE = 10
"""Parents are blocks of this many units a side."""


def lattice(columns: int, rows: int, *, size_m: float = 40.0, seed: int = 0) -> np.ndarray:
    """Return a valid coverage of columns × rows quads with moved corners, on the 1 mm grid, near 118° E in EPSG:4548."""
    rng = np.random.default_rng(seed)
    x = np.arange(columns + 1) * size_m + rng.uniform(-0.3, 0.3, (rows + 1, columns + 1)) * size_m
    y = np.arange(rows + 1)[:, None] * size_m + rng.uniform(-0.3, 0.3, (rows + 1, columns + 1)) * size_m
    corner = np.round(np.stack([x + 588_000, y + 4_390_000], -1), 3)
    ring = np.stack([corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]], 2).reshape(-1, 4, 2)
    return shapely.polygons(ring)


def bench_validate(*, scale: float = 1.0, seed: int = 0) -> dict[str, Any]:
    """Check `UNITS` × scale faultless units with codes in a parent; `ratio`: CPU seconds over those of the bare tests (best of three each)."""
    side = max(PARENT_SIDE, round(np.sqrt(UNITS * scale) / PARENT_SIDE) * PARENT_SIDE)
    cells = lattice(side, side, seed=seed)
    parent = _parents(cells, side)
    frame = gpd.GeoDataFrame({"code": [f"{i:06d}" for i in range(len(cells))]}, geometry=cells, crs="EPSG:4548")
    limit = gpd.GeoDataFrame(geometry=[shapely.coverage_union_all(parent)], crs="EPSG:4548")
    found = validate_layer(frame, parent=limit, code="code")
    full = _cpu(lambda: validate_layer(frame, parent=limit, code="code"))
    bare = _cpu(lambda: _bare(cells, parent, side))
    return {
        "units": len(cells),
        "findings": len(found),
        "validate_cpu_s": round(full, 3),
        "bare_cpu_s": round(bare, 3),
        "ratio": round(full / bare, 3),
    }


def _parents(cells: np.ndarray, side: int) -> np.ndarray:
    number = np.arange(len(cells))
    block = number // side // PARENT_SIDE * (side // PARENT_SIDE) + number % side // PARENT_SIDE
    order = np.argsort(block, kind="stable")
    return np.array([shapely.coverage_union_all(group) for group in np.split(cells[order], np.flatnonzero(np.diff(block[order])) + 1)])


def _bare(cells: np.ndarray, parent: np.ndarray, side: int) -> bool:
    """Run coverage_is_valid, coverage_union_all and the two differences per parent."""
    ok = shapely.coverage_is_valid(cells)
    shapely.coverage_union_all(cells)
    union = _parents(cells, side)
    return bool(ok and shapely.is_empty(shapely.difference(parent, union)).all() and shapely.is_empty(shapely.difference(union, parent)).all())


def _cpu(run: Callable[[], Any], times: int = 3) -> float:
    best = np.inf
    for _ in range(times):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return float(best)
