"""Levels that the office brings: polygons of the lowest given level label the cells, codes name their parents; or a column on the buildings does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geogrid.edges import face_pairs, shared_edges
from geogrid.generate.mesh import Mesh
from geogrid.scheme import Level, Scheme
from geogrid.tessellation.borders import claims_of

NONE = -1
Borders = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Rows of two areas that share a border, and its length in metres."""
OPEN_WIDTH_M, OPEN_AREA_M2 = 1.0, 50.0
"""Narrower and smaller land between given units is a drawing fault: it goes to the neighbour with the longest border. Other land has no unit."""


def geometry_levels(scheme: Scheme, given: Mapping[str, gpd.GeoDataFrame]) -> list[Level]:
    """Return the given levels whose polygons cut cells: the lowest complete one, then those below it that hold only part of the land."""
    levels = [level for level in scheme.levels if level.id in given and level.make == "given"]
    complete = [i for i, level in enumerate(levels) if level.complete]
    return levels[complete[-1] if complete else -1 :]


def lowest_given(scheme: Scheme, given: Mapping[str, gpd.GeoDataFrame]) -> Level | None:
    """Return the deepest complete level that has given polygons, else the deepest that has any, or None."""
    levels = geometry_levels(scheme, given)
    return levels[0] if levels else None


def label_by_polygons(polygons: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Label each of some areas (Polygons of a coverage that given borders cut, (a,)) with the row of the given polygon it lies in, int (a,).

    NONE outside all. An area claimed by several goes to the claimant with the longest border on undisputed ones; one claimed by none that is a
    drawing fault to the neighbour with the longest border.
    """
    area, claim = claims_of(polygons, areas)
    n = np.bincount(area, minlength=len(areas))
    label = np.full(len(areas), NONE)
    label[area[::-1]] = claim[::-1]  # of several the first, until that is settled
    if (n == 1).all():
        return label
    borders = face_pairs(shared_edges(areas))
    waiting = (n > 1) | _is_drawing_fault(areas, n == 0, borders)
    several = n[area] > 1
    return _by_longest_border(label, waiting, n > 1, area[several] * len(polygons) + claim[several], len(polygons), borders)


def _is_drawing_fault(areas: np.ndarray, is_open: np.ndarray, borders: Borders) -> np.ndarray:
    """Tell which open areas, taken together with the open ones beside them, are too narrow and small to be land, bool (a,)."""
    a, b, length_m = borders
    inner = is_open[a] & is_open[b]
    links = coo_array((np.ones(inner.sum()), (a[inner], b[inner])), shape=(len(areas), len(areas)))
    piece = connected_components(links, directed=False)[1]
    size = np.bincount(piece, shapely.area(areas))
    outline = np.bincount(piece, shapely.length(areas)) - 2 * np.bincount(piece[a[inner]], length_m[inner], minlength=len(size))
    return is_open & ((2 * size < OPEN_WIDTH_M * outline) & (size < OPEN_AREA_M2))[piece]


def _by_longest_border(label: np.ndarray, waiting: np.ndarray, disputed: np.ndarray, allowed: np.ndarray, n: int, borders: Borders) -> np.ndarray:
    """Settle what waits: the label with the longest border beside it, of disputed areas one of those that claim it (`allowed`: area x n + label).

    Again and again, so that chains of slivers are reached; what nothing settled touches keeps the label that it has.
    """
    label, waiting = label.copy(), waiting.copy()
    a, b, length_m = borders
    link = waiting[a] | waiting[b]
    left, right = np.concatenate([a[link], b[link]]), np.concatenate([b[link], a[link]])
    length_m = np.concatenate([length_m[link], length_m[link]])
    while waiting.any():
        able = np.flatnonzero(waiting[left] & ~waiting[right] & (label[right] >= 0))
        key = left[able] * n + label[right[able]]
        able, key = (x[~disputed[left[able]] | np.isin(key, allowed)] for x in (able, key))
        if not len(able):
            break
        keys, group = np.unique(key, return_inverse=True)
        total = np.round(np.bincount(group, length_m[able]), 3)
        order = np.lexsort((keys, -total, keys // n))
        area, best = np.unique(keys[order] // n, return_index=True)
        label[area], waiting[area] = keys[order][best] % n, False
    return label


def label_by_column(values: np.ndarray, mesh: Mesh) -> np.ndarray:
    """Label cells by a code on their buildings, object (c,) with "" where unknown: the nearest labelled cell of the enclosure, else of the district.

    Returns the code of each cell, object (c,); "" only where nothing is labelled at all.
    """
    out = values.copy()
    same = mesh.enclosure[mesh.a] == mesh.enclosure[mesh.b]
    for edges in (same, np.ones(len(mesh.a), dtype=bool)):
        known = np.flatnonzero(out != "")
        if len(known) == 0 or len(known) == len(out):
            break
        _, _, source = dijkstra(mesh.graph(edges, mesh.walk_m), directed=False, indices=known, min_only=True, return_predecessors=True)
        reached = source >= 0
        out[reached] = out[source[reached]]
    return out


def parent_codes(level: Level, above: Level, given: Mapping[str, gpd.GeoDataFrame], codes: Sequence[str]) -> list[str]:
    """Parent code of each unit of `level` (its `codes`): its `parent` column, else the code above that begins its own, else the polygon round it.

    "" where nothing says it. A level that follows from codes below has no polygons: then only its codes speak.
    """
    frame = given.get(level.id)
    if frame is not None and "parent" in frame and (frame["parent"] != "").any():
        return frame["parent"].tolist()
    if above.id not in given:
        return [""] * len(codes)
    upper = given[above.id]
    names, sizes = set(upper.index) - {""}, sorted({len(code) for code in upper.index if code}, reverse=True)
    by_prefix = [next((code[:n] for n in sizes if code[:n] in names), "") for code in codes]
    if all(by_prefix) or frame is None:
        return by_prefix
    inner = shapely.point_on_surface(frame.geometry.to_numpy())
    hit, row = shapely.STRtree(upper.geometry.to_numpy()).query(inner, predicate="intersects")
    by_place = dict(zip(hit[::-1].tolist(), row[::-1].tolist(), strict=True))
    return [by_prefix[i] or (str(upper.index[by_place[i]]) if i in by_place else "") for i in range(len(frame))]
