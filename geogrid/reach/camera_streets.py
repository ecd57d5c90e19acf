"""Streets as straight pieces, each of one unit: the lines of the layer `roads`, cut where they meet a border of the lowest level of whole cells.

A street that runs along a border, as most do, belongs to the unit that `geogrid.sites.join` gives a point in its middle: one, and always the same.
Motorways, tunnels and what the scheme calls paths (footways, cycleways, service lanes …) are no streets here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.plan import NO_UNIT, Plan
from geogrid.scheme import Scheme
from geogrid.sites import join

MOTORWAYS = ("motorway", "motorway_link", "高速公路", "高速")
SAME_M = 0.001
"""Cuts nearer to each other than this are one."""


@dataclass(frozen=True, eq=False)
class Streets:
    """`segments` float (k, 4) metres, in the order along each road; `road` the row of the layer; `codes` a column of unit codes per level.

    `left_out` says how many roads were none, by why: motorway, tunnel, path, area, twice. What lies outside the district is in none of these.
    """

    segments: np.ndarray
    road: np.ndarray
    name: np.ndarray
    codes: pd.DataFrame
    left_out: dict[str, int]

    @cached_property
    def code_of(self) -> dict[str, np.ndarray]:
        """Code of each piece, by level."""
        return {level: self.codes[level].to_numpy(dtype=object) for level in self.codes}

    @cached_property
    def corners(self) -> np.ndarray:
        """Places (m, 2) where three ways or more meet, to a centimetre, from the west."""
        pieces = _split(self.segments, *_meet(self.segments, self.segments))[0]
        places, count = np.unique(np.round(np.concatenate([pieces[:, :2], pieces[:, 2:]]), 2), axis=0, return_counts=True)
        return places[count >= 3]

    @cached_property
    def metres(self) -> np.ndarray:
        """Length of each piece."""
        return np.hypot(self.segments[:, 2] - self.segments[:, 0], self.segments[:, 3] - self.segments[:, 1])


def find_whole_level(plan: Plan) -> str:
    """Return the lowest level whose units share no cells, so that streets and ground have one unit; the top one where no level is such."""
    position = plan.base.cell_position
    whole = plan.scheme.levels[0].id
    for level in plan.scheme.levels:
        owner = plan.owner(level.id)
        held = np.flatnonzero(owner != NO_UNIT)
        pairs = np.unique(np.column_stack([position[held], owner[held]]), axis=0)
        if len(np.unique(pairs[:, 0])) < len(pairs):
            break
        whole = level.id
    return whole


def make_streets(roads: gpd.GeoDataFrame | None, plan: Plan, borders: np.ndarray) -> Streets:
    """Cut the streets among `roads` (working CRS) at `borders` (the units' polygons) and give each piece its units."""
    lines, rows, names, left_out = _select(roads, plan.scheme)
    straight, owner = _straight(lines)
    pieces, of = _cut(straight, borders)
    middle = shapely.points((pieces[:, 0] + pieces[:, 2]) / 2, (pieces[:, 1] + pieces[:, 3]) / 2)
    joined = join(gpd.GeoDataFrame(geometry=middle, crs=plan.base.crs), plan)
    inside = (joined["outside_m"] <= SAME_M).to_numpy()
    codes = joined.loc[inside, [level.id for level in plan.scheme.levels]].reset_index(drop=True)
    road, kept = owner[of][inside], pieces[inside]
    return Streets(kept, rows[road], names[road], codes, {why: n for why, n in left_out.items() if n})


def _select(roads: gpd.GeoDataFrame | None, scheme: Scheme) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, int]]:
    if roads is None or len(roads) == 0:
        return np.full(0, None), np.zeros(0, int), np.full(0, ""), {}
    shapes = roads.geometry.to_numpy()
    kind = roads["class"].fillna("").astype(str).str.strip().to_numpy() if "class" in roads else np.full(len(roads), "")
    why = np.full(len(roads), "", dtype=object)
    forms = pd.Series(shapely.to_wkb(shapely.normalize(shapes)))
    why[forms.duplicated().to_numpy()] = "twice"
    why[np.isin(kind, list(scheme.defaults["paths"]))] = "path"
    if "tunnel" in roads:
        why[roads["tunnel"].fillna(False).to_numpy(dtype=bool)] = "tunnel"
    why[np.isin(kind, MOTORWAYS)] = "motorway"
    why[~np.isin(shapely.get_type_id(shapes), (1, 5)) | shapely.is_empty(shapes)] = "area"
    kept = np.flatnonzero(why == "")
    names = roads["name"].fillna("").astype(str).to_numpy(dtype=object) if "name" in roads else np.full(len(roads), "", dtype=object)
    counts = {key: int((why == key).sum()) for key in ("motorway", "tunnel", "path", "area", "twice")}
    return shapes[kept], kept, names[kept], counts


