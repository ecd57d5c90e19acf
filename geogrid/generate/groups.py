"""Made levels: groups of territories (cells) or of storeys (atoms) within bounds, by the kernel `geogrid.partition`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from geogrid.generate.carry import of_nodes
from geogrid.generate.counts import Graph
from geogrid.generate.divide import Terrain, divide, join_named
from geogrid.generate.land import Territories
from geogrid.generate.mesh import Mesh
from geogrid.generate.storeys import GROUND, storey_edges, storey_xyz
from geogrid.generate.ways import find_places, find_ways
from geogrid.generate.wholes import contracted, find_wholes
from geogrid.partition import Partition
from geogrid.plan import Base
from geogrid.scheme import Level

NONE = -1
CENTRE_CURES = {"no_centre": "more_centres", "centres_few": "more_centres", "centre_alone": "more_centres", "centres_together": "other_centres"}
CENTRE_CURES |= {"centres_many": "fewer_centres", "centre_crowded": "other_centres", "centres_placed": "other_centres"}
"""What would bring a unit that centre households decide about into its bounds, by its reason."""


@dataclass(frozen=True, eq=False)
class Made:
    """Units of one made level: `label` (atoms,) unit number or NONE; `kind` and `reason` per unit.

    `cure`: unit -> what would bring it into its bounds, and the metres of a link; `link_m`: unit -> metres of the longest walking link that holds it
    together; `parts` int (p, 3): atom, households and unit of each part of the atoms that the kernel divided.
    """

    label: np.ndarray
    kind: list[str]
    reason: list[str]
    cure: dict[int, tuple[str, float]] = field(default_factory=dict)
    link_m: dict[int, float] = field(default_factory=dict)
    parts: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))


def group_cells(
    level: Level,
    base: Base,
    mesh: Mesh,
    parent: np.ndarray,
    land: Territories,
    seed: int,
    previous: np.ndarray | None = None,
    *,
    workers: int = 1,
) -> Made:
    """Group territories into units of whole cells. `parent` (c,): label of the unit above, >= 0 or NONE.

    `previous` int (c,), where units are to stay: the unit that each cell was in, or NONE.
    """
    upper = level.households[1] if level.households else int(mesh.households.sum())
    homes = np.unique(land.host[land.host >= 0])
    node = np.full(len(parent) + 1, NONE)  # the last stands for NONE
    node[homes] = np.arange(len(homes))
    places = find_places(mesh, parent)
    edges = find_ways(mesh, places, node[land.host], parent).ends
    whole = join_named(base.cells["building"].to_numpy()[homes].astype(str), mesh.households[homes], edges, upper)
    if level.keep_compounds_whole:
        whole = _in_compounds(whole, places.compound_row[homes], parent[homes])
    of_cell = np.append(whole, NONE)[node[land.host]]
    weight, xyz, first = _nodes(mesh, homes, whole)
    ways = find_ways(mesh, places, of_cell, parent)
    pieces = np.unique(land.dedicated[land.dedicated >= 0])
    before = None if previous is None else of_nodes(previous[homes], whole, mesh.households[homes], len(weight))
    graph = Graph(weight, xyz, parent[first], ways.ends, ways.cost, previous=before, workers=workers)
    done = divide(level, Terrain(graph, ways.bar, ways.length_m, places.compounds(first)), len(pieces), seed)
    made = _gather(base, done, xyz, of_cell, land, pieces)
    return _undivided(made)


def _in_compounds(whole: np.ndarray, compound: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Number of what each home becomes part of, int (k,): its compound inside its parent, where the first of its building lies in one."""
    first = np.unique(whole, return_index=True)[1][whole]
    row = compound[first]
    own = np.where(row >= 0, NONE, whole)
    return np.unique(np.c_[row, np.where(row >= 0, parent[first], 0), own], axis=0, return_inverse=True)[1].ravel()


