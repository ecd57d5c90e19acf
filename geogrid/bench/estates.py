"""Estates to measure on: compounds of slabs and towers, an atom per floor of an entrance, lobbies and shops without households at the ground.

    slab    6 storeys x 2-4 entrances x 2 flats; every fourth has shops at the ground
    tower   a lobby and 18-33 storeys of 4 flats (sometimes 3 or 6), one entrance

A compound is one grid of some 300 to 500 households: buildings in rows, who faces whom decides the ground edges. Most compounds have slabs
or floors of three or six among their towers; one in ALL_FOURS_EVERY has floors of four only, and twelve being the one multiple of four in
10 … 15, no division helps where their number is no multiple of three.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geogrid.bench.rows import along, in_rows

COMPOUND_M = 600.0
SMALLEST, SPREAD = 300, 150
ALL_FOURS_EVERY = 40
FLOOR_M = 3.0
SLAB, TOWER = 0, 1
STEP_M = (15.0, 26.0)  # width of an entrance of a slab, of a tower
GAP_M = (12.0, 24.0)  # between two buildings of a row
ROW_M = 42.0
ROW_LENGTH_M = 220.0


@dataclass(frozen=True, eq=False)
class Estates:
    """Atoms: weights (n,), xyz (n, 3) m, compound, building, entrance (n,); edges (m, 2) and their kind: 0 ground, 1 same floor, 2 vertical."""

    weights: np.ndarray
    xyz: np.ndarray
    compound: np.ndarray
    building: np.ndarray
    entrance: np.ndarray
    edges: np.ndarray
    edge_kind: np.ndarray


@dataclass(frozen=True)
class Building:
    """`kind` SLAB or TOWER, `flats` on each of `storeys` floors of each of `entrances`; `bare`: the ground floor has none (shops, a lobby)."""

    compound: int
    kind: int
    entrances: int
    storeys: int
    flats: int
    bare: bool

    @property
    def floors(self) -> int:
        """Floors with atoms: a tower's lobby comes on top of its storeys."""
        return self.storeys + (self.kind == TOWER)

    @property
    def households(self) -> int:
        """Households of the whole building."""
        return self.entrances * self.flats * (self.floors - self.bare)


def estates(households: int, seed: int = 0) -> Estates:
    """Return compounds of so many households, or a few more: the last building is whole."""
    rng = np.random.default_rng([seed, 2])
    site: list[Building] = []
    built = 0
    while built < households:
        some = _compound(site[-1].compound + 1 if site else 0, min(households - built, SMALLEST + int(rng.integers(SPREAD))), rng)
        site += some
        built += sum(b.households for b in some)
    return _atoms(site, rng)


def _compound(number: int, least: int, rng: np.random.Generator) -> list[Building]:
    """Return buildings until there are `least` households: slabs, towers, or both."""
    all_fours = number % ALL_FOURS_EVERY == ALL_FOURS_EVERY - 1
    tower_share = 1.0 if all_fours else float(rng.choice([0.0, 0.2, 0.4, 0.6]))
    out: list[Building] = []
    while sum(b.households for b in out) < least:
        if rng.random() < tower_share:
            flats = 4 if all_fours else int(rng.choice([4, 4, 4, 3, 6]))
            out.append(Building(number, TOWER, 1, int(rng.integers(18, 34)), flats, True))
        else:
            out.append(Building(number, SLAB, int(rng.integers(2, 5)), 6, 2, bool(rng.random() < 0.25)))
    if not all_fours and all(b.flats == 4 for b in out):
        out.append(Building(number, SLAB, 2, 6, 2, False))
    return out


def _atoms(site: list[Building], rng: np.random.Generator) -> Estates:
    table = np.array([(b.compound, b.kind, b.entrances, b.floors, b.flats, b.bare) for b in site]).T
    compound, kind, entrances, floors, flats, bare = table
    building = np.repeat(np.arange(len(site)), entrances)  # of each entrance, like all up to `entrance`
    block, row, x0, x1, y = _rows(compound, kind, entrances, building, rng)
    order = np.lexsort((x0, row, block))
    side, face = in_rows(block[order], row[order], x0[order], x1[order])
    near = order[np.concatenate([side, face])]
    inside = building[near[:, 0]] == building[near[:, 1]]
    height = floors[building]
    first = np.cumsum(height) - height
    entrance = np.repeat(np.arange(len(building)), height)
    floor = np.arange(len(entrance)) - first[entrance]
    of = building[entrance]
    weights = np.where((floor == 0) & (bare[of] == 1), 0, flats[of])
    edges, edge_kind = _edges(first, height, floor, near, inside)
    xyz = np.column_stack([(x0 + x1)[entrance] / 2 + _east(compound)[of], y[entrance] + _north(compound)[of], floor * FLOOR_M])
    return Estates(weights, np.round(xyz, 3), compound[of], of, entrance, edges, edge_kind)


def _rows(compound: np.ndarray, kind: np.ndarray, entrances: np.ndarray, building: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return block, row, x0, x1 and y of each entrance: buildings side by side until a row is full."""
    step, gap = np.array(STEP_M)[kind], np.array(GAP_M)[kind]
    start = along(np.r_[True, compound[1:] != compound[:-1]], entrances * step + gap)
    row = (start // ROW_LENGTH_M).astype(np.int64)
    new_row = np.r_[True, (compound[1:] != compound[:-1]) | (row[1:] != row[:-1])]
    start = along(new_row, entrances * step + gap)
    which = np.arange(len(building)) - np.searchsorted(building, building)
    x0 = start[building] + which * step[building]
    y = row * ROW_M + rng.normal(0.0, 2.0, len(row))
    return compound[building], row[building], x0, x0 + step[building], y[building]


def _edges(first: np.ndarray, height: np.ndarray, floor: np.ndarray, near: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (edges, kinds): floor on floor, neighbouring entrances of a building on every floor, buildings at the ground."""
    up = np.flatnonzero(floor > 0)
    a, b = near[inside].T
    both = np.minimum(height[a], height[b])
    step = np.arange(both.sum()) - np.repeat(np.cumsum(both) - both, both)
    level = np.column_stack([np.repeat(first[a], both) + step, np.repeat(first[b], both) + step])
    ground = first[near[~inside]]
    edges = np.concatenate([np.column_stack([up - 1, up]), level, ground])
    return edges, np.repeat([2, 1, 0], [len(up), len(level), len(ground)])


def _east(compound: np.ndarray) -> np.ndarray:
    return compound % int(np.ceil(np.sqrt(compound.max() + 1))) * COMPOUND_M


def _north(compound: np.ndarray) -> np.ndarray:
    return compound // int(np.ceil(np.sqrt(compound.max() + 1))) * COMPOUND_M
