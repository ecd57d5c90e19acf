"""Is a set of polygons a partition of its parent, and if not, where not.

A valid coverage is not enough: a hole as large as a polygon passes `coverage_is_valid`. A partition also needs both differences to the parent
empty. So the cheap global tests come first (`Cover.measure`), and only a layer that fails one of them is searched for the places.

Everything is in metres of a projected CRS and runs on plain floats: a geometry stamped by `set_precision` answers 0 where floats say 62 m².
What is narrower than the tolerance is no gap and no overlap. Positions in answers are rows of `polygons`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.vertices import take_over_vertices

TOLERANCE_M = 0.001
SLIVER_M = 0.5
NOTHING = shapely.MultiPolygon()


@dataclass(frozen=True, eq=False)
class Faults:
    """Where a layer is no partition; each a frame that is empty where there is nothing to say.

    `overlaps`: a, b, area_m2, geometry. `gaps`: neighbours (tuple of rows), area_m2, geometry. `outside`: row, area_m2, geometry.
    `unmatched`: a, b, length_m, geometry (lines). `matched`: every edge matches, to the last digit.
    """

    overlaps: pd.DataFrame
    gaps: pd.DataFrame
    outside: pd.DataFrame
    unmatched: pd.DataFrame
    matched: bool = False

    @property
    def any(self) -> bool:
        """True where something is wrong."""
        return bool(len(self.overlaps) + len(self.gaps) + len(self.outside) + len(self.unmatched))


@dataclass(frozen=True, eq=False)
class Cover:
    """The global tests of a layer: its edges that match nothing, its union, and what parent and union do not share."""

    invalid_edges: np.ndarray
    union: BaseGeometry
    missing: BaseGeometry
    beyond: BaseGeometry

    @property
    def is_valid(self) -> bool:
        """True where edges match and nothing overlaps."""
        return bool(shapely.is_empty(self.invalid_edges).all())


def is_partition(parent: BaseGeometry, polygons: np.ndarray) -> bool:
    """Tell whether polygons are edge-matched, do not overlap, and fill `parent` exactly.

    >>> west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    >>> is_partition(shapely.box(0, 0, 2, 1), [west, east]), is_partition(shapely.box(0, 0, 3, 1), [west, east])
    (True, False)
    """
    cover = measure(parent, to_plain(polygons), 0.0)
    return cover.is_valid and cover.missing.is_empty and cover.beyond.is_empty


def find_faults(parent: BaseGeometry | None, polygons: np.ndarray, tolerance_m: float = TOLERANCE_M) -> Faults:
    """Find overlaps, gaps, parts outside the parent and edges that do not match; without a parent, holes of the union are the gaps.

    A polygon that stands there several times is looked at once, and overlaps with the first of its kind: a thousand copies are 999 faults.
    """
    plain = to_plain(polygons)
    parent = None if parent is None else to_plain([parent])[0]
    first = _first_alike(plain)
    single = np.flatnonzero(first == np.arange(len(plain)))
    if len(single) == len(plain):
        return _find_faults(parent, plain, tolerance_m)
    found = _find_faults(parent, plain[single], tolerance_m)
    copies = np.flatnonzero(first != np.arange(len(plain)))
    alike = pd.DataFrame({"a": first[copies], "b": copies, "area_m2": shapely.area(plain[copies]), "geometry": plain[copies]})
    overlaps, unmatched = (frame.assign(a=single[frame["a"]], b=single[frame["b"]]) for frame in (found.overlaps, found.unmatched))
    around = pd.Series([tuple(single[list(rows)].tolist()) for rows in found.gaps["neighbours"]], dtype=object)
    outside = found.outside.assign(row=single[found.outside["row"]])
    return Faults(pd.concat([overlaps, alike], ignore_index=True), found.gaps.assign(neighbours=around), outside, unmatched)


def _find_faults(parent: BaseGeometry | None, plain: np.ndarray, tolerance_m: float) -> Faults:
    cover = measure(parent, plain, tolerance_m)
    overlaps = find_overlaps(plain, tolerance_m, cover.invalid_edges)
    gaps = find_gaps(plain, cover.missing, tolerance_m)
    outside = find_outside(plain, cover.beyond, tolerance_m)
    if cover.is_valid:
        return Faults(overlaps, gaps, outside, _pairs("length_m"), matched=True)
    explained = np.concatenate([frame["geometry"].to_numpy() for frame in (overlaps, gaps, outside)])
    return Faults(overlaps, gaps, outside, find_unmatched_edges(plain, cover.invalid_edges, explained, tolerance_m))


def _first_alike(polygons: np.ndarray) -> np.ndarray:
    """Return for each polygon the first row that is the same to the last digit: its own where it stands there once."""
    first = np.arange(len(polygons))
    rows = np.flatnonzero(pd.DataFrame(shapely.bounds(polygons).reshape(-1, 4)).duplicated(keep=False).to_numpy())
    kinds = pd.Series(shapely.to_wkb(polygons[rows]), dtype=object)
    same = kinds.groupby(kinds.to_numpy(), sort=False).ngroup().to_numpy() if len(rows) else rows
    first[rows] = rows[np.unique(same, return_index=True)[1]][same] if len(rows) else rows
    return first


def measure(parent: BaseGeometry | None, polygons: np.ndarray, tolerance_m: float) -> Cover:
    """Run the global tests; the parent first takes over the union's vertices that lie within the tolerance of its edge."""
    if len(polygons) == 0:
        return Cover(np.array([], dtype=object), NOTHING, parent or NOTHING, NOTHING)
    edges = find_invalid_edges(polygons, tolerance_m)
    matched = bool(shapely.is_empty(edges).all())
    union = shapely.coverage_union_all(polygons) if matched else _union(polygons, shapely.is_empty(edges))
    if parent is None:
        if not shapely.get_num_interior_rings(shapely.get_parts(union)).any():
            return Cover(edges, union, NOTHING, NOTHING)  # a union without holes is its own outline, were it in a million parts
        parent = filled(union)
    missing, beyond = parent.difference(union), union.difference(parent)
    if tolerance_m and not (missing.is_empty and beyond.is_empty):
        parent = take_over_vertices(parent, union, tolerance_m)
        missing, beyond = parent.difference(union), union.difference(parent)
    return Cover(edges, union, missing, beyond)


