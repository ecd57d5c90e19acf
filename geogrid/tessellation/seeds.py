"""Seeds of the tessellation: what wants a cell, cleaned, put into its enclosure and into canonical order.

A building is one seed; with several entrances given, the part of its footprint nearest to each entrance is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.tessellation.zones import cut_zones

COLLAPSED_M = 0.5  # half the width given to a footprint without area, so that its households have a home


@dataclass(frozen=True)
class Seeds:
    """What wants a cell, in canonical order: shapes (l,), their `enclosure`, `building` and `entrance` rows (entrance -1: whole building)."""

    shape: np.ndarray
    enclosure: np.ndarray
    building: np.ndarray
    entrance: np.ndarray


def clean_footprints(footprints: np.ndarray) -> np.ndarray:
    """Return the footprints as valid (Multi)Polygons: mended, a collapsed one half a metre round its line; a missing one is empty."""
    shapes = np.empty(len(footprints), dtype=object)
    shapes[:] = list(footprints)
    shapes[shapely.is_missing(shapes)] = shapely.Polygon()
    bad = np.flatnonzero(~shapely.is_valid(shapes))
    given = shapes[bad]
    shapes[bad] = shapely.make_valid(given, method="structure", keep_collapsed=False)
    flat = shapely.is_empty(shapes[bad])
    shapes[bad[flat]] = shapely.buffer(shapely.make_valid(given[flat]), COLLAPSED_M)
    shapes[~np.isin(shapely.get_type_id(shapes), [3, 6])] = shapely.Polygon()
    return shapes


def assign_enclosures(enclosures: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Return for each shape the enclosure that holds its larger part (the first of equals), -1 where none holds any."""
    where = np.full(len(shapes), -1)
    if not len(enclosures) or not len(shapes):
        return where
    tree = shapely.STRtree(shapes)
    e, s = tree.query(enclosures, predicate="contains")
    where[s] = e
    e, s = tree.query(enclosures, predicate="intersects")
    cross = where[s] < 0
    e, s = e[cross], s[cross]
    part = shapely.area(shapely.intersection(shapes[s], enclosures[e]))
    order = np.lexsort((e, -part, s))
    order = order[part[order] > 0]
    best = order[np.unique(s[order], return_index=True)[1]]
    where[s[best]] = e[best]
    return where


def list_seeds(shapes: np.ndarray, where: np.ndarray, xy: np.ndarray, of: np.ndarray, entrance_where: np.ndarray | None = None) -> Seeds:
    """List what wants a cell: whole buildings in their enclosures `where`, and the part nearest each entrance of buildings with several."""
    several = np.bincount(of, minlength=len(shapes))[: len(shapes)] >= 2
    whole = np.flatnonzero((where >= 0) & ~several)
    split = np.flatnonzero(several[of] & (where[of] >= 0)) if len(of) else np.zeros(0, int)
    parts, rows = _entrance_parts(shapes, xy, of, split)
    shape = np.concatenate([shapes[whole], parts])
    building = np.concatenate([whole, of[rows]])
    entrance = np.concatenate([np.full(len(whole), -1), rows])
    box = shapely.bounds(shape)
    home = np.concatenate([where[whole], (where[of] if entrance_where is None else entrance_where)[rows]])
    order = np.lexsort((shapely.to_wkb(shape), box[:, 3], box[:, 2], box[:, 1], box[:, 0], home))
    return Seeds(shape[order], home[order], building[order], entrance[order])


def with_land(seeds: Seeds, xy: np.ndarray, enclosure: np.ndarray) -> Seeds:
    """Put points of open land (p, 2) behind the seeds; they are of no building."""
    none = np.full(len(xy), -1)
    shape = np.concatenate([seeds.shape, shapely.points(xy)])
    return Seeds(shape, np.r_[seeds.enclosure, enclosure], np.r_[seeds.building, none], np.r_[seeds.entrance, none])


def _entrance_parts(shapes: np.ndarray, xy: np.ndarray, of: np.ndarray, split: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Divide each footprint between its entrances; return the parts and their entrance rows. Of entrances at one place the first counts."""
    order = split[np.lexsort((xy[split, 1], xy[split, 0], of[split]))]
    if not len(order):
        return np.zeros(0, dtype=object), order
    new = np.r_[True, (xy[order[1:]] != xy[order[:-1]]).any(axis=1) | (of[order[1:]] != of[order[:-1]])]
    order = order[new]
    building, group = np.unique(of[order], return_inverse=True)
    single = np.bincount(group)[group] == 1
    parts = shapes[of[order]]
    hard = ~single
    hard[hard] = ~_simple_parts(parts, shapes[building], xy[order], group, np.flatnonzero(hard))
    parts[hard] = _other_parts(shapes, xy, of, order[hard])
    kept = shapely.area(parts) > 0
    return clean_footprints(parts[kept]), order[kept]


def _simple_parts(parts: np.ndarray, shapes: np.ndarray, xy: np.ndarray, group: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Fill the parts of the given rows whose footprint has no hole and does not fall apart; tell for each row whether that was done."""
    plain = (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
    easy = plain[group[rows]]
    some = rows[easy]
    if not len(some):
        return easy
    used, of = np.unique(group[some], return_inverse=True)
    corner, ring = shapely.get_coordinates(shapely.get_exterior_ring(shapes[used]), return_index=True)
    inner = ring[1:] == ring[:-1]
    first = np.searchsorted(ring[:-1][inner], np.arange(len(used) + 1))
    pieces, row, torn = cut_zones(corner[:-1][inner], first, xy[some], of)
    held = np.unique(row)
    torn = np.bincount(of, torn)[of] > 0
    made = np.full(len(some), shapely.Polygon())
    made[held] = shapely.polygons(shapely.linearrings(pieces, indices=np.searchsorted(held, row)))
    parts[some[~torn]] = made[~torn]
    easy[easy] = ~torn
    return easy


def _other_parts(shapes: np.ndarray, xy: np.ndarray, of: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Divide footprints of any shape between their entrances `order`, sorted by building."""
    if not len(order):
        return np.zeros(0, dtype=object)
    building, group = np.unique(of[order], return_inverse=True)
    points = shapely.multipoints(shapely.points(xy[order]), indices=group)
    around = shapely.box(*(shapely.bounds(shapes[building]) + np.array([-1, -1, 1, 1])).T)
    zones = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=around, ordered=True))
    return shapely.intersection(shapes[of[order]], zones)
