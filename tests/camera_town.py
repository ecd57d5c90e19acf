"""The town of `tests.tiny` with houses, streets, doors and prohibited places round its cameras, for tests of what cameras see."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import LineString, Point, box

from geogrid.reach.camera_around import Around
from geogrid.reach.camera_reach import CameraReach
from tests.tiny import CRS, X0, Y0, tiny_plan

PLAN = tiny_plan()


def at(*shapes):
    """Move shapes of the town's own metres (0 … 200 either way) to its place."""
    return [shapely.transform(shape, lambda xy: np.add(xy, (X0, Y0))) for shape in shapes]


def houses(*boxes, **columns):
    """Return buildings, boxes (x0, y0, x1, y1)."""
    ids = {"id": [f"b{k}" for k in range(len(boxes))]}
    return gpd.GeoDataFrame({**ids, **columns}, geometry=at(*(box(*corners) for corners in boxes)), crs=CRS)


def roads(*lines):
    """Return roads of straight pieces."""
    return gpd.GeoDataFrame(geometry=at(*(LineString(line) for line in lines)), crs=CRS)


def doors(*places):
    """Return entrances."""
    return gpd.GeoDataFrame({"id": [f"d{k}" for k in range(len(places))]}, geometry=at(*(Point(place) for place in places)), crs=CRS)


def cameras(*rows):
    """Return cameras, dictionaries with `at` (x, y; None for no place) and columns of the role."""
    shapes = [None if row["at"] is None else at(Point(row["at"]))[0] for row in rows]
    table = pd.DataFrame([{key: value for key, value in row.items() if key != "at"} for row in rows])
    if "id" not in table:
        table["id"] = [f"c{k}" for k in range(len(rows))]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)


def reach(given, with_secret=False, **layers):
    """Return what cameras see among layers by role."""
    return CameraReach.of(given, Around(PLAN, layers), with_secret=with_secret)
