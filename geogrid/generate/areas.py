"""Units by land instead of households, for districts whose buildings nobody has: each parent is shared out evenly, along its roads and rivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.sparse.csgraph import connected_components

from geogrid.errors import InputError
from geogrid.generate.counts import Graph
from geogrid.generate.divide import ACROSS, Terrain, divide
from geogrid.generate.land import find_territories
from geogrid.generate.mesh import HARD, Mesh
from geogrid.generate.sides import find_regions
from geogrid.generate.ways import find_places, find_ways
from geogrid.partition import apportion
from geogrid.scheme import Level

NONE = -1
MEAN, BAND = 100, (80, 125)
"""A unit's mean weight after scaling, and how far from it a unit of one block may be."""
ROUGH = (50, 180)
"""How far from the mean the units of a block may be, so that its roads and rivers are borders."""
SCRAP = 0.5
"""Less than so much of a unit, cut off from the rest of its parent, joins what lies beside it."""


def share_area(level: Level, mesh: Mesh, parent: np.ndarray) -> dict[int, int]:
    """Share the level's count over the parents (c,) by dry land: parent label -> units. Raises InputError where they are more than the count."""
    labels, at = np.unique(parent[parent >= 0], return_inverse=True)
    land = np.bincount(at, mesh.by_area().households[parent >= 0], minlength=len(labels)).astype(np.int64)
    wanted = int(level.count or len(labels))
    if wanted < len(labels):
        raise InputError(
            f"level {level.id}: count = {wanted} is fewer than the {len(labels)} parents",
            f"层级 {level.id}：count = {wanted} 少于上级 {len(labels)} 个",
            level=level.id,
        )
    return dict(zip(labels.tolist(), apportion(land, wanted, 1, int(land.sum())).tolist(), strict=True))


def group_areas(level: Level, mesh: Mesh, parent: np.ndarray, counts: Mapping[int, int], seed: int) -> tuple[np.ndarray, list[str]]:
    """Divide each parent (label per cell, (c,)) into its count of units of about the same dry land; water joins the longer bank.

    Returns the unit of each cell, int (c,), NONE without parent, and the reason of each unit ("" or ACROSS).
    """
    weighed = _without_scraps(mesh.by_area(), parent, counts)
    land = find_territories(weighed, parent, campus_m2=np.inf, carve=False)
    homes = np.unique(land.host[land.host >= 0])
    node = np.full(len(parent) + 1, NONE)  # the last stands for NONE
    node[homes] = np.arange(len(homes))
    ways = find_ways(weighed, find_places(weighed, parent), node[land.host], parent)
    xyz = np.c_[weighed.xy[homes], np.zeros(len(homes))]
    graph = Graph(weighed.households[homes], xyz, parent[homes], ways.ends, ways.cost)
    terrain = Terrain(graph, ways.bar, ways.length_m, np.full(len(homes), ""))
    label, reasons = np.full(len(parent), NONE), []
    for p in sorted(counts):
        rows = np.flatnonzero(parent[homes] == p)
        if len(rows):
            own, why = _divided(level, taken(terrain, rows), counts[p], seed)
            label[homes[rows]] = own + len(reasons)
            reasons += why
    return np.append(label, NONE)[land.host], reasons


def _without_scraps(mesh: Mesh, parent: np.ndarray, counts: Mapping[int, int]) -> Mesh:
    """The mesh in which land cut off from the rest of its parent weighs nothing where it is less than half a unit: it joins what lies beside it."""
    inside = (parent[mesh.a] == parent[mesh.b]) & (parent[mesh.a] >= 0) & (mesh.rank < HARD)
    part = connected_components(mesh.graph(inside), directed=False)[1]
    weight = np.bincount(part, mesh.households)
    total = np.bincount(parent[parent >= 0], mesh.households[parent >= 0])
    mean = np.array([total[p] / counts.get(p, 1) if p >= 0 else 0.0 for p in parent.tolist()])
    largest = np.zeros(len(total))
    np.maximum.at(largest, parent[parent >= 0], weight[part[parent >= 0]])
    scrap = (parent >= 0) & (weight[part] < SCRAP * mean) & (weight[part] < np.append(largest, 0)[parent])
    return replace(mesh, households=np.where(scrap, 0, mesh.households))


def taken(terrain: Terrain, rows: np.ndarray) -> Terrain:
    """The terrain of some of its nodes."""
    graph = terrain.graph
    number = np.full(len(graph.weight), NONE)
    number[rows] = np.arange(len(rows))
    inside = (number[graph.edges] >= 0).all(axis=1)
    part = Graph(graph.weight[rows], graph.xyz[rows], graph.within[rows], number[graph.edges[inside]], graph.cost[inside])
    return Terrain(part, terrain.bar[inside], terrain.length_m[inside], terrain.compound[rows])


def _divided(level: Level, terrain: Terrain, count: int, seed: int) -> tuple[np.ndarray, list[str]]:
    """Unit of each node of a parent and reason of each unit: first its blocks get their share of the count, then each is cut evenly."""
    graph = terrain.graph
    weight = _scaled(graph.weight, count)
    region = find_regions(weight, graph.edges, terrain.bar, terrain.length_m, ROUGH)
    size = np.bincount(region, weight).astype(np.int64)
    if np.maximum(-(-size // ROUGH[1]), 1).sum() > count:
        region, size = np.zeros(len(weight), dtype=np.int64), weight.sum(keepdims=True)
    label, reasons = np.zeros(len(weight), dtype=np.int64), []
    for r, n in enumerate(apportion(size, count, *ROUGH).tolist()):
        rows = np.flatnonzero(region == r)
        own, why = _cut(level, taken(terrain, rows), n, seed)
        label[rows] = own + len(reasons)
        reasons += why
    return label, reasons


def _cut(level: Level, terrain: Terrain, count: int, seed: int) -> tuple[np.ndarray, list[str]]:
    """Cut what lies together into units of weight about MEAN."""
    graph = replace(terrain.graph, weight=_scaled(terrain.graph.weight, count))
    if count == 1:
        return np.zeros(len(graph.weight), dtype=np.int64), [""]
    even = replace(level, make="count", count=count, households=BAND)
    done = divide(even, replace(terrain, graph=graph), 0, seed)
    across = {g for g, _, why in done.exceptions if why == ACROSS}
    return done.labels, [ACROSS if g in across else "" for g in range(int(done.labels.max()) + 1)]


def _scaled(weight: np.ndarray, count: int) -> np.ndarray:
    return np.maximum(np.rint(weight * (MEAN * count / weight.sum())), 1).astype(np.int64)
