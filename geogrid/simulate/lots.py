"""Superblocks, blocks and lots: the linework noded once, its faces cut by guillotine in their own grain.

Every lot border is noded with every other, so that lots are a valid coverage of the district and stay one through every union.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geogrid.simulate.guillotine import grain, guillotine
from geogrid.simulate.linework import Linework, draw_linework
from geogrid.simulate.profiles import Profile
from geogrid.simulate.terrain import Terrain

HALF_WIDTH_M = {"ring": 27.0, "primary": 20.0, "secondary": 14.0, "branch": 8.0, "rural": 5.0, "motorway": 17.0}
RANK = {"river": 0, "rail": 1, "motorway": 2, "ring": 3, "primary": 4, "secondary": 5, "branch": 6, "rural": 7}
NODE_M, NEAR_M = 0.01, 0.03


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
    net = shapely.union_all(np.r_[edges, shapely.boundary(np.array(cuts.leaves, object))], grid_size=NODE_M)
    lots = _faces(net, cuts, profile.epsg)
    lots["score"] = terrain.score(shapely.get_coordinates(shapely.point_on_surface(lots.geometry.values)))
    kept = ~np.isin(kinds, ("outline", "river"))
    named = [*zip(kinds[kept], axes[kept], edges[kept], strict=True), *(street for street in cuts.streets if street[0] != "lane")]
    roads = _noded(shapely.get_parts(net), named, profile.epsg)
    railways = roads.geometry.values[(roads["class"] == "rail").to_numpy()]
    roads = roads[roads["class"] != "rail"].reset_index(drop=True)
    roads["half_m"] = roads["class"].map(HALF_WIDTH_M).astype(float)
    inside = terrain.district
    rivers = [shapely.intersection(shapely.buffer(g, w / 2), inside) for g, w in zip(work.of("river"), work.river_widths_m, strict=True)]
    river_lines = shapely.intersection(work.of("river"), inside)
    return Land(terrain, lots, roads, np.array(rivers, object), river_lines[~shapely.is_empty(river_lines)], np.array(railways, object))


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


def _noded(net: np.ndarray, named: list[tuple[str, int, BaseGeometry]], epsg: int) -> gpd.GeoDataFrame:
    """Return roads and railways (class axis) made of the edges of the net, so that they lie on lot borders to the last digit."""
    kinds, axes, lines = (list(column) for column in zip(*named, strict=True))
    middle = shapely.line_interpolate_point(net, 0.5, normalized=True)
    at, line = shapely.STRtree(lines).query(middle, predicate="dwithin", distance=NEAR_M)
    order = np.lexsort((line, [RANK[kinds[k]] for k in line], at))
    at, first = np.unique(at[order], return_index=True)
    line = line[order][first]
    table = pd.DataFrame({"class": np.array(kinds, object)[line], "axis": np.array(axes)[line], "edge": at})
    groups = [(kind, axis, group.edge.to_numpy()) for (kind, axis), group in table.groupby(["class", "axis"])]
    merged = [shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(net[edges])))) for _, _, edges in groups]
    n = [len(m) for m in merged]
    columns = {"class": np.repeat([g[0] for g in groups], n).astype(object), "axis": np.repeat([g[1] for g in groups], n)}
    return gpd.GeoDataFrame(columns, geometry=np.concatenate(merged), crs=epsg)


def _faces(net: BaseGeometry, cuts: _Cuts, epsg: int) -> gpd.GeoDataFrame:
    """Give each face of the net the facts of the leaf it lies in."""
    leaves = np.array(cuts.leaves, object)
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
