"""A unit that becomes several: Split along a line, or into balanced parts.

No cell is cut: a cell goes to the side of the line on which its people live. The line goes on straight beyond both its ends.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely
from pyproj import Transformer
from shapely.ops import polygonize

from geogrid.edit.edits import LonLats, Split
from geogrid.edit.making import Making, middle
from geogrid.edit.moving import give
from geogrid.edit.refusals import refused
from geogrid.edit.state import State, Unit


def split(making: Making, edit: Split) -> None:
    """Split a unit: its code retires, the parts are new units; units under it go to the part that has most of their households."""
    state = making.state
    unit = state.unit(edit.unit)
    positions = state.atoms_below(unit.id)
    if edit.line is not None:
        part = find_sides(state, unit, positions, edit.line)
    else:
        from geogrid.edit.propose import find_parts  # proposals apply edits themselves

        part = find_parts(state, unit.id, edit.parts or 2)
    parts = [positions[part == number] for number in range(int(part.max(initial=0)) + 1)]
    if len(parts) < 2 or not all(len(each) for each in parts):
        raise refused("no_parts", [unit.code], parts=edit.parts or 2)
    _divide(making, unit, parts)


def find_sides(state: State, unit: Unit, positions: np.ndarray, line: LonLats) -> np.ndarray:
    """Return 0 or 1 for each atom of a unit: the side of a line (degrees) on which its cell's people live.

    Raises EditError where the line leaves all on one side, parts the land other than in two, or the unit lies in one cell.
    """
    ground = state.ground
    cells, cell = np.unique(ground.cell[positions], return_inverse=True)
    if len(cells) == 1:
        raise refused("one_cell", [unit.code])
    places = ground.points[cells]
    faces = _halves(to_working(state, line), places)
    side = shapely.covers(faces[0], shapely.points(places)).astype(np.int64)
    if side.min() == side.max():
        raise refused("line_misses", [unit.code])
    return side[cell]


def to_working(state: State, line: LonLats) -> np.ndarray:
    """Return a line of degrees (WGS 84) in the working CRS, metres (n, 2)."""
    lon, lat = np.array(line, dtype=float).T
    return np.column_stack(_from_wgs84(state.ground.crs.to_wkt()).transform(lon, lat))


@lru_cache(maxsize=4)
def _from_wgs84(crs: str) -> Transformer:
    """Return the way from degrees to a CRS; making it costs far more than going it."""
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def _halves(xy: np.ndarray, places: np.ndarray) -> list[shapely.Polygon]:
    """Return the two sides of a line within a box round all places: it is drawn on straight to the edges of the box."""
    xy = xy[np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]]
    if len(xy) < 2 or not np.isfinite(xy).all():
        raise refused("line_unclear")
    low, high = np.vstack([xy, places]).min(axis=0) - 1.0, np.vstack([xy, places]).max(axis=0) + 1.0
    far_m = 2 * float(np.hypot(*(high - low)))
    ends = [xy[at] + (xy[at] - xy[beside]) * far_m / np.hypot(*(xy[at] - xy[beside])) for at, beside in ((0, 1), (-1, -2))]
    drawn = shapely.LineString(np.vstack([ends[0], xy, ends[1]]))
    if not drawn.is_simple:
        raise refused("line_unclear")
    box = shapely.box(*low, *high)
    faces = list(polygonize(shapely.get_parts(shapely.union_all([box.exterior, shapely.intersection(drawn, box)]))))
    if len(faces) != 2:
        raise refused("line_unclear")
    return faces


def _divide(making: Making, unit: Unit, parts: list[np.ndarray]) -> None:
    """Make new units of the parts of one that retires."""
    state = making.state
    middles = [middle(state.ground, part) for part in parts]
    made = making.create(unit.level, unit.parent, middles, names=[""] * len(parts), kind=unit.kind)
    for number, new in enumerate(sorted(made, key=lambda new: making.unit(new).code), 1):
        making.rename(new, f"{unit.name} {number}" if unit.name else "")
    owner = np.full(len(state.leaf), -1, dtype=np.int64)
    for number, part in enumerate(parts):
        owner[part] = number
    homes: list[list[int]] = [[] for _ in parts]
    stay = np.zeros(len(state.leaf), dtype=bool)
    for child in state.children(unit.id):
        atoms = state.atoms_below(child)
        home = _most(state, atoms, owner, len(parts)) if len(atoms) else 0
        homes[home].append(child)
        stay[atoms[owner[atoms] == home]] = True
    for new, part in zip(made, parts, strict=True):
        give(making, part[~stay[part]], new)
    for new, children in zip(made, homes, strict=True):
        making.put_under(children, new)
    making.retire(unit.id, made)


def _most(state: State, atoms: np.ndarray, owner: np.ndarray, parts: int) -> int:
    """Return the part that has most of some atoms' households, of equals the one with most atoms, then the first."""
    households = np.bincount(owner[atoms], state.ground.households[atoms], parts)
    count = np.bincount(owner[atoms], minlength=parts)
    return int(np.lexsort((np.arange(parts), -count, -households))[0])
