"""Rows of layers in an order of their own: by place, then by what they are called, so that shuffled files build the same project."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

_NAMES = ("code", "id", "name", "kind")


def in_order(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the frames (by role) with rows from west to east, equal places by name, index 0 …; tables are only counted and stay as they are, as
    do points of patrols, which have an order in time.
    """
    return {role: _sorted(frame) if isinstance(frame, gpd.GeoDataFrame) and role != "patrols" else frame for role, frame in frames.items()}


def _sorted(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Sort by bounds to the millimetre; only rows that share them are told apart by shape and name, which is dear."""
    shapes = frame.geometry.to_numpy()
    boxes = np.nan_to_num(np.round(shapely.bounds(shapes), 3), nan=np.inf)  # what has no place stands last, by name
    order = np.lexsort(boxes.T[::-1])
    same = np.r_[False, (boxes[order][1:] == boxes[order][:-1]).all(axis=1)]
    tied = np.flatnonzero(same | np.r_[same[1:], False])
    rows = order[tied]
    names = [frame[name].to_numpy(dtype=str)[rows] for name in _NAMES if name in frame]
    keys = [*boxes[rows].T, _bytes(shapes[rows]), *names, frame["row"].to_numpy()[rows]]
    order[tied] = rows[np.lexsort(keys[::-1])]
    return frame.iloc[order].reset_index(drop=True)


def _bytes(shapes: np.ndarray) -> np.ndarray:
    """Return what tells shapes apart, object (n,); b"" for none."""
    return np.array([b"" if told is None else told for told in shapely.to_wkb(shapely.normalize(shapes))], dtype=object)
