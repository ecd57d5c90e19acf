"""What a full check costs against the four bare tests that it can not do without, in CPU seconds of one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geogrid.bench.sown import sow
from geogrid.rules import validate_layer

UNITS = 30_000
PARENT_SIDE = 10
"""Parents are blocks of this many units a side."""
BENDS, TIMES = 7, 5
CRS = "EPSG:4548"


def lattice(columns: int, rows: int, *, size_m: float = 40.0, seed: int = 0) -> np.ndarray:
    """Return a valid coverage of columns × rows quads with moved corners, on the 1 mm grid, near 118° E in EPSG:4548."""
    rng = np.random.default_rng(seed)
    x = np.arange(columns + 1) * size_m + rng.uniform(-0.3, 0.3, (rows + 1, columns + 1)) * size_m
    y = np.arange(rows + 1)[:, None] * size_m + rng.uniform(-0.3, 0.3, (rows + 1, columns + 1)) * size_m
    corner = np.round(np.stack([x + 588_000, y + 4_390_000], -1), 3)
    ring = np.stack([corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]], 2).reshape(-1, 4, 2)
    return shapely.polygons(ring)


def bent(cells: np.ndarray) -> np.ndarray:
    """Return quads (`lattice`) with `BENDS` more vertices on every edge, which swing to both sides; still a valid coverage on the 1 mm grid."""
    corner = shapely.get_coordinates(cells).reshape(-1, 5, 2)
    a, b = corner[:, :-1, None], corner[:, 1:, None]
    back = (a[..., 0] > b[..., 0]) | ((a[..., 0] == b[..., 0]) & (a[..., 1] > b[..., 1]))
    low, high = np.where(back[..., None], b, a), np.where(back[..., None], a, b)  # both owners of an edge reckon from the same end
    share = np.arange(BENDS + 1) / (BENDS + 1)
    share = np.where(back, 1 - share, share)[..., None]
    aside = (high - low)[..., ::-1] * (-1, 1)
    xy = low + share * (high - low) + 0.05 * np.sin(3 * np.pi * share) * aside
    return shapely.polygons(np.round(xy, 3).reshape(len(cells), -1, 2))


def bench_validate(*, scale: float = 1.0, seed: int = 0) -> dict[str, Any]:
    """Check `UNITS` × scale units with codes: faultless in one parent and in coded parents, then faulty ones; a row each, CPU seconds.

    `ratio`: over those of the bare tests of the same layer, best of `TIMES` each. Faulty layers have no bare tests: those say only that they fail.
    """
    side = max(PARENT_SIDE, round(np.sqrt(UNITS * scale) / PARENT_SIDE) * PARENT_SIDE)
    cells = lattice(side, side, seed=seed)
    above, block = _parents(cells, side), _block(side)
    coded = gpd.GeoDataFrame({"code": [f"{n:04d}" for n in range(len(above))]}, geometry=above, crs=CRS)
    numbers = [f"{i:06d}" for i in range(len(cells))]
    winding = bent(cells)
    return {
        "rows": [
            _row("faultless, one parent", cells, numbers, _outline(cells), lambda: _bare(cells, above, side)),
            _row(
                f"faultless, {len(above)} coded parents",
                cells,
                [f"{n:04d}{i}" for n, i in zip(block, numbers, strict=True)],
                coded,
                lambda: _bare(cells, above, side),
            ),
            _row("winding edges, 1 % faults", _sown(winding, 0.01, seed), numbers, _outline(winding)),
            _row("7 % faults", _sown(cells, 0.07, seed), numbers, _outline(cells)),
        ]
    }


def _row(name: str, polygons: np.ndarray, codes: list[str], parent: gpd.GeoDataFrame, bare: Callable[[], Any] | None = None) -> dict[str, Any]:
    """Check one layer: in turn with the bare tests, so that a busy machine slows both."""
    frame = gpd.GeoDataFrame({"code": codes}, geometry=polygons, crs=CRS)
    found: list[int] = []
    times = [
        (_cpu(lambda: found.append(len(validate_layer(frame, parent=parent, code="code")))), _cpu(bare) if bare else 0.0)
        for _ in range(TIMES if bare else 1)
    ]
    full_s, bare_s = np.min(times, axis=0).tolist()
    row = {"layer": name, "units": len(polygons), "vertices": int(shapely.get_num_coordinates(polygons).sum()), "findings": found[-1]}
    beside = {"bare_cpu_s": round(bare_s, 3), "ratio": round(full_s / bare_s, 3)} if bare else {}
    return row | {"validate_cpu_s": round(full_s, 3)} | beside


def _outline(cells: np.ndarray) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.coverage_union_all(cells)], crs=CRS)


def _sown(cells: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Return a copy with faults of every kind (`geogrid.bench.sown`), as many as this share of the units."""
    shapes = cells.copy()
    sow(shapes, round(share * len(shapes)), np.random.default_rng(seed))
    return shapes


def _block(side: int) -> np.ndarray:
    """Return the parent of each unit."""
    number = np.arange(side * side)
    return number // side // PARENT_SIDE * (side // PARENT_SIDE) + number % side // PARENT_SIDE


def _parents(cells: np.ndarray, side: int) -> np.ndarray:
    block = _block(side)
    order = np.argsort(block, kind="stable")
    return np.array([shapely.coverage_union_all(group) for group in np.split(cells[order], np.flatnonzero(np.diff(block[order])) + 1)])


def _bare(cells: np.ndarray, parent: np.ndarray, side: int) -> bool:
    """Run coverage_is_valid, coverage_union_all and the two differences per parent."""
    ok = shapely.coverage_is_valid(cells)
    shapely.coverage_union_all(cells)
    union = _parents(cells, side)
    return bool(ok and shapely.is_empty(shapely.difference(parent, union)).all() and shapely.is_empty(shapely.difference(union, parent)).all())


def _cpu(run: Callable[[], Any]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start