def find_invalid_edges(polygons: np.ndarray, tolerance_m: float) -> np.ndarray:
    """Find the edges of each polygon that match nothing, or that a gap narrower than the tolerance lies beside; empty lines where there are none.

    A polygon of several pieces is asked piece by piece: whole, it would be compared with all that lies between them.
    """
    if not (shapely.get_num_geometries(polygons) > 1).any():
        return shapely.coverage_invalid_edges(polygons, gap_width=tolerance_m)
    parts, row = shapely.get_parts(polygons, return_index=True)
    edges = shapely.coverage_invalid_edges(parts, gap_width=tolerance_m)
    out = np.full(len(polygons), shapely.MultiLineString(), dtype=object)
    lines, part = shapely.get_parts(edges, return_index=True)
    found, at = np.unique(row[part], return_inverse=True)
    out[found] = shapely.multilinestrings(lines, indices=at)
    return out


def _union(polygons: np.ndarray, sound: np.ndarray) -> BaseGeometry:
    """Unite polygons of which some are faulty: the coverage union is quick, and right among those whose edges all match."""
    return shapely.union(shapely.coverage_union_all(polygons[sound]), shapely.union_all(polygons[~sound]))


def find_overlaps(polygons: np.ndarray, tolerance_m: float, invalid_edges: np.ndarray | None = None) -> pd.DataFrame:
    """Find the pairs that share area: a < b, area_m2, geometry. A pair without invalid edges can not overlap."""
    edges = find_invalid_edges(polygons, 0.0) if invalid_edges is None else invalid_edges
    suspects = np.flatnonzero(~shapely.is_empty(edges))
    if len(suspects) == 0:
        return _pairs("area_m2")
    i, b = shapely.STRtree(polygons).query(polygons[suspects], predicate="intersects")
    a = suspects[i]
    pairs = np.unique(np.sort(np.column_stack([a, b])[a != b], axis=1), axis=0)
    common = areas_wider_than(shapely.intersection(polygons[pairs[:, 0]], polygons[pairs[:, 1]]), tolerance_m)
    keep = ~shapely.is_empty(common)
    return pd.DataFrame({"a": pairs[keep, 0], "b": pairs[keep, 1], "area_m2": shapely.area(common[keep]), "geometry": common[keep]})


