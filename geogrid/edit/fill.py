"""Land that a level leaves out: who can take it, and what can stand for itself. A proposal, never applied by itself.

    found      a connected piece with households enough for units of its own becomes such, by the kernel
    join       the rest goes, home by home, to the unit beside it that has room: homes first to who has too few, then along the longest border

What fits nowhere stays left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geogrid.edit.check import unassigned
from geogrid.edit.edits import Compose, Create, Edit, Move
from geogrid.edit.refusals import refused
from geogrid.edit.state import ABSENT, State
from geogrid.edit.terrain import ACROSS_COST, Terrain, survey
from geogrid.plan import NO_UNIT
from geogrid.scheme import Level


@dataclass(eq=False)
class Takers:
    """Who may take homes: units by id, founded ones by negative numbers. `load`: households; `room`: the most they may have; `least`: the fewest.

    `beside`: (node, taker) -> metres of border, a third of them where the border is a barrier; `of`: node -> taker.
    """

    load: dict[int, int]
    room: dict[int, int]
    least: int
    beside: dict[tuple[int, int], float]
    of: dict[int, int] = field(default_factory=dict)


def fill_unassigned(state: State, level: str, under: str | None = None) -> Edit:
    """Return the edit that gives what a level leaves out (in all, or `under` a unit above) to units with room, or makes units of it.

    No unit leaves its bounds by it, and none falls apart. Raises EditError, reason `nothing_to_fill`, where nothing can be done.
    """
    rule = state.scheme.level(level)
    atoms = unassigned(state, level, NO_UNIT if under is None else state.unit(under).id)
    edits: list[Edit] = []
    leaves, at = np.unique(state.leaf[atoms], return_inverse=True)
    depth = state.depths[level]
    above = np.array([next((each for each in state.chain(leaf) if state.depth(each) < depth), NO_UNIT) for leaf in leaves.tolist()], dtype=np.int64)
    for parent in np.unique(above).tolist():
        edits += _fill(state, rule, parent, atoms[above[at] == parent])
    if not edits:
        raise refused("nothing_to_fill", [] if under is None else [under])
    return edits[0] if len(edits) == 1 else Compose(tuple(edits))


def _fill(state: State, rule: Level, parent: int, atoms: np.ndarray) -> list[Edit]:
    """Return the edits for atoms whose nearest unit above the level is `parent`, or that are in none."""
    terrain = survey(state, atoms, rule.id, by_area=False)
    takers = _takers(state, rule, parent, terrain)
    if parent != NO_UNIT or state.depths[rule.id] == 0:
        _found(terrain, rule, takers)
    _join(terrain, takers)
    codes = state.ground.codes[atoms]
    given: dict[int, list[str]] = {}
    for code, node in zip(codes.tolist(), terrain.node.tolist(), strict=True):
        if node in takers.of:
            given.setdefault(takers.of[node], []).append(code)
    above = None if parent == NO_UNIT else state.handle(parent)
    moves = [Move(tuple(given[unit]), state.handle(unit)) for unit in sorted(unit for unit in given if unit >= 0)]
    return [*moves, *(Create(rule.id, above, "", tuple(given[new])) for new in sorted((new for new in given if new < 0), reverse=True))]


def _takers(state: State, rule: Level, parent: int, terrain: Terrain) -> Takers:
    """Return the units beside the atoms, or on other floors of their cells, that lie under `parent`."""
    ground = state.ground
    lower, upper = rule.households or (0, 2**30)
    beside: dict[tuple[int, int], float] = {}
    enclosure = ground.cells["enclosure"].to_numpy()
    first = np.unique(ground.cell[terrain.positions], return_index=True)[1]
    for at in first.tolist():
        row = int(ground.cell[terrain.positions[at]])
        near, metres = ground.neighbours(row)
        for other, length in zip([*near.tolist(), row], [*metres.tolist(), ground.perimeter_m[row]], strict=True):
            held = ground.atoms_of(other)
            for unit in np.unique(state.owners(held[state.leaf[held] != ABSENT], rule.id)).tolist():
                if unit != NO_UNIT and (parent == NO_UNIT or parent in state.chain(unit)):
                    key = (int(terrain.node[at]), unit)
                    beside[key] = beside.get(key, 0.0) + float(length) / (1.0 if enclosure[other] == enclosure[row] else ACROSS_COST)
    units = sorted({unit for _, unit in beside})
    load = {unit: state.households(unit) for unit in units}
    room = {unit: max(upper, load[unit]) if rule.kinds.get(state.units[unit].kind, True) else load[unit] for unit in units}
    return Takers(load, room, lower, beside)


def _found(terrain: Terrain, rule: Level, takers: Takers) -> None:
    """Make units of the pieces that are large enough; of a level without bounds, of pieces that nobody is beside."""
    piece = terrain.pieces()
    weight = np.bincount(piece, terrain.weight)
    if rule.households is None:
        touched = {int(piece[node]) for node, _ in takers.beside}
        alone = [number for number in range(len(weight)) if number not in touched]
        groups = [np.flatnonzero(piece == number) for number in alone]
    else:
        lower, upper = rule.households
        label = terrain.cut(lower, upper).labels
        sums = np.bincount(label, terrain.weight)
        groups = [np.flatnonzero(label == group) for group in np.flatnonzero((sums >= lower) & (sums <= upper) & (sums > 0)).tolist()]
    for number, nodes in enumerate(groups, 1):
        takers.load[-number], takers.room[-number] = int(terrain.weight[nodes].sum()), (rule.households or (0, 2**30))[1]
        takers.of.update(dict.fromkeys(nodes.tolist(), -number))


def _join(terrain: Terrain, takers: Takers) -> None:
    """Give nodes, one by one, to who is beside them and has room; what was given may then be beside others."""
    near: dict[int, list[int]] = {}
    for a, b in terrain.edges.tolist():
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    for node, taker in list(takers.of.items()):
        _reach(node, taker, near, takers)
    while True:
        fits = [
            (bool(terrain.weight[node]) and takers.load[taker] >= takers.least, -round(metres, 3), node, taker)
            for (node, taker), metres in takers.beside.items()
            if node not in takers.of and takers.load[taker] + int(terrain.weight[node]) <= takers.room[taker]
        ]
        if not fits:
            return
        _, _, node, taker = min(fits)
        takers.of[node] = taker
        takers.load[taker] += int(terrain.weight[node])
        _reach(node, taker, near, takers)


def _reach(node: int, taker: int, near: dict[int, list[int]], takers: Takers) -> None:
    """Put the neighbours of a node beside its taker."""
    for other in near.get(node, []):
        takers.beside.setdefault((other, taker), 1.0)
