"""Cut cells by one method and print what it cost; run by `geogrid bench cells` in a process of its own.

python -m geogrid.bench.child_cells METHOD INPUT.npz OUT.npz
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geogrid.bench.footprints import village_footprints
from geogrid.bench.meter import Meter, peak_rss_mb

SEGMENT_M = 2.0
"""momepy's distance between points on footprints: its default of 0.5 m takes about twice as long, and 2 m is usual for a district."""
GAP_M = 0.05


def save_shapes(path: Path, **shapes: np.ndarray) -> None:
    """Write arrays of Polygons as .npz."""
    data = {}
    for name, geometries in shapes.items():
        kind, xy, offsets = shapely.to_ragged_array(geometries)
        data |= {f"{name}_kind": np.array(int(kind)), f"{name}_xy": xy} | {f"{name}_{i}": offset for i, offset in enumerate(offsets)}
    np.savez(path, **data)


def load_shapes(path: Path, name: str) -> np.ndarray:
    """Read one of the arrays that `save_shapes` wrote."""
    with np.load(path) as data:
        offsets = tuple(data[f"{name}_{i}"] for i in range(9) if f"{name}_{i}" in data)
        return shapely.from_ragged_array(shapely.GeometryType(int(data[f"{name}_kind"])), data[f"{name}_xy"], offsets)


def ours(footprints: np.ndarray, enclosures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (cells, building of each or -1) of `geogrid.tessellation`."""
    from geogrid.tessellation import tessellate

    cells = tessellate(enclosures, footprints)
    return cells.geometry, cells.building


def momepy(footprints: np.ndarray, enclosures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (cells, building of each or -1) of momepy's enclosed tessellation, in one process: workers of its own cost CPU and memory on top."""
    import geopandas as gpd
    from momepy import enclosed_tessellation

    found = enclosed_tessellation(gpd.GeoSeries(footprints), gpd.GeoSeries(enclosures), segment=SEGMENT_M, n_jobs=1)
    return found.geometry.to_numpy(), found.index.to_numpy()


def momepy_cleaned(footprints: np.ndarray, enclosures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the same, mended by `coverage_clean`."""
    cells, building = momepy(footprints, enclosures)
    parts, row = shapely.get_parts(shapely.make_valid(cells), return_index=True)
    areal = shapely.get_dimensions(parts) == 2
    clean = shapely.coverage_clean(parts[areal], gap_width=GAP_M)
    kept = ~shapely.is_empty(clean)
    return clean[kept], building[row[areal][kept]]


METHODS: dict[str, tuple[str | None, Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]]] = {
    "ours": (None, ours),
    "momepy": ("momepy", momepy),
    "momepy, coverage_clean": ("momepy", momepy_cleaned),
}


def run(name: str, source: Path, out: Path) -> dict[str, Any]:
    """Cut cells of a few houses first, which loads compiled code; then measure."""
    cut = METHODS[name][1]
    cut(*village_footprints(30))
    footprints, enclosures = load_shapes(source, "footprints"), load_shapes(source, "enclosures")
    meter = Meter()
    cells, building = cut(footprints, enclosures)
    spent = meter.read()
    save_shapes(out, cells=cells)
    np.save(out.with_suffix(".npy"), building)
    return spent | {"peak_rss_mb": peak_rss_mb()}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
