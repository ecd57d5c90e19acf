"""Superblocks, blocks and lots: the linework noded once, its faces cut by guillotine in their own grain.

Every lot border is noded with every other, so that lots are a valid coverage of the district and stay one through every union.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geogrid.simulate.linework import Linework, draw_linework
from geogrid.simulate.profiles import Profile
from geogrid.simulate.terrain import Terrain

HALF_WIDTH_M = {"ring": 27.0, "primary": 20.0, "secondary": 14.0, "branch": 8.0, "rural": 5.0, "motorway": 17.0}
RANK = {"river": 0, "rail": 1, "motorway": 2, "ring": 3, "primary": 4, "secondary": 5}
NODE_M = 0.01


@dataclass(frozen=True, eq=False)
class Land:
    """Lots (superblock block angle urban special score free free_m2), roads (class axis half_m), rivers (polygons), river and rail lines."""

    terrain: Terrain
    lots: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    rivers: np.ndarray
    river_lines: np.ndarray
    railways: np.ndarray


def cut_land(terrain: Terrain, profile: Profile, rng: np.random.Generator) -> Land:
    """Cut the district into lots and say what roads, rivers and railways run between them."""
    work = draw_linework(terrain, profile, rng)
    edges, kinds, axes = _network(terrain, work)
    superblocks = np.array(shapely.get_parts(shapely.polygonize([shapely.union_all(edges)])))
    cuts = _Cuts(terrain, profile, rng, superblocks)
    cuts.run()
    lots = _node(edges, cuts, profile.epsg)
    lots["score"] = terrain.score(shapely.get_coordinates(shapely.point_on_surface(lots.geometry.values)))
    is_road = np.isin(kinds, ("ring", "primary", "secondary", "motorway"))
    street = [(c, a, g) for c, a, g in cuts.streets if c != "lane"]
    roads = gpd.GeoDataFrame(
        {"class": [*kinds[is_road], *(c for c, _, _ in street)], "axis": [*axes[is_road], *(a for _, a, _ in street)]},
        geometry=np.array([*edges[is_road], *(g for _, _, g in street)], object),
        crs=profile.epsg,
    )
    roads["half_m"] = roads["class"].map(HALF_WIDTH_M).astype(float)
    inside = terrain.district
    rivers = [shapely.intersection(shapely.buffer(g, w / 2), inside) for g, w in zip(work.of("river"), work.river_widths_m, strict=True)]
    lines = [shapely.intersection(work.of(kind), inside) for kind in ("river", "rail")]
    return Land(terrain, lots, roads, np.array(rivers, object), *(g[~shapely.is_empty(g)] for g in lines))


def _network(terrain: Terrain, work: Linework) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Node all lines with the outline, name each edge by the strongest line on it, drop rural streets and dead ends."""
    border = terrain.district.boundary
    everything = shapely.union_all([*shapely.intersection(work.lines, terrain.district), border], grid_size=0.05)
    edges = shapely.get_parts(shapely.line_merge(everything))
    edges = edges[shapely.length(edges) > 0.2]
    middle = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    at, line = shapely.STRtree(work.lines).query(middle, predicate="dwithin", distance=0.6)
    order = np.lexsort((line, [RANK[c] for c in work.classes[line]], at))
    at, first = np.unique(at[order], return_index=True)
    kinds, axes = np.full(len(edges), "outline", object), np.full(len(edges), -1)
    kinds[at], axes[at] = work.classes[line[order][first]], work.axes[line[order][first]]
    kinds[(shapely.distance(middle, border) < 0.6) & (kinds != "river")] = "outline"
    score = terrain.score(shapely.get_coordinates(middle))
    drop = ((kinds == "secondary") & (score < -0.02)) | ((kinds == "primary") & (score < -0.25) & (shapely.length(edges) < 130))
    edges, kinds, axes = edges[~drop], kinds[~drop], axes[~drop]
    alive = _without_dead_ends(edges, kinds == "outline")
    return edges[alive], kinds[alive], axes[alive]


def _without_dead_ends(edges: np.ndarray, keep: np.ndarray) -> np.ndarray:
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(edges, k)) for k in (0, -1)])
    _, node = np.unique(np.round(ends, 2), axis=0, return_inverse=True)
    node = node.ravel()
    a, b = node[: len(edges)], node[len(edges) :]
    alive = np.ones(len(edges), bool)
    while True:
        degree = np.bincount(np.r_[a[alive], b[alive]], minlength=node.max() + 1)
        dead = alive & ~keep & ((degree[a] < 2) | (degree[b] < 2))
        if not dead.any():
            return alive
        alive &= ~dead


