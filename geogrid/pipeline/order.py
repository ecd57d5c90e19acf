"""Rows in an order of their own: by place, then by what they are called, so that shuffled files build the same project."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

_NAMES = ("code", "id", "name", "kind")


def in_order(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the frames (by role) with rows from west to east, equal places by name; tables without geometry by their words. Index 0 …"""
    return {role: frame.iloc[_order(frame)].reset_index(drop=True) for role, frame in frames.items()}


def _order(frame: pd.DataFrame) -> np.ndarray:
    keys: list[np.ndarray] = []
    if isinstance(frame, gpd.GeoDataFrame):
        keys += [*np.round(shapely.bounds(frame.geometry.to_numpy()), 3).T, shapely.to_wkb(shapely.normalize(frame.geometry.to_numpy()))]
        keys += [frame[name].to_numpy(dtype=str) for name in _NAMES if name in frame]
    else:
        keys += [frame[name].to_numpy(dtype=str) for name in frame if name != "row"]
    keys.append(frame["row"].to_numpy() if "row" in frame else np.arange(len(frame)))
    return np.lexsort(keys[::-1])