def find_gaps(polygons: np.ndarray, missing: BaseGeometry, tolerance_m: float) -> pd.DataFrame:
    """Split what is missing into connected regions: neighbours (rows that border on each), area_m2, geometry."""
    parts = shapely.get_parts(areas_wider_than(np.array([missing], dtype=object), tolerance_m))
    if len(parts) == 0:
        return pd.DataFrame({"neighbours": [], "area_m2": [], "geometry": []}).astype({"neighbours": object, "geometry": object})
    neighbours = _beside(parts, polygons, tolerance_m)
    return pd.DataFrame({"neighbours": pd.Series(neighbours, dtype=object), "area_m2": shapely.area(parts), "geometry": parts})


def _beside(parts: np.ndarray, polygons: np.ndarray, tolerance_m: float) -> list[tuple[int, ...]]:
    """List for each gap the rows of the polygons that it shares a border with, edge by edge: one gap may wind round thousands of them."""
    edges, part = _edges(parts)
    near = np.unique(shapely.STRtree(edges).query(shapely.envelope(polygons), predicate="dwithin", distance=tolerance_m)[0])
    sides, row = _edges(polygons[near])
    edge, side = shapely.STRtree(sides).query(edges, predicate="dwithin", distance=tolerance_m)
    length = shapely.length(shapely.intersection(edges[edge], shapely.buffer(sides[side], tolerance_m, quad_segs=2)))
    # A side that leaves the gap from a corner lies within the tolerance at first: it borders on the gap if it stays there.
    stays = length > 0.1 * np.minimum(shapely.length(edges[edge]), shapely.length(sides[side]))
    border = pd.Series(np.where(stays, length, 0.0)).groupby([part[edge], near[row[side]]]).sum()
    border = border[border > 5 * tolerance_m]  # two sides that meet in a corner which touches reach two tolerances each along the gap
    gap, row = (border.index.get_level_values(i).to_numpy() for i in (0, 1))
    return [tuple(rows.tolist()) for rows in np.split(row, np.searchsorted(gap, np.arange(1, len(parts))))]


def find_outside(polygons: np.ndarray, beyond: BaseGeometry, tolerance_m: float) -> pd.DataFrame:
    """Find the polygons that reach into `beyond`: row, area_m2, geometry."""
    parts = shapely.get_parts(areas_wider_than(np.array([beyond], dtype=object), tolerance_m))
    if len(parts) == 0:
        return pd.DataFrame({"row": [], "area_m2": [], "geometry": []}).astype({"row": "int64", "geometry": object})
    tree = shapely.STRtree(polygons)
    part, row = tree.query(parts, predicate="intersects")
    shared = polygons[row]
    crossing = ~np.isin(row, tree.query(parts, predicate="covers")[1])
    shared[crossing] = areas_wider_than(shapely.intersection(shared[crossing], parts[part[crossing]]), tolerance_m)
    pieces = pd.DataFrame({"row": row, "geometry": shared})[~shapely.is_empty(shared)]
    united = pieces.groupby("row")["geometry"].agg(lambda g: shapely.union_all(g.to_numpy())).reset_index()
    united.insert(1, "area_m2", shapely.area(united["geometry"].to_numpy()))
    return united


def find_unmatched_edges(polygons: np.ndarray, invalid_edges: np.ndarray, explained: np.ndarray, tolerance_m: float) -> pd.DataFrame:
    """Find the pairs along whose common edge one lacks a vertex of the other: a < b, length_m, geometry.

    A vertex that an overlap or gap (`explained`) has there is no second fault; vertices within the tolerance of each other match.
    """
    suspects = np.flatnonzero(~shapely.is_empty(invalid_edges))
    points, owner = _vertices(polygons[suspects])
    i, j = shapely.STRtree(invalid_edges[suspects]).query(points, predicate="dwithin", distance=tolerance_m)
    foreign = owner[i] != j
    i, j = i[foreign], j[foreign]
    corners = shapely.multipoints(points, indices=owner) if len(points) else np.array([], dtype=object)
    lacking = shapely.distance(points[i], corners[j]) > tolerance_m
    i, j = i[lacking], j[lacking]
    known = np.unique(shapely.STRtree(_edges(explained)[0]).query(points[i], predicate="dwithin", distance=tolerance_m)[0])
    fresh = np.setdiff1d(np.arange(len(i)), known)
    pairs = np.unique(np.sort(np.column_stack([suspects[owner[i[fresh]]], suspects[j[fresh]]]), axis=1), axis=0)
    band = shapely.buffer(invalid_edges[pairs[:, 1]], max(tolerance_m, 1e-6), cap_style="flat")
    shared = shapely.intersection(invalid_edges[pairs[:, 0]], band)
    return pd.DataFrame({"a": pairs[:, 0], "b": pairs[:, 1], "length_m": shapely.length(shared), "geometry": shared})


