"""Proposals: edits that the kernel works out. Nothing is done by them; the caller looks at a preview and applies the edit, or not.

split_balanced    a unit in k parts of like size          -> Split
fill_unassigned   land that a level leaves out            -> Compose of Move and Create
repair_here       a unit out of bounds with neighbours    -> Compose of Move, Create and Retire
"""

from __future__ import annotations

import numpy as np

from geogrid.edit.edits import Edit, Split
from geogrid.edit.fill import fill_unassigned
from geogrid.edit.refusals import refused
from geogrid.edit.repair import repair_here
from geogrid.edit.state import State
from geogrid.edit.terrain import Terrain, survey

__all__ = ["fill_unassigned", "find_parts", "repair_here", "split_balanced"]

SPREADS = (0.05, 0.15, 0.3, 0.6, 1.0)
"""How far from the mean the parts of a balanced split may be, tried in turn: the first that the ground allows is as even as it gets."""


def split_balanced(state: State, unit: str, parts: int) -> Edit:
    """Return the edit that splits a unit (code) into balanced parts. Raises EditError, reason `no_parts`, where it has not so many pieces."""
    find_parts(state, state.unit(unit).id, parts)
    return Split(unit, parts=parts)


def find_parts(state: State, unit: int, parts: int) -> np.ndarray:
    """Return the part 0 … parts - 1 of each of a unit's atoms, int (n,), in order of `state.atoms_below`.

    The parts are connected where the unit is, as even as can be, and within the level's bounds where that can be; units below stay whole where
    there are enough of them. Raises EditError, reason `no_parts`, where the unit has fewer pieces than parts.
    """
    row = state.units[unit]
    positions = state.atoms_below(unit)
    bounds = state.scheme.level(row.level).households or (0, 2**30)
    found = None
    for below in (*range(1, len(state.scheme.levels) - state.depths[row.level]), 0):
        terrain = survey(state, positions, row.level, below=below)
        label = _evened(terrain, parts, bounds) if len(terrain.weight) >= parts else None
        if label is not None and (found is None or _is_within(terrain, label, bounds)):
            found = label[terrain.node]
            if _is_within(terrain, label, bounds):
                break
    if found is None:
        raise refused("no_parts", [row.code], parts=parts)
    return found


def _evened(terrain: Terrain, parts: int, bounds: tuple[int, int]) -> np.ndarray | None:
    """Return the most even division into so many parts that the kernel finds, labels of nodes; None where it finds none."""
    mean = terrain.weight.sum() / parts
    best: tuple[float, np.ndarray] | None = None
    for spread in SPREADS:
        lower, upper = max(1, int(np.ceil(mean * (1 - spread)))), max(1, int(mean * (1 + spread)))
        if bounds[0] <= mean <= bounds[1]:
            lower, upper = max(lower, bounds[0]), min(upper, bounds[1])
        done = terrain.cut(lower, max(lower, upper), count=parts)
        label = np.unique(done.labels, return_inverse=True)[1]
        if label.max(initial=-1) + 1 != parts:
            continue
        off = float(np.abs(np.bincount(label, terrain.weight) - mean).max())
        if best is None or off < best[0]:
            best = (off, label)
        if not done.exceptions:
            break
    return None if best is None else best[1]


def _is_within(terrain: Terrain, label: np.ndarray, bounds: tuple[int, int]) -> bool:
    weight = np.bincount(label, terrain.weight)
    return bool((weight >= bounds[0]).all() and (weight <= bounds[1]).all())
