"""Barriers as lines by kind, from the frames of roads, railways, water and walls."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.scheme import Scheme

BARRIERS = ("roads", "railways", "water", "walls")


def barrier_lines(frames: Mapping[str, pd.DataFrame], scheme: Scheme) -> dict[str, np.ndarray]:
    """Barrier geometries by kind: `all` that close blocks; `road`, `main`, `hard` by what crossing them means; `bridge`s lead across hard ones.

    The scheme's `paths` are walked on, not along: they close no block. Its `main_roads` are dear to cross. Where the roads do not say which of
    them are bridges, every road that meets a hard barrier leads across it. What lies in a tunnel is no barrier. `rail` and `water` are hard ones.
    """
    kinds = {role: _open_air(frames, role) for role in BARRIERS}
    roads = kinds["roads"]
    word = roads["class"].to_numpy() if "class" in roads else np.full(len(roads), "", dtype=object)
    shut = ~np.isin(word, scheme.defaults["paths"])
    main = shut & (np.isin(word, scheme.defaults["main_roads"]) | _flag(roads, "main"))
    line = roads.geometry.to_numpy()
    rail, water, walls = (kinds[role].geometry.to_numpy() for role in BARRIERS[1:])
    hard = np.concatenate([rail, water, walls])
    bridge = _bridges(frames, np.concatenate([line[shut & ~main], line[main]]), hard)
    every = np.concatenate([line[shut], hard])
    return {"all": every, "road": line[shut & ~main], "main": line[main], "hard": hard, "bridge": bridge, "rail": rail, "water": water}


def _open_air(frames: Mapping[str, pd.DataFrame], role: str) -> gpd.GeoDataFrame:
    """The frame of a role without what lies in a tunnel; walls have none."""
    frame = frames.get(role)
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        return gpd.GeoDataFrame(geometry=[])
    return frame[~_flag(frame, "tunnel")] if role != "walls" else frame


def _flag(frame: gpd.GeoDataFrame, column: str) -> np.ndarray:
    return frame[column].to_numpy(dtype=bool) if column in frame else np.zeros(len(frame), dtype=bool)


def _bridges(frames: Mapping[str, pd.DataFrame], roads: np.ndarray, barriers: np.ndarray) -> np.ndarray:
    """The roads on bridges, in no tunnel or out of it; where no road says whether it is one, places a metre wide where roads meet barriers."""
    frame = frames.get("roads")
    if isinstance(frame, gpd.GeoDataFrame) and "bridge" in frame:
        return frame.geometry.to_numpy()[_flag(frame, "bridge")]
    edges = np.where(shapely.get_dimensions(barriers) == 2, shapely.boundary(barriers), barriers)
    road, barrier = shapely.STRtree(edges).query(roads, predicate="intersects")
    return shapely.buffer(shapely.get_parts(shapely.intersection(roads[road], edges[barrier])), 0.5)
