"""Buildings seen from the side: which floors of which stairwell belong to which of the stacked units.

6 | 002  12 households
4 |
3 | 001  12 households
2 |---------------
1 | 003 7 | 004 8      a floor in parts: side by side
   1 单元
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from web import tables
from web.served import Served


@dataclass(frozen=True)
class Block:
    """Floors of one stairwell that belong to one unit, from `left` to `right` of its width (0 … 1). `hue` is 0–4: neighbours in the stack differ."""

    code: str
    floor_from: int
    floor_to: int
    households: int
    status: str
    hue: int
    left: float = 0.0
    right: float = 1.0


@dataclass(frozen=True)
class Stairwell:
    """One cell with its blocks from the ground up; `entrance` is 0 where the building has one cell for all its stairwells."""

    entrance: int
    households: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Building:
    """One building: `floors` is the highest, `out` the number of its units out of bounds."""

    id: str
    address: str
    low: int
    floors: int
    households: int
    out: int
    stairwells: tuple[Stairwell, ...]


def elevations(served: Served, level: str, code: str) -> list[Building]:
    """Return the buildings in the unit whose ground is shared by several units of the lowest level, those with most out of bounds first."""
    blocks = served.keep("blocks", lambda: _blocks(served))
    here = _cells_of(served, level, code)
    found = blocks[blocks["cell"].isin(here)]
    made = [_building(served, name, group) for name, group in found.groupby("building", sort=True)]
    return sorted(made, key=lambda b: (-b.out, -b.households, b.id))


def _cells_of(served: Served, level: str, code: str) -> np.ndarray:
    plan = served.project.plan()
    owner = served.keep(("owner", level), lambda: plan.owner(level))
    unit = served.project.units(level)["unit"].loc[code]
    return np.unique(plan.base.atoms["cell"].to_numpy()[owner == unit])


def _blocks(served: Served) -> pd.DataFrame:
    """Return one row a (cell, unit of the lowest level, run of floors, run of their parts) of every stacked cell."""
    plan, level = served.project.plan(), tables.levels(served)[-1]
    units = tables.unit_rows(served, level)
    atoms = plan.base.atoms.assign(unit=plan.owner(level))
    atoms = atoms[atoms["unit"].isin(units["unit"])]
    several = atoms.groupby("cell")["unit"].transform("nunique") > 1
    rows = _runs(atoms[several])
    cells = plan.base.cells[["building", "entrance"]]
    rows = rows.join(cells, on="cell")
    rows["building"] = rows["building"].where(rows["building"] != "", "cell " + rows["cell"].astype(str))
    by_unit = units.reset_index().set_index("unit").reindex(rows["unit"])
    return rows.assign(code=by_unit["code"].to_numpy(), status=by_unit["status"].to_numpy())


def _runs(atoms: pd.DataFrame) -> pd.DataFrame:
    """Unite atoms of one unit: neighbouring parts of a floor, then floors on top of one another whose parts begin and end alike."""
    atoms = atoms.sort_values(["cell", "floor_from", "part"], kind="stable")
    parts = atoms.groupby(["cell", "floor_from"])["part"].transform("size")
    atoms = atoms.assign(left=(atoms["part"] - 1) / parts, right=atoms["part"] / parts, high=atoms["floor_to"])
    along = (atoms[["cell", "unit", "floor_from"]].diff() != 0).any(axis=1).cumsum()
    sums = {"cell": "first", "unit": "first", "floor_from": "min", "high": "max", "left": "min", "right": "max", "households": "sum"}
    rows = atoms.groupby(along.to_numpy(), sort=True).agg(sums).rename(columns={"floor_from": "low"})
    rows["order"] = rows.groupby("cell")["unit"].transform(lambda units: pd.factorize(units)[0])
    rows = rows.sort_values(["cell", "left", "right", "low"], kind="stable")
    next_up = (rows["low"] - rows["high"].shift()).isin([1, 2]) & ((rows["low"] != rows["high"].shift() + 2) | (rows["low"] == 1))  # no floor 0
    fresh = (rows[["cell", "unit", "left", "right"]].diff() != 0).any(axis=1) | ~next_up
    sums = {"cell": "first", "unit": "first", "low": "min", "high": "max", "left": "first", "right": "first", "households": "sum", "order": "first"}
    return rows.groupby(fresh.cumsum().to_numpy(), sort=True).agg(sums)


def _building(served: Served, name: str, rows: pd.DataFrame) -> Building:
    stairwells = tuple(_stairwell(group) for _, group in rows.groupby(["entrance", "cell"], sort=True))
    out = rows.loc[rows["status"].isin(["above", "below"]), "code"].nunique()
    return Building(
        name, _addresses(served).get(name, ""), int(rows["low"].min()), int(rows["high"].max()), int(rows["households"].sum()), int(out), stairwells
    )


def _stairwell(rows: pd.DataFrame) -> Stairwell:
    blocks = tuple(
        Block(row.code, int(row.low), int(row.high), int(row.households), row.status, int(row.order) % 5, float(row.left), float(row.right))
        for row in rows.sort_values(["low", "left"]).itertuples()
    )
    return Stairwell(int(rows["entrance"].iloc[0]), int(rows["households"].sum()), blocks)


def _addresses(served: Served) -> dict[str, str]:
    return served.keep("addresses", lambda: _read_addresses(served))


def _read_addresses(served: Served) -> dict[str, str]:
    if "buildings" not in served.project.layers:
        return {}
    buildings = served.project.layer("buildings")
    if not {"id", "address"} <= set(buildings.columns):
        return {}
    return dict(zip(buildings["id"].astype(str), buildings["address"].fillna("").astype(str), strict=True))
