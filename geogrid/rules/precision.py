"""How precise are coordinates that somebody gave: the tolerance within which borders count as the same.

Text formats write longitude and latitude with seven decimals, which is a centimetre on the ground: two layers of one border, each rounded, may
differ by that. It shows in the numbers, whatever CRS and container they travelled through since.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geogrid.topology import TOLERANCE_M

TEXT_TOLERANCE_M = 0.02
_DECIMALS = 7
_SAMPLE = 2000


def tolerance_of(geometry: gpd.GeoSeries) -> float:
    """Return 0.02 where coordinates are degrees of at most seven decimals, else 0.001 (metres).

    >>> tolerance_of(gpd.GeoSeries([shapely.box(120.1, 30.1, 120.2, 30.2)], crs="EPSG:4326"))
    0.02
    >>> tolerance_of(gpd.GeoSeries([shapely.box(540000.0, 4196000.0, 540100.0, 4196100.0)], crs="EPSG:4547"))
    0.001
    """
    if geometry.crs is None or len(geometry) == 0:
        return TOLERANCE_M
    xy = shapely.get_coordinates(geometry.to_numpy())
    sample = xy[:: max(1, len(xy) // _SAMPLE)]
    lonlat = gpd.GeoSeries(shapely.points(sample), crs=geometry.crs).to_crs(4326)
    shifted = shapely.get_coordinates(lonlat.to_numpy()) * 10**_DECIMALS
    if not np.isfinite(shifted).all() or not len(shifted):
        return TOLERANCE_M
    return TEXT_TOLERANCE_M if np.abs(shifted - shifted.round()).max() < 0.01 else TOLERANCE_M
