"""Rows of layers in an order of their own: by place, then by what they are called, so that shuffled files build the same project."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

_NAMES = ("code", "id", "name", "kind")


def in_order(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the frames (by role) with rows from west to east, equal places by name, index 0 …; tables are only counted and stay as they are."""
    return {role: _sorted(frame) if isinstance(frame, gpd.GeoDataFrame) else frame for role, frame in frames.items()}


def _sorted(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = frame.geometry.to_numpy()
    names = [frame[name].to_numpy(dtype=str) for name in _NAMES if name in frame]
    keys = [*np.round(shapely.bounds(shapes), 3).T, shapely.to_wkb(shapely.normalize(shapes)), *names, frame["row"].to_numpy()]
    return frame.iloc[np.lexsort(keys[::-1])].reset_index(drop=True)