class _Cuts:
    """The guillotine at work: leaves with what they belong to, and the streets that the cuts leave behind."""

    def __init__(self, terrain: Terrain, profile: Profile, rng: np.random.Generator, superblocks: np.ndarray) -> None:
        self.terrain, self.profile, self.rng, self.superblocks = terrain, profile, rng, superblocks
        self.leaves: list[Polygon] = []
        self.facts: list[tuple[int, int, float, bool, str]] = []
        self.streets: list[tuple[str, int, BaseGeometry]] = []
        self.axis = 1000
        self.campuses = [shapely.Point(terrain.place(q)) for q in profile.campuses]

    def run(self) -> None:
        scores = self.terrain.score(shapely.get_coordinates(shapely.centroid(self.superblocks)))
        special = self._special()
        for k, face in enumerate(self.superblocks):
            angle = grain(face, self.terrain.theta + np.radians(self.rng.normal(0, 0.6))) if face.area > 2e4 else self.terrain.theta
            if k in special:
                self._leaf(face, k, 0, angle, scores[k] > 0, special[k])
            elif scores[k] > 0:
                self._urban(face, k, angle, scores[k])
            else:
                self._rural(face, k, angle)

    def _special(self) -> dict[int, str]:
        large = shapely.STRtree(np.where(shapely.area(self.superblocks) > 2.5e5, self.superblocks, None))
        wanted = (("park", self.profile.great_park), ("works", self.profile.works))
        return {int(large.nearest(shapely.Point(self.terrain.place(at)))): name for name, at in wanted if at is not None}

    def _leaf(self, face: Polygon, superblock: int, block: int, angle: float, urban: bool, special: str = "") -> None:
        self.leaves.append(face)
        self.facts.append((superblock, superblock * 1000 + block, angle, bool(urban), special))

    def _street(self, kind: str, line: BaseGeometry) -> None:
        self.axis += 1
        self.streets.append((kind, self.axis, line))

    def _urban(self, face: Polygon, k: int, angle: float, score: float) -> None:
        rng = self.rng
        blocks, cuts = guillotine(face, angle, 15.5e4 if score < 0.55 else 11.5e4, rng, tilt_deg=1.2)
        for line, area in cuts:
            self._street("secondary" if area > 62e4 else "branch", line)
        for b, block in enumerate(blocks):
            target = 2.2e4 * rng.uniform(0.7, 1.35) + 6.0e4 * np.clip(0.68 - score, 0, 1) * rng.uniform(0.5, 1.4)
            if rng.random() < 0.16:
                target = max(target, rng.uniform(4e4, 8e4))
            if any(block.contains(q) for q in self.campuses):
                target = 1e9
            for leaf in guillotine(block, angle, target, rng, jitter=0.07, tilt_deg=1.0)[0]:
                self._leaf(leaf, k, b, angle, True)

    def _rural(self, face: Polygon, k: int, angle: float) -> None:
        leaves, cuts = guillotine(face, angle, lambda: self.rng.uniform(14e4, 46e4), self.rng, jitter=0.11, tilt_deg=7.0)
        for line, area in cuts:
            if area > 70e4:
                self._street("rural", line)
        for b, leaf in enumerate(leaves):
            self._leaf(leaf, k, b, angle, False)


def grain(face: Polygon, theta: float) -> float:
    """Return the angle in radians of the face's own rectangle, where it is within 24 degrees of `theta`, else `theta`."""
    corner = shapely.get_coordinates(shapely.minimum_rotated_rectangle(face))
    edge = corner[1] - corner[0]
    off = (np.arctan2(edge[1], edge[0]) - theta + np.pi / 4) % (np.pi / 2) - np.pi / 4
    return theta + (off if abs(off) < np.radians(24) else 0.0)


def guillotine(
    face: Polygon, angle: float, area_m2: float | Callable[[], float], rng: np.random.Generator, *, jitter: float = 0.08, tilt_deg: float = 0.0
) -> tuple[list[Polygon], list[tuple[BaseGeometry, float]]]:
    """Cut a polygon across its longer side, in the frame `angle`, until pieces are near `area_m2`.

    Cuts lean by about `tilt_deg`. Returns the leaves, and the cuts each with the area of the piece it went through.
    """
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s], [s, c]])
    stack, leaves, cuts = [shapely.transform(face, lambda p: p @ turn)], [], []
    while stack:
        piece = stack.pop()
        if piece.area < 1:
            continue
        x0, y0, x1, y1 = piece.bounds
        limit = (area_m2() if callable(area_m2) else area_m2) * rng.uniform(0.75, 1.3)
        if piece.area < limit and max(x1 - x0, y1 - y0) < 3.2 * np.sqrt(limit):
            leaves.append(piece)
            continue
        low, high, line = _cut(piece.bounds, rng, jitter, tilt_deg)
        for half in (low, high):
            stack.extend(q for q in shapely.get_parts(piece.intersection(half)) if q.geom_type == "Polygon")
        cuts.extend((q, piece.area) for q in shapely.get_parts(piece.intersection(line)) if q.geom_type == "LineString")
    back = turn.T
    return [shapely.transform(g, lambda p: p @ back) for g in leaves], [(shapely.transform(g, lambda p: p @ back), a) for g, a in cuts]


