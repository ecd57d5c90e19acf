"""Stations and their kinds, in an order that does not depend on that of the rows: a kind is the scheme's where its word or name says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.scheme import Scheme, Text
from geogrid.sites import as_points
from geogrid.wording import kinds_as_written

NO_KIND = Text("未分类站点", "unclassified station")


class Kind(NamedTuple):
    """A kind of station: its word in the scheme, else the data's own; its name, and how many there are."""

    key: str
    name: Text
    n: int


@dataclass(frozen=True, eq=False)
class Stations:
    """Stations that have a place, in order of id and place. `xy` (s, 2) metres, `kind` the keys, `id` names, `frame` the rows in this order.

    `placeless` counts the rows that were left out for want of a place.
    """

    xy: np.ndarray
    kind: np.ndarray
    id: np.ndarray
    frame: gpd.GeoDataFrame
    placeless: int

    def rows_of(self, key: str) -> np.ndarray:
        """Rows of the stations of a kind, int."""
        return np.flatnonzero(self.kind == key)


def stations_of(frame: gpd.GeoDataFrame, scheme: Scheme) -> Stations:
    """Return the stations of a frame (any geometry; columns `id`, `kind` where known), each set at a point."""
    points = as_points(frame.geometry.to_numpy())
    has_place = np.array([point is not None for point in points], dtype=bool)
    kept = frame[has_place]
    xy = shapely.get_coordinates(points[has_place])
    numbers = kept["row"] if "row" in kept else pd.Series(range(1, len(kept) + 1), index=kept.index)
    given = kept["id"].fillna("").astype(str) if "id" in kept else pd.Series("", index=kept.index)
    name = given.where(given != "", "#" + numbers.astype(str)).to_numpy(dtype=object)
    words = kinds_as_written(scheme.stations)
    kinds = kept["kind"].fillna("").astype(str) if "kind" in kept else [""] * len(kept)
    key = np.array([words.get(kind, kind) for kind in kinds], dtype=object)
    order = np.lexsort((xy[:, 1], xy[:, 0], key.astype(str), name.astype(str)))
    placed = kept.iloc[order].reset_index(drop=True).set_geometry(gpd.GeoSeries(points[has_place][order], crs=frame.crs))
    return Stations(xy[order], key[order], name[order], placed, int((~has_place).sum()))


def kinds_in(stations: Stations, scheme: Scheme) -> list[Kind]:
    """List the kinds: those of the scheme in its order that are there, or wanted in each unit of a level; then others by name."""
    number = pd.Series(stations.kind, dtype=object).value_counts().to_dict()
    known = [Kind(key, site.name, number.get(key, 0)) for key, site in scheme.stations.items() if key in number or site.one_per]
    others = sorted(key for key in number if key not in scheme.stations)
    return known + [Kind(key, Text(key, key) if key else NO_KIND, number[key]) for key in others]
