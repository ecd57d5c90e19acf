"""Units by place: one for each entrance, building or compound, with the land that goes with it.

A level of compounds may have a count: what is over when each compound has its unit goes to homes outside every compound and to land of its own, the
largest first, until the count is met; these units say why they are none of a compound. What finds no unit any more goes with the nearest home.

    count 6 = 3 compounds + 2 groups of homes outside + 1 school        the second school, the smaller one, goes with compound C
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse.csgraph import connected_components

from geogrid.errors import InputError
from geogrid.generate.counts import Graph, cut
from geogrid.generate.groups import Made
from geogrid.generate.land import Territories, find_territories
from geogrid.generate.level_units import NONE, Ground
from geogrid.generate.mesh import HARD, Mesh
from geogrid.generate.ways import find_places, find_ways
from geogrid.scheme import Level

OUTSIDE, OWN_LAND = "outside_compounds", "own_land"
"""Why a unit of a level of compounds is none."""


@dataclass(frozen=True, eq=False)
class _Estates:
    """Land of a level of compounds: `land`; `compound` int (c,), the row of each home's compound; `group` int (c,), homes outside; NONE for none."""

    mesh: Mesh
    land: Territories
    compound: np.ndarray
    group: np.ndarray


def make_by_place(ground: Ground, level: Level, parent: np.ndarray, land: Territories, *, carve: bool) -> tuple[Made, list[str]]:
    """Return the units of a level made by entrance, building or compound, and their names. `parent` (c,): label of the unit above or NONE.

    A level of entrances or buildings that need not be complete has the cells where people live and no others.
    """
    if level.make == "compound":
        return _by_compound(ground, level, parent, land, carve=carve)
    host = land.host
    names = ground.base.cells["building"].to_numpy()
    key = host if level.make == "entrance" else np.append(np.unique(names, return_inverse=True)[1], NONE)[host]
    kept = (host >= 0) | (land.dedicated >= 0) if level.complete else (ground.mesh.households > 0) & (host >= 0)
    is_own = land.dedicated >= 0
    label, n = _numbered(np.c_[parent, is_own, np.where(is_own, land.dedicated, key)], kept & (parent >= 0))
    own = np.unique(label[is_own & (label >= 0)])
    kinds = ["dedicated" if unit in set(own.tolist()) else "base" for unit in range(n)]
    return Made(label[ground.base.cell_position], kinds, [""] * n), [""] * n


def _numbered(keys: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, int]:
    """Number the distinct rows of `keys` (c, k) among those kept, in order; NONE for the others."""
    label = np.full(len(keys), NONE)
    distinct, at = np.unique(keys[kept], axis=0, return_inverse=True)
    label[kept] = at.ravel()
    return label, len(distinct)


def _by_compound(ground: Ground, level: Level, parent: np.ndarray, land: Territories, *, carve: bool) -> tuple[Made, list[str]]:
    if "compound" not in ground.given:
        raise InputError(
            f"level {level.id} is made from compounds: give [inputs.compounds]",
            f"层级 {level.id} 由小区得出：请给出 [inputs.compounds]",
            level=level.id,
        )
    estates = _estates(ground.mesh, parent, land, _compound_of(ground))
    if level.count:
        estates = _counted(ground, level, parent, estates, carve=carve)
    host, own = estates.land.host, estates.land.dedicated
    kind = np.where(own >= 0, 2, np.where(np.append(estates.compound, NONE)[host] >= 0, 0, 1))
    which = np.where(kind == 2, own, np.where(kind == 0, np.append(estates.compound, NONE)[host], np.append(estates.group, NONE)[host]))
    kept = (parent >= 0) & ((kind == 0) if not level.complete else True)
    label, n = _numbered(np.c_[parent, kind, which], kept)
    first = np.full(n, NONE)
    first[label[kept][::-1]] = np.flatnonzero(kept)[::-1]
    frame = ground.given["compound"]
    called = frame["name"].to_numpy(dtype=object) if "name" in frame else np.full(len(frame), "", dtype=object)
    names = [str(called[which[c]] or "") if kind[c] == 0 else "" for c in first.tolist()]
    reasons = [("", OUTSIDE, OWN_LAND)[k] for k in kind[first].tolist()]
    return Made(label[ground.base.cell_position], ["dedicated" if k == 2 else "base" for k in kind[first].tolist()], reasons), names


def _compound_of(ground: Ground) -> np.ndarray:
    """Row of the compound that holds each cell's point, the first of several; NONE outside all, int (c,)."""
    hit, row = shapely.STRtree(ground.given["compound"].geometry.to_numpy()).query(shapely.points(ground.mesh.xy), predicate="intersects")
    out = np.full(len(ground.mesh.xy), NONE)
    order = np.lexsort((-row, hit))
    out[hit[order]] = row[order]
    return out


