"""Buildings that a given border cuts: which side their households go to, and how the border goes round those that are kept whole.

    +---------|----+   entrances on one side  -> all households go there ("entrance")
    |      e  |    |   entrances on both      -> the households of each go with it ("entrances")
    +---------|----+   none that says it      -> the side with the larger part ("larger")

A side is a given unit, or the land of no unit (NONE). What is thinner than CUT_M is no part: walls and borders are not drawn so well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from geogrid.topology import areas_wider_than

NONE = -1
CUT_M = 0.1
ENTRANCE, ENTRANCES, LARGER = "entrance", "entrances", "larger"


@dataclass(frozen=True, eq=False)
class Cut:
    """A building (row) that borders cut: `units` (rows of given polygons, or NONE) and the `parts` in each; `side`: where it is counted.

    `rule` says what decided: ENTRANCE, ENTRANCES (then `side` has the larger part) or LARGER.
    """

    building: int
    units: tuple[int, ...]
    parts: tuple[BaseGeometry, ...]
    side: int
    rule: str


@dataclass(frozen=True, eq=False)
class Sides:
    """The enclosure that each building (n,) and each entrance (k,) belongs to, -1 outside all, and the buildings that borders cut."""

    home: np.ndarray
    entrance_home: np.ndarray
    cuts: tuple[Cut, ...]


def find_sides(enclosures: np.ndarray, unit: np.ndarray, shapes: np.ndarray, home: np.ndarray, entrance_xy: np.ndarray, of: np.ndarray) -> Sides:
    """Find the side of every building. `enclosures` (e,) with the given unit of each (`unit` int (e,), NONE for none), metres.

    `shapes` (n,): valid footprints, with the enclosure of the larger part of each (`home` int (n,)); `entrance_xy` (k, 2) of the buildings `of` (k,).
    """
    parts = _parts(enclosures, unit, shapes)
    home, entrance_home = home.copy(), home[of] if len(of) else np.zeros(0, dtype=np.int64)
    entrances = _entrance_places(enclosures, entrance_xy, of, parts)
    cuts = []
    for building, held in parts.groupby("building", sort=True):
        pieces = held.groupby("unit", sort=True)
        units = np.array(list(pieces.groups), dtype=np.int64)
        whole = np.array([shapely.union_all(group["part"].to_numpy()) for _, group in pieces], dtype=object)
        wide = ~shapely.is_empty(areas_wider_than(whole, CUT_M))
        if wide.sum() < 2:
            continue
        units, whole = units[wide], whole[wide]
        doors = entrances.get(int(building), [])
        doors = [(k, e) for k, e in doors if unit[e] in units]
        larger = int(units[np.argmax(np.round(shapely.area(whole), 6))])
        known = sorted({int(unit[e]) for _, e in doors})
        side, rule = (known[0], ENTRANCE) if len(known) == 1 else (larger, ENTRANCES if known else LARGER)
        home[building] = _largest(held, side)
        for k in np.flatnonzero(of == building):
            entrance_home[k] = home[building]
        for k, e in doors:
            entrance_home[k] = e if e in held["enclosure"].to_numpy() else _largest(held, int(unit[e]))
        cuts.append(Cut(int(building), tuple(units.tolist()), tuple(whole), side, rule))
    return Sides(home, entrance_home, tuple(cuts))


def _parts(enclosures: np.ndarray, unit: np.ndarray, shapes: np.ndarray) -> pd.DataFrame:
    """Return the parts of buildings that lie in several units: building, enclosure, unit, area, part."""
    tree = shapely.STRtree(shapes)
    inside = np.zeros(len(shapes), dtype=bool)
    inside[tree.query(enclosures, predicate="contains")[1]] = True
    enclosure, building = tree.query(enclosures, predicate="intersects")
    crossing = ~inside[building]
    frame = pd.DataFrame({"building": building[crossing], "enclosure": enclosure[crossing]})
    frame["unit"] = unit[frame["enclosure"]]
    frame = frame[frame.groupby("building")["unit"].transform("nunique") > 1]
    frame = frame.assign(part=shapely.intersection(shapes[frame["building"]], enclosures[frame["enclosure"]]))
    frame = frame.assign(area=shapely.area(frame["part"].to_numpy(dtype=object)))
    return frame[frame["area"] > 0].sort_values(["building", "enclosure"])


def _entrance_places(enclosures: np.ndarray, xy: np.ndarray, of: np.ndarray, parts: pd.DataFrame) -> dict[int, list[tuple[int, int]]]:
    """Return for each building that borders may cut its entrances and the one enclosure that each stands in; what stands on a line says nothing."""
    rows = np.flatnonzero(np.isin(of, parts["building"].unique()))
    point, enclosure = shapely.STRtree(enclosures).query(shapely.points(xy[rows]), predicate="intersects")
    alone = np.bincount(point, minlength=len(rows))[point] == 1
    out: dict[int, list[tuple[int, int]]] = {}
    for k, e in sorted(zip(rows[point[alone]].tolist(), enclosure[alone].tolist(), strict=True)):
        out.setdefault(int(of[k]), []).append((k, e))
    return out


def _largest(held: pd.DataFrame, unit: int) -> int:
    """Return the enclosure of a unit with the largest part of a building."""
    mine = held[held["unit"] == unit]
    return int(mine["enclosure"].to_numpy()[np.argmax(np.round(mine["area"].to_numpy(), 6))])


def sides_of_whole(cuts: Sequence[Cut], doors: pd.DataFrame) -> list[int]:
    """Return the one side that each building kept whole goes to: with entrances on both sides that of most households, else where it is counted.

    Buildings that overlap go together, with the largest of them. `doors`: `building`, `unit` and `households` of entrances.
    """
    own = [_side_of_most(cut, doors[doors["building"] == cut.building]) for cut in cuts]
    shapes = np.array([shapely.union_all(cut.parts) for cut in cuts], dtype=object)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    overlap = ~shapely.is_empty(areas_wider_than(shapely.intersection(shapes[a], shapes[b]), CUT_M))
    links = coo_array((np.ones(overlap.sum()), (a[overlap], b[overlap])), shape=(len(cuts), len(cuts)))
    group = connected_components(links, directed=False)[1]
    order = np.lexsort((np.arange(len(cuts)), -np.round(shapely.area(shapes), 3), group))
    first = order[np.unique(group[order], return_index=True)[1]]
    return [own[first[g]] for g in group]


def _side_of_most(cut: Cut, doors: pd.DataFrame) -> int:
    total = doors[doors["unit"].isin(cut.units)].groupby("unit")["households"].sum()
    if cut.rule != ENTRANCES or not total.any():
        return cut.side
    return max(sorted(total.index), key=lambda unit: (total[unit], unit == cut.side))


def round_buildings(polygons: np.ndarray, cuts: Sequence[Cut], side: Sequence[int]) -> np.ndarray:
    """Return given polygons with their borders led round buildings: each goes wholly to its `side`; of overlapping ones the first comes first."""
    out = polygons.copy()
    claimed: list[BaseGeometry] = []
    gains: dict[int, list[BaseGeometry]] = {}
    losses: dict[int, list[BaseGeometry]] = {}
    for cut, to in zip(cuts, side, strict=True):
        footprint = shapely.union_all(cut.parts)
        before = shapely.STRtree(claimed).query(footprint, predicate="intersects") if claimed else []
        claimed.append(footprint)
        own = shapely.difference(footprint, shapely.union_all([claimed[i] for i in before])) if len(before) else footprint
        for unit in {*cut.units, to}:
            (gains if unit == to else losses).setdefault(unit, []).append(own)
    for unit in sorted({*gains, *losses} - {NONE}):
        kept = shapely.difference(shapely.make_valid(out[unit]), shapely.union_all(losses.get(unit, [])))
        out[unit] = shapely.union_all([kept, *gains.get(unit, [])])
    return out