def _straight(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the straight segments (k, 4) of lines and the line of each; those without length are dropped."""
    parts, of_part = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    follows = np.flatnonzero(part[1:] == part[:-1])
    segments = np.column_stack([xy[follows], xy[follows + 1]]).reshape(-1, 4)
    long = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]) > SAME_M
    return segments[long], of_part[part[follows]][long]


def _cut(segments: np.ndarray, borders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut segments where they cross, touch or leave an edge of the polygons; returns pieces in order, and the segment of each."""
    edges = np.unique(_sorted_ends(_straight(shapely.boundary(borders))[0]), axis=0) if len(borders) else np.zeros((0, 4))
    return _split(segments, *_meet(segments, edges))


def _meet(segments: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find where segments meet edges (both (k, 4)): rows of segments and the parameters along them."""
    s, e = shapely.STRtree(_lines(edges)).query(_lines(segments), predicate="dwithin", distance=SAME_M)
    of, t = _meetings(segments[s], edges[e])
    return s[of], t


def _meetings(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Parameters along segments a (k, 4) at which segments b (k, 4) meet them: the crossing, and ends of b that lie on a. Returns (pair, t)."""
    d, e = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    length2 = np.einsum("ij,ij->i", d, d)
    cross = d[:, 0] * e[:, 1] - d[:, 1] * e[:, 0]
    w = b[:, :2] - a[:, :2]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (w[:, 0] * e[:, 1] - w[:, 1] * e[:, 0]) / cross
        u = (w[:, 0] * d[:, 1] - w[:, 1] * d[:, 0]) / cross
    slant = np.abs(cross) > 1e-9 * np.sqrt(length2 * np.einsum("ij,ij->i", e, e))
    found = [(np.flatnonzero(slant & (u >= 0) & (u <= 1)), t)]
    for end in (b[:, :2], b[:, 2:]):
        v = end - a[:, :2]
        along = np.einsum("ij,ij->i", v, d) / length2
        off = np.abs(v[:, 0] * d[:, 1] - v[:, 1] * d[:, 0]) / np.sqrt(length2)
        found.append((np.flatnonzero(off <= SAME_M), along))
    return np.concatenate([rows for rows, _ in found]), np.concatenate([at[rows] for rows, at in found])


def _split(segments: np.ndarray, of: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = len(segments)
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    inner = (t * length[of] > SAME_M) & ((1 - t) * length[of] > SAME_M)
    of, t = np.r_[np.arange(n), of[inner], np.arange(n)], np.r_[np.zeros(n), t[inner], np.ones(n)]
    order = np.lexsort((t, of))
    of, t = of[order], t[order]
    apart = np.r_[True, (of[1:] != of[:-1]) | ((t[1:] - t[:-1]) * length[of[1:]] > SAME_M)][: len(of)]
    of, t = of[apart], t[apart]
    same = np.flatnonzero(of[1:] == of[:-1])
    line, t0, t1 = of[same], t[same, None], t[same + 1, None]
    start, way = segments[line, :2], segments[line, 2:] - segments[line, :2]
    end = np.where(t1 == 1.0, segments[line, 2:], start + t1 * way)
    return np.column_stack([start + t0 * way, end]), line


def _sorted_ends(segments: np.ndarray) -> np.ndarray:
    swap = (segments[:, 0] > segments[:, 2]) | ((segments[:, 0] == segments[:, 2]) & (segments[:, 1] > segments[:, 3]))
    return np.where(swap[:, None], segments[:, [2, 3, 0, 1]], segments)


def _lines(segments: np.ndarray) -> np.ndarray:
    return shapely.linestrings(segments.reshape(-1, 2, 2))