def _cut(bounds: tuple[float, float, float, float], rng: np.random.Generator, jitter: float, tilt_deg: float) -> tuple[BaseGeometry, ...]:
    """Return the two half planes and the line of one cut, across the longer side."""
    x0, y0, x1, y1 = bounds
    part, wide = np.clip(rng.normal(0.5, jitter), 0.34, 0.66), x1 - x0 > (y1 - y0) * rng.uniform(0.85, 1.2)
    if not wide:
        x0, y0, x1, y1 = y0, x0, y1, x1
    at = x0 + part * (x1 - x0)
    lean = np.tan(np.radians(np.clip(rng.normal(0, tilt_deg), -2 * tilt_deg, 2 * tilt_deg))) * (y1 - y0 + 2) / 2
    lean = np.clip(lean, -0.2 * (x1 - x0), 0.2 * (x1 - x0))
    low, high = (at - lean, y0 - 1), (at + lean, y1 + 1)
    shapes = [[(x0 - 1, y0 - 1), low, high, (x0 - 1, y1 + 1)], [(x1 + 1, y0 - 1), low, high, (x1 + 1, y1 + 1)], [low, high]]
    if not wide:
        shapes = [[(y, x) for x, y in shape] for shape in shapes]
    return shapely.Polygon(shapes[0]), shapely.Polygon(shapes[1]), shapely.LineString(shapes[2])


def _node(edges: np.ndarray, cuts: _Cuts, epsg: int) -> gpd.GeoDataFrame:
    """Node all borders once and give each face the facts of the leaf it lies in."""
    leaves = np.array(cuts.leaves, object)
    net = shapely.union_all(np.r_[edges, shapely.boundary(leaves)], grid_size=NODE_M)
    faces = np.array(shapely.get_parts(shapely.polygonize([net])))
    inside = shapely.point_on_surface(faces)
    leaf, face = shapely.STRtree(inside).query(leaves, predicate="intersects")
    owner = np.full(len(faces), -1)
    owner[face] = leaf
    lost = np.flatnonzero(owner < 0)
    if len(lost):
        owner[lost] = shapely.STRtree(leaves).nearest(inside[lost])
    facts = pd.DataFrame(cuts.facts, columns=["superblock", "block", "angle", "urban", "special"]).iloc[owner].reset_index(drop=True)
    return gpd.GeoDataFrame(facts, geometry=faces, crs=epsg)


def with_free_land(land: Land) -> gpd.GeoDataFrame:
    """Return the lots with `free`: the lot less half of each road, the river with its bank and the railway's corridor."""
    lots, geometry = land.lots, land.lots.geometry.values
    cut = np.r_[
        shapely.buffer(land.roads.geometry.values, land.roads.half_m.values, cap_style="flat", join_style="mitre", quad_segs=2),
        shapely.buffer(land.rivers, 38),
        shapely.buffer(land.railways, 22),
    ]
    lot, which = shapely.STRtree(cut).query(geometry, predicate="intersects")
    order = np.lexsort((which, lot))
    lot, which = lot[order], which[order]
    starts = np.flatnonzero(np.r_[True, np.diff(lot) > 0])
    taken = np.array([shapely.union_all(g) for g in np.split(cut[which], starts[1:])], object)
    free = np.array(geometry, object)
    free[lot[starts]] = shapely.difference(free[lot[starts]], taken)
    free = shapely.simplify(largest_polygons(shapely.buffer(free, -2.5, join_style="mitre", quad_segs=2)), 0.3)
    area = shapely.area(free)
    compact = 4 * np.pi * area / np.maximum(shapely.length(free), 1) ** 2
    return lots.assign(free=free, free_m2=area, compact=compact)


def largest_polygons(geometry: np.ndarray) -> np.ndarray:
    """Return the largest polygon of each geometry, an empty one where there is none."""
    out = np.array(geometry, object)
    for k in np.flatnonzero(shapely.get_type_id(out) != 3):
        parts = [q for q in shapely.get_parts(out[k]) if q.geom_type == "Polygon"]
        out[k] = max(parts, key=lambda q: q.area, default=Polygon())
    return out
