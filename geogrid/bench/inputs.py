"""Inputs of the kernel to measure on, up to any size: villages, estates and both; seeded, to the millimetre.

    village   houses of one to three households in rows along lanes (`geogrid.bench.hamlets`)
    estate    slabs and towers, an atom per floor and entrance (`geogrid.bench.estates`)
    mixture   half the households in each

What no division can help (hamlets cut off with few households; compounds of floors of four only) is there on purpose, in under 0.2 % of the groups.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geogrid.bench.estates import estates
from geogrid.bench.hamlets import TILE_M, houses

LOWER, UPPER = 10, 15
GROUND, SAME_FLOOR, VERTICAL = 0, 1, 2


@dataclass(frozen=True, eq=False)
class KernelInput:
    """A graph as `geogrid.partition.partition` takes it: weights (n,), edges (m, 2), xyz (n, 3) m, edge_kind (m,), within (n,).

    `entrance`, `building` (n,): which one an atom belongs to, for what is counted afterwards; the kernel does not get them.
    """

    weights: np.ndarray
    edges: np.ndarray
    xyz: np.ndarray
    edge_kind: np.ndarray
    within: np.ndarray
    entrance: np.ndarray
    building: np.ndarray

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `partition`, bounds included."""
        names = ("weights", "edges", "xyz", "edge_kind", "within")
        return {name: getattr(self, name) for name in names} | {"lower": LOWER, "upper": UPPER}

    def take(self, rows: np.ndarray) -> KernelInput:
        """Return the atoms of `rows` (distinct), in that order, with the edges among them."""
        at = np.full(len(self.weights), -1)
        at[rows] = np.arange(len(rows))
        inside = (at[self.edges] >= 0).all(axis=1)
        atoms = (self.weights[rows], at[self.edges[inside]], self.xyz[rows], self.edge_kind[inside], self.within[rows])
        return KernelInput(*atoms, self.entrance[rows], self.building[rows])

    def only(self, parent: int) -> KernelInput:
        """Return one grid alone."""
        return self.take(np.flatnonzero(self.within == parent))


def village(households: int, seed: int = 0) -> KernelInput:
    """Return villages of exactly so many households; one atom per house."""
    town = houses(households, seed)
    xyz, number = np.column_stack([town.centre, np.zeros(len(town.tile))]), np.arange(len(town.tile))
    return KernelInput(town.households, town.near, xyz, np.full(len(town.near), GROUND), town.tile, number, number)


def estate(households: int, seed: int = 0) -> KernelInput:
    """Return estates of so many households or a few more (the last building is whole); one atom per floor of an entrance."""
    site = estates(households, seed)
    return KernelInput(site.weights, site.edges, site.xyz, site.edge_kind, site.compound, site.entrance, site.building)


def mixture(households: int, seed: int = 0) -> KernelInput:
    """Return villages with half of the households, and estates beside them."""
    return joined(village(households // 2, seed), estate(households - households // 2, seed))


def joined(west: KernelInput, east: KernelInput) -> KernelInput:
    """Return both in one input, the second east of the first, numbered on."""
    n = len(west.weights)
    move = np.array([west.xyz[:, 0].max(initial=0.0) + TILE_M, 0.0, 0.0])
    follow = {name: getattr(east, name) + getattr(west, name).max(initial=-1) + 1 for name in ("within", "entrance", "building")}
    moved = asdict(east) | follow | {"edges": east.edges + n, "xyz": east.xyz + move}
    return KernelInput(**{name: np.concatenate([getattr(west, name), moved[name]]) for name in moved})


KINDS = {"village": village, "estate": estate, "mixture": mixture}


def save(graph: KernelInput, path: Path) -> None:
    """Write an input as .npz, so that every program measured reads the same one."""
    np.savez(path, **asdict(graph))


def load(path: Path) -> KernelInput:
    """Read what `save` wrote."""
    with np.load(path) as data:
        return KernelInput(**{name: data[name] for name in KernelInput.__dataclass_fields__})
