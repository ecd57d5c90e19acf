"""A border that is drawn anew: cells under the line are cut, and their pieces go to the units on their sides.

    part       twice: every crumb, to see who lies on which side (`sides`); then only the cells whose pieces go to different units
    homes      the people of a cell go with the piece that holds their entrance; where the line passes too near to it, the planner is asked
    new cells  get new numbers, at the end of the ground; the old ones stay there, absent from the plan, so that undo is exact
    give       what lies on another's side changes hands as in a Move

A neighbour that is not cut takes over the new vertex on its edge, so it is a new cell too, with the same people.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geogrid.edit.change import Change, replay
from geogrid.edit.cut import Cut, cut
from geogrid.edit.edits import Reshape
from geogrid.edit.making import Making
from geogrid.edit.moving import give
from geogrid.edit.pieces import Pieces, with_pieces
from geogrid.edit.refusals import refused
from geogrid.edit.sides import SEVERAL, find_targets
from geogrid.edit.splitting import to_working
from geogrid.edit.state import State, Unit

OTHER = -2
NEAR_HOME_M = 1.0
"""A line that passes an entrance so near does not say on which side its people live."""


@dataclass(frozen=True, eq=False)
class Land:
    """The cells that matter to a line: `rows` (r,) of the ground, ascending, with their `shapes`.

    `owner` (r,): number of the cell's unit among those named, SEVERAL where more than one stands on it, OTHER where none of them does.
    """

    rows: np.ndarray
    shapes: np.ndarray
    owner: np.ndarray


@dataclass(frozen=True, eq=False)
class Parted:
    """What the line does: the final cut of the land, the unit number `target` (p,) of each piece, and of each cell that stays whole, `whole` (r,)."""

    done: Cut
    target: np.ndarray
    whole: np.ndarray


def reshape(state: State, edit: Reshape) -> tuple[State, Change]:
    """Return the state on a ground that has the new cells, and what the edit changes in it.

    Raises EditError: `reshape_units`, `line_unclear`, `reshape_nothing`, `stacked_cell`, `cut_unsound`, `homes_unknown`, `asks_households` (fact
    `cells`: of each `cell building households lon lat units`).
    """
    units = _units(state, edit)
    line = shapely.LineString(to_working(state, edit.line))
    if not np.isfinite(shapely.get_coordinates(line)).all() or not line.is_simple:
        raise refused("line_unclear")
    land = _land(state, units, line)
    parted = _part(state, units, land, line)
    keeps = _homes(state, edit, units, land, parted)
    made = Pieces(land.rows[parted.done.of], parted.done.pieces, keeps, {int(land.rows[at]): shape for at, shape in parted.done.redrawn.items()})
    ground, recut = with_pieces(state, made)
    before = state.on(ground)
    between = replay(before, recut)
    making = Making(between)
    moved = parted.target != land.owner[parted.done.of]
    for number, unit in enumerate(units):
        new = len(state.ground.cells) + np.flatnonzero(moved & (parted.target == number))
        rows = np.concatenate([land.rows[(parted.whole == number) & (land.owner != number)], new])
        atoms = ground.atoms_in(np.array([made.renumbered(state.ground, row) for row in rows.tolist()], dtype=np.int64))
        if len(atoms):
            give(making, np.sort(atoms), unit.id)
    handed = making.change()
    total = Change.between(before, replay(between, handed))
    return before, Change(total.positions, total.before, total.after, total.units, handed.lineage, handed.lineage_back)


def _units(state: State, edit: Reshape) -> list[Unit]:
    units = list({unit.id: unit for unit in map(state.unit, edit.units)}.values())
    if len(units) < 2 or len({unit.level for unit in units}) > 1:
        raise refused("reshape_units", [unit.code for unit in units])
    return units


def _land(state: State, units: list[Unit], line: shapely.LineString) -> Land:
    """Return all cells of the units, and those of others that the line comes near to."""
    ground = state.ground
    mine = np.unique(np.concatenate([state.cells_of(unit.id) for unit in units]))
    force = state.cells_in_force
    west, south, east, north = shapely.bounds(line)
    box = shapely.bounds(ground.geometry[force])
    near = force[(box[:, 0] <= east + 1) & (box[:, 2] >= west - 1) & (box[:, 1] <= north + 1) & (box[:, 3] >= south - 1)]
    rows = np.union1d(mine, near)
    owner = np.full(len(rows), OTHER)
    number = {unit.id: i for i, unit in enumerate(units)}
    atoms = ground.atoms_in(mine)
    holders: dict[int, set[int]] = {}
    for row, unit in zip(ground.cell[atoms].tolist(), state.owners(atoms, units[0].level).tolist(), strict=True):
        holders.setdefault(row, set()).add(unit)
    owner[np.searchsorted(rows, mine)] = [number[min(holders[row])] if len(holders[row]) == 1 else SEVERAL for row in mine.tolist()]
    return Land(rows, ground.geometry[rows], owner)


def _part(state: State, units: list[Unit], land: Land, line: shapely.LineString) -> Parted:
    """Cut the land and say what goes to whom; raises EditError where nothing changes hands, or the cut is not exact."""
    mine = land.owner != OTHER
    crumbs = _cut(land, line, mine, 0.0)
    shared = crumbs.of[land.owner[crumbs.of] == SEVERAL]
    if len(shared):
        raise refused("stacked_cell", [unit.code for unit in units], cell=int(state.ground.cell_ids[land.rows[shared[0]]]))
    rest = np.setdiff1d(np.flatnonzero(mine), crumbs.of)
    cell = np.concatenate([crumbs.of, rest])
    shapes = np.array([*crumbs.pieces, *(crumbs.redrawn.get(at, land.shapes[at]) for at in rest.tolist())], dtype=object)
    target = find_targets(shapes, cell, land.owner[cell], crumbs.along)
    whole = land.owner.copy()
    for at in np.unique(cell[target != land.owner[cell]]).tolist():
        whole[at] = _most(shapes[cell == at], target[cell == at])
    torn = np.unique(cell[target != whole[cell]])
    done = _cut(land, line, np.isin(np.arange(len(mine)), torn))
    goes = _by_land(done, shapes, cell, target)
    torn = [at for at in np.unique(done.of).tolist() if len(set(goes[done.of == at].tolist())) > 1]
    done = _cut(land, line, np.isin(np.arange(len(mine)), torn))
    goes = _by_land(done, shapes, cell, target)
    kept = ~np.isin(np.arange(len(mine)), done.of)
    if not (whole[kept] != land.owner[kept]).any() and not (goes != land.owner[done.of]).any():
        ended = [int(state.ground.cell_ids[land.rows[at]]) for at in crumbs.ended]
        said = (f" (it ends in cell {ended[0]})", f"（线止于剖分单元 {ended[0]} 内）") if ended else ("", "")
        raise refused("reshape_nothing", [unit.code for unit in units], ended=said[0], ended_zh=said[1], cells=ended)
    return Parted(done, goes, np.where(kept, whole, land.owner))


def _cut(land: Land, line: shapely.LineString, chosen: np.ndarray, thin_m: float | None = None) -> Cut:
    done = cut(land.shapes, line, chosen) if thin_m is None else cut(land.shapes, line, chosen, thin_m=thin_m)
    if not done.is_sound:
        raise refused("cut_unsound")
    return done


def _most(shapes: np.ndarray, target: np.ndarray) -> int:
    """Return the target of most of some land."""
    names, at = np.unique(target, return_inverse=True)
    return int(names[np.argmax(np.bincount(at, shapely.area(shapes)))])


def _by_land(done: Cut, shapes: np.ndarray, cell: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the target of each piece of a cut: that of most of the crumbs it is made of."""
    goes = np.zeros(len(done.pieces), dtype=np.int64)
    for at, (piece, of) in enumerate(zip(done.pieces, done.of.tolist(), strict=True)):
        mine = cell == of
        goes[at] = _most(shapely.intersection(piece, shapes[mine]), target[mine])
    return goes