def find_pieces(polygons: np.ndarray) -> pd.DataFrame:
    """Find polygons in several pieces: row, pieces. Pieces that touch in a point only are pieces."""
    pieces = shapely.get_num_geometries(polygons)
    rows = np.flatnonzero(pieces > 1)
    return pd.DataFrame({"row": rows, "pieces": pieces[rows]})


def find_slivers(polygons: np.ndarray, width_m: float = SLIVER_M) -> pd.DataFrame:
    """Find pieces thinner than `width_m` on average (twice the area by the outline): row, area_m2, width_m, geometry."""
    several = shapely.get_num_geometries(polygons) > 1
    loose, owner = shapely.get_parts(polygons[several], return_index=True)
    parts = np.concatenate([polygons[~several], loose])
    row = np.concatenate([np.flatnonzero(~several), np.flatnonzero(several)[owner]])
    area, length = shapely.area(parts), shapely.length(parts)
    width = np.divide(2 * area, length, out=np.zeros_like(area), where=length > 0)
    thin = width < width_m
    return pd.DataFrame({"row": row[thin], "area_m2": area[thin], "width_m": width[thin], "geometry": parts[thin]})


def to_plain(polygons: np.ndarray) -> np.ndarray:
    """Return geometries without the stamp of a precision grid, coordinates unchanged."""
    array = np.asarray(polygons, dtype=object)
    stamped = shapely.get_precision(array) > 0
    if not stamped.any():
        return array
    return np.where(stamped, shapely.from_wkb(shapely.to_wkb(array)), array)


def filled(union: BaseGeometry) -> BaseGeometry:
    """Return the union with its holes filled: the parent of a layer that names none."""
    return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(union))))


def areas_wider_than(geometry: np.ndarray, width_m: float) -> np.ndarray:
    """Reduce each geometry to its polygons that a disc of this diameter fits into; MultiPolygons, empty where none is left.

    >>> areas_wider_than(np.array([shapely.box(0, 0, 10, 0.001)]), 0.01)[0].is_empty
    True
    """
    parts, row = shapely.get_parts(geometry, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)  # a collection inside a collection
    row = row[inner]
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, row = parts[areal], row[areal]
    area = shapely.area(parts)
    wide = (area > 0) & (2 * area > width_m * shapely.length(parts))
    unsure = np.flatnonzero(~wide & (area > 0))
    wide[unsure] = ~shapely.is_empty(shapely.buffer(parts[unsure], -width_m / 2))
    out = np.full(len(geometry), NOTHING, dtype=object)
    if wide.any():
        present, position = np.unique(row[wide], return_inverse=True)
        out[present] = shapely.multipolygons(parts[wide], indices=position)
    return out


def _pairs(size: str) -> pd.DataFrame:
    """Return no pairs."""
    return pd.DataFrame({"a": np.zeros(0, np.int64), "b": np.zeros(0, np.int64), size: np.zeros(0), "geometry": np.zeros(0, object)})


def _edges(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the edges of all rings as lines of two points, and the row of the polygon that each bounds."""
    parts, row = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = np.flatnonzero(ring[1:] == ring[:-1])
    return shapely.linestrings(np.stack([xy[inside], xy[inside + 1]], axis=1)), row[part[ring[inside]]]


def _vertices(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct vertices of each polygon as points, and whose they are."""
    xy, owner = shapely.get_coordinates(polygons, return_index=True)
    distinct = np.unique(np.column_stack([owner, xy]), axis=0)
    return shapely.points(distinct[:, 1:]), distinct[:, 0].astype(np.int64)
