"""Seven digits never fold a shape."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import Polygon, box

from geogrid.exchange.rounding import DIGITS, rounded_wgs84
from tests.tiny import X0, Y0


def notched(depth_m: float, turn_deg: float) -> Polygon:
    """A square of 20 m whose notch ends `depth_m` before the opposite side."""
    ring = [(0, 0), (20, 0), (20, 20), (10.01, 20), (10, depth_m), (9.99, 20), (0, 20)]
    return shapely.transform(shapely.affinity.rotate(Polygon(ring), turn_deg, origin=(0, 0)), lambda xy: xy + np.array([X0, Y0]))


def test_notches_that_end_millimetres_before_the_other_side_stay_valid():
    shapes = [notched(depth_m, turn) for depth_m in (0.001, 0.002, 0.004, 0.008) for turn in range(0, 90, 3)]
    series = gpd.GeoSeries(shapes, crs=4547)
    plain = shapely.transform(np.asarray(series.to_crs(4326).to_numpy(), dtype=object), lambda xy: np.round(xy, DIGITS))
    assert not shapely.is_valid(plain).all()
    rounded = rounded_wgs84(series)
    assert shapely.is_valid(rounded).all()
    back = gpd.GeoSeries(rounded, crs=4326).to_crs(4547)
    assert back.area.to_numpy() == pytest.approx(series.area.to_numpy(), abs=1.0)
    assert back.hausdorff_distance(series).max() < 0.02


def test_neighbours_keep_their_shared_vertices():
    shapes = gpd.GeoSeries([box(X0 + 7.123 * i, Y0, X0 + 7.123 * (i + 1), Y0 + 9) for i in range(20)], crs=4547)
    assert shapely.coverage_is_valid(rounded_wgs84(shapes))


def test_missing_empty_and_invalid_shapes_pass():
    bow = Polygon([(X0, Y0), (X0 + 9, Y0 + 9), (X0 + 9, Y0), (X0, Y0 + 9)])
    missing, empty, invalid = rounded_wgs84(gpd.GeoSeries([None, Polygon(), bow], crs=4547))
    assert (missing, empty.is_empty, invalid.is_valid) == (None, True, False)