def _homes(state: State, edit: Reshape, units: list[Unit], land: Land, parted: Parted) -> np.ndarray:
    """Tell which piece of each cell keeps its people, or what stands there, bool (p,); raises EditError where that has to be asked."""
    ground, done = state.ground, parted.done
    said, codes = dict(edit.homes), [state.handle(unit.id) for unit in units]
    keeps = np.zeros(len(done.pieces), dtype=bool)
    asked: list[dict[str, object]] = []
    for at in np.unique(done.of).tolist():
        row, mine = int(land.rows[at]), np.flatnonzero(done.of == at)
        code = said.pop(int(ground.cell_ids[row]), None)
        if code is not None:
            fits = [piece for piece in mine.tolist() if units[parted.target[piece]].id == state.find(code)]
            if not fits:
                raise refused("homes_unknown", codes, cell=int(ground.cell_ids[row]), value=code)
            keeps[fits[0]] = True
            continue
        stands = ground.cells["kind"].iat[row] != "land"
        away = shapely.distance(done.pieces[mine], shapely.Point(ground.points[row])) if stands else np.arange(len(mine), dtype=float)
        households = int(ground.households[ground.atoms_of(row)].sum())
        if households and np.sort(away)[1] < NEAR_HOME_M:
            asked.append(_question(state, row, households, [codes[number] for number in sorted(set(parted.target[mine].tolist()))]))
        keeps[mine[int(np.argmin(away))]] = True
    if said:
        cell, code = sorted(said.items())[0]
        raise refused("homes_unknown", codes, cell=cell, value=code)
    if asked:
        ask = ", ".join(f'"{each["cell"]}": "{codes[0]}"' for each in asked[:3])
        raise refused("asks_households", codes, cells=asked, cells_n=len(asked), ask="{" + ask + "}")
    return keeps


def _question(state: State, row: int, households: int, codes: list[str]) -> dict[str, object]:
    """Return what has to be asked of a cell."""
    ground = state.ground
    place = gpd.GeoSeries([shapely.Point(ground.points[row])], crs=ground.crs).to_crs(4326).iloc[0]
    lon, lat = round(place.x, 7), round(place.y, 7)
    return {
        "cell": int(ground.cell_ids[row]), "building": str(ground.building[row]), "households": households, "lon": lon, "lat": lat, "units": codes,
    }  # fmt: skip
