"""Valid coverages with faults sown into them, for the tests of mending: which rows were touched is known."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geogrid.bench.sown import sow
from tests.lattices import X0, Y0, corners, quads

METRIC = "EPSG:4547"
PROJECTED_MM, PROJECTED, DEGREES_7, DEGREES = "mm", "floats", "seven digits", "degrees"
FORMS = (PROJECTED_MM, PROJECTED, DEGREES_7, DEGREES)


def lattice(rng: np.random.Generator, columns: int, rows: int, side: float = 30.0) -> np.ndarray:
    """Return a valid coverage of quads with moved corners, some borders with vertices of their own."""
    points = corners(columns, rows, side)
    points[1:-1, 1:-1] += rng.uniform(-0.25, 0.25, (rows - 1, columns - 1, 2)) * side
    return quads(np.round(points, 3))


def in_form(shapes: np.ndarray, form: str) -> gpd.GeoSeries:
    """Return shapes as a file of one kind would hold them: millimetres, floats, degrees of seven or of all digits."""
    series = gpd.GeoSeries(list(shapes), crs=METRIC)
    if form == PROJECTED_MM:
        return gpd.GeoSeries(shapely.transform(series.to_numpy(), lambda xy: np.round(xy, 3)), crs=METRIC)
    if form == PROJECTED:
        return gpd.GeoSeries(shapely.transform(series.to_numpy(), lambda xy: xy + np.sin(xy * 7.0) * 1e-4), crs=METRIC)
    degrees = series.to_crs(4326)
    if form == DEGREES:
        return degrees
    return gpd.GeoSeries(shapely.transform(degrees.to_numpy(), lambda xy: np.round(xy, 7)), crs=CRS(4326))


def layer(shapes: np.ndarray, form: str) -> gpd.GeoDataFrame:
    """Return a layer with codes, a Chinese name and a number."""
    codes = [f"{i:03d}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes, "名称": [f"网格{c}" for c in codes], "n": range(len(shapes))}, geometry=in_form(shapes, form))


def sown(seed: int, form: str, columns: int, rows: int, fault_n: int) -> tuple[gpd.GeoDataFrame, gpd.GeoSeries, set[int]]:
    """Return a layer with `fault_n` faults, its true outline, and the rows that were touched."""
    rng = np.random.default_rng(seed)
    shapes = lattice(rng, columns, rows)
    outline = in_form(np.array([shapely.box(X0, Y0, X0 + 30 * columns, Y0 + 30 * rows)], dtype=object), form)
    touched = sow(shapes, fault_n, rng)
    return layer(shapes, form), outline, touched