def _estates(mesh: Mesh, parent: np.ndarray, land: Territories, compound: np.ndarray) -> _Estates:
    """Gather the homes outside every compound into groups that touch, inside each parent."""
    outside = (land.host >= 0) & (np.append(compound, NONE)[land.host] < 0)
    touch = outside[mesh.a] & outside[mesh.b] & (parent[mesh.a] == parent[mesh.b]) & (mesh.rank < HARD)
    part = connected_components(mesh.graph(touch), directed=False)[1]
    home = mesh.households > 0
    group = np.where(outside & home, part, NONE)
    return _Estates(mesh, land, np.where(home, compound, NONE), group)


def _counted(ground: Ground, level: Level, parent: np.ndarray, estates: _Estates, *, carve: bool) -> _Estates:
    """Bring the units to the level's count: the largest groups of homes outside stay, then the largest land, then groups are divided."""
    homes = estates.mesh.households > 0
    inside = homes & (estates.compound >= 0) & (parent >= 0)
    room = int(level.count or 0) - len(np.unique(np.c_[parent, estates.compound][inside], axis=0))
    estates = _without_small(parent, estates, max(room, 0), carve=carve, campus_m2=_campus_m2(ground))
    room -= len(np.unique(estates.group[estates.group >= 0]))
    estates = _without_land(parent, estates, max(room, 0), carve=carve, campus_m2=_campus_m2(ground))
    room = int(level.count or 0) - _units_n(parent, estates)
    return _divided(ground, level, parent, estates, room) if room > 0 and (estates.group >= 0).any() else estates


def _campus_m2(ground: Ground) -> float:
    return float(ground.scheme.defaults["campus_m2"])


def _units_n(parent: np.ndarray, estates: _Estates) -> int:
    inside = (estates.compound >= 0) & (parent >= 0)
    compounds = len(np.unique(np.c_[parent, estates.compound][inside], axis=0))
    return compounds + sum(len(np.unique(of[of >= 0])) for of in (estates.group, estates.land.dedicated))


def _without_small(parent: np.ndarray, estates: _Estates, room: int, *, carve: bool, campus_m2: float) -> _Estates:
    """Let the homes of all but the `room` largest groups go with their neighbours, but for the largest group of a parent without compounds."""
    mesh, group = estates.mesh, estates.group
    rows = np.flatnonzero(group >= 0)
    names, at = np.unique(group[rows], return_inverse=True)
    if len(names) <= room:
        return estates
    size = np.bincount(at, mesh.households[rows])
    over = parent[rows[np.unique(at, return_index=True)[1]]]
    held = np.unique(parent[estates.compound >= 0])
    order = np.lexsort((names, -size))
    first = order[np.unique(over[order], return_index=True)[1]]
    must = np.zeros(len(names), dtype=bool)
    must[first[~np.isin(over[first], held)]] = True
    order = order[np.argsort(~must[order], kind="stable")]
    gone = np.isin(group, names[order[max(room, int(must.sum())) :]])
    fewer = replace(mesh, households=np.where(gone, 0, mesh.households))
    land = find_territories(fewer, parent, campus_m2=campus_m2, carve=carve)
    return _estates(fewer, parent, land, estates.compound)


def _without_land(parent: np.ndarray, estates: _Estates, room: int, *, carve: bool, campus_m2: float) -> _Estates:
    """Let all but about the `room` largest pieces of land of their own go with the nearest home, by asking for larger ones."""
    mesh, own = estates.mesh, estates.land.dedicated
    while True:
        sizes = np.sort(np.bincount(own[own >= 0], mesh.area_m2[own >= 0]))[::-1] if (own >= 0).any() else np.zeros(0)
        optional = sizes[(sizes >= campus_m2)]
        if len(sizes) <= room or not len(optional):
            return estates
        campus_m2 = float(np.nextafter(optional[min(room, len(optional) - 1)], np.inf))
        land = find_territories(mesh, parent, campus_m2=campus_m2, carve=carve)
        estates, own = _estates(mesh, parent, land, estates.compound), land.dedicated


def _divided(ground: Ground, level: Level, parent: np.ndarray, estates: _Estates, more: int) -> _Estates:
    """Divide the groups of homes outside into `more` groups than there are, shared out by households."""
    mesh, homes = estates.mesh, np.flatnonzero(estates.group >= 0)
    node = np.full(len(parent) + 1, NONE)
    node[homes] = np.arange(len(homes))
    ways = find_ways(mesh, find_places(mesh, parent), node[estates.land.host], parent)
    within = np.unique(estates.group[homes], return_inverse=True)[1]
    same = within[ways.ends[:, 0]] == within[ways.ends[:, 1]]
    graph = Graph(
        mesh.households[homes], np.c_[mesh.xy[homes], np.zeros(len(homes))], within, ways.ends[same], ways.cost[same], workers=ground.workers
    )
    asked = replace(level, make="count", count=int(within.max()) + 1 + more, households=None, link_m=0.0, halve=False)
    group = estates.group.copy()
    group[homes] = cut(asked, graph, 0, ground.seed).labels
    return replace(estates, group=group)
