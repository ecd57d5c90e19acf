"""Small coverages with names, and the faults that tests sow into them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

CRS = "EPSG:4547"
X0, Y0 = 540_000.0, 4_196_000.0


def corners(columns: int, rows: int, side: float = 10.0, *, x0: float = X0, y0: float = Y0) -> np.ndarray:
    """Return the corner points of a lattice, (rows + 1, columns + 1, 2), from the south-west."""
    x, y = np.meshgrid(x0 + side * np.arange(columns + 1), y0 + side * np.arange(rows + 1))
    return np.stack([x, y], axis=-1)


def quads(points: np.ndarray) -> np.ndarray:
    """Return the quadrilaterals between corner points, row by row from the south-west."""
    ring = np.stack([points[:-1, :-1], points[:-1, 1:], points[1:, 1:], points[1:, :-1]], axis=2)
    return shapely.polygons(ring.reshape(-1, 4, 2))


def coded(polygons: np.ndarray, crs: str | None = CRS) -> gpd.GeoDataFrame:
    """Return a layer with the codes a, b, c … row by row from the south-west."""
    return gpd.GeoDataFrame({"code": [chr(97 + i) for i in range(len(polygons))]}, geometry=list(polygons), crs=crs)


def nine() -> np.ndarray:
    """Return three by three squares of 10 m: abc in the south, ghi in the north, e in the middle."""
    return quads(corners(3, 3))


def square(x: float, y: float, width: float = 10.0, height: float = 10.0) -> shapely.Polygon:
    """Return a rectangle by its corner in the lattice's own metres."""
    return shapely.box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + height)


def replaced(polygons: np.ndarray, row: int, polygon: shapely.Geometry) -> np.ndarray:
    """Return the polygons with one changed."""
    out = polygons.copy()
    out[row] = polygon
    return out