def _nodes(mesh: Mesh, homes: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weight int (k,), middle (k, 3) and first home (k,) of the nodes that territories were gathered into."""
    weight = np.bincount(whole, mesh.households[homes]).astype(np.int64)
    middle = [np.bincount(whole, mesh.households[homes] * mesh.xy[homes, i]) / np.maximum(weight, 1) for i in (0, 1)]
    return weight, np.round(np.column_stack([*middle, np.zeros(len(weight))]), 3), homes[np.unique(whole, return_index=True)[1]]


def _gather(base: Base, done: Partition, xyz: np.ndarray, of_cell: np.ndarray, land: Territories, pieces: np.ndarray) -> Made:
    k = int(max(done.labels.max(initial=-1), done.parts[:, 2].max(initial=-1))) + 1
    cell_label = np.append(done.labels, NONE)[of_cell]
    cell_label = np.where(land.dedicated >= 0, k + np.searchsorted(pieces, land.dedicated), cell_label)
    reason = [""] * (k + len(pieces))
    for group, _, why in done.exceptions:
        reason[group] = why
    cure = {group: (how, float(m)) for group, how, m in done.cures}
    cure |= {group: (CENTRE_CURES[why], 0.0) for group, _, why in done.exceptions if why in CENTRE_CURES}
    return Made(cell_label[base.cell_position], ["base"] * k + ["dedicated"] * len(pieces), reason, cure, _linked(done, xyz))


def _linked(done: Partition, xyz: np.ndarray) -> dict[int, float]:
    """Metres of the longest walking link of each group that has one."""
    out: dict[int, float] = {}
    for a, b in done.links.tolist():
        group = int(done.labels[a])
        out[group] = max(out.get(group, 0.0), round(float(np.linalg.norm(xyz[a] - xyz[b])), 1))
    return out


def group_atoms(
    level: Level,
    base: Base,
    mesh: Mesh,
    parent: np.ndarray,
    land: Territories,
    seed: int,
    centres: np.ndarray | None = None,
    previous: np.ndarray | None = None,
    *,
    workers: int = 1,
) -> Made:
    """Group storeys of home cells into units; land goes with the lowest storey of its home. `parent` (c,) as in group_cells.

    `centres` int (atoms,), for a level made by seeds: how many centre households live in each atom. `previous` int (atoms,): the unit
    that each atom was in, or NONE.
    """
    atoms = base.atoms
    cell = base.cell_position
    homes = mesh.households > 0
    rows = np.flatnonzero(homes[cell] & (parent[cell] >= 0))
    node = np.full(len(atoms), NONE)
    node[rows] = np.arange(len(rows))
    first = np.full(len(homes), NONE)
    first[cell[rows][::-1]] = node[rows][::-1]  # the lowest storey of each home cell: atoms of a cell stand in floor order
    of_cell = np.where(land.host >= 0, first[np.maximum(land.host, 0)], NONE)
    pieces = np.unique(land.dedicated[land.dedicated >= 0])
    seeds = centres[rows] if level.make == "seeds" and centres is not None else None
    terrain, whole = storeys_terrain(base, mesh, parent, land, rows, seeds, workers), np.arange(len(rows))
    graph = terrain.graph
    if level.keep_buildings_whole and level.households:
        whole = find_wholes(graph, cell[rows], base.cells["building"].to_numpy()[cell[rows]], level.households[1])
        terrain = contracted(terrain, whole)
    if previous is not None:
        before = of_nodes(previous[rows], whole, graph.weight, len(terrain.graph.weight))
        terrain = replace(terrain, graph=replace(terrain.graph, previous=before))
    done = divide(level, terrain, len(pieces), seed)
    made = _gather(base, done, terrain.graph.xyz, np.append(whole, NONE)[of_cell], land, pieces)
    label = made.label.copy()
    label[rows] = done.labels[whole]
    made = replace(made, label=label, parts=np.c_[rows[done.parts[:, 0]], done.parts[:, 1:]])
    return _undivided(made) if level.keep_buildings_whole else made


def _undivided(made: Made) -> Made:
    """What was made, no longer advising to divide what is kept whole here: cells, or buildings."""
    return replace(made, cure={u: ("accept", 0.0) if cure[0] == "halve" else cure for u, cure in made.cure.items()})


def storeys_terrain(
    base: Base, mesh: Mesh, parent: np.ndarray, land: Territories, rows: np.ndarray, seeds: np.ndarray | None, workers: int
) -> Terrain:
    """Terrain of the storeys `rows` of home cells; an entrance is what stays whole where it fits, but not where `seeds` decide."""
    cell = base.cell_position[rows]
    places = find_places(mesh, parent)
    ways = find_ways(mesh, places, land.host, parent)
    edges, kind, cost = storey_edges(base, mesh, parent, rows, (ways.ends, ways.cost))
    ends = cell[edges]
    bar = np.where(kind == GROUND, places.bar(ends[:, 0], ends[:, 1]), 0)
    weight, xyz = base.atoms["households"].to_numpy()[rows], storey_xyz(base, mesh, rows)
    entrance = cell.astype(str) if seeds is None else np.full(len(rows), "")
    graph = Graph(weight, xyz, parent[cell], edges, cost, kind, seeds, workers=workers)
    return Terrain(graph, bar, ways.border_m(ends), entrance)


def without_groups(made: Made, out: list[int]) -> Made:
    """Return what was made without some units, and without those that have no homes: what a level that need not be complete leaves out."""
    kept = [u for u, kind in enumerate(made.kind) if kind == "base" and u not in set(out)]
    number = np.full(len(made.kind) + 1, NONE)  # the last stands for NONE
    number[kept] = np.arange(len(kept))
    at = {u: i for i, u in enumerate(kept)}
    return Made(
        number[made.label],
        [made.kind[u] for u in kept],
        [made.reason[u] for u in kept],
        {at[u]: cure for u, cure in made.cure.items() if u in at},
        {at[u]: m for u, m in made.link_m.items() if u in at},
        np.c_[made.parts[:, :2], number[made.parts[:, 2]]],
    )
