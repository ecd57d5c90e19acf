"""Polygons that were given for a level: a partition of the district on their own, and the same as the plan derives."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.catalogue import why
from geogrid.catalogue.amounts import few, figure
from geogrid.findings import Finding
from geogrid.plan import Plan
from geogrid.rules.layer import find_layer, in_order
from geogrid.rules.precision import tolerance_of
from geogrid.topology import TOLERANCE_M, areas_wider_than, to_plain

DRAWING_M = 0.005
"""Two drawings of one border rarely agree better: what differs by less is told as a warning."""
HAIR_M = 0.1
"""Air between walls of less than this melts into one of the cells beside it."""
DISTRICT = "district"


def outline_of(plan: Plan, given: Mapping[str, gpd.GeoDataFrame]) -> BaseGeometry | None:
    """Return the outline that given polygons should fill: the one that came, else the plan's; None where that was derived from them."""
    if DISTRICT in given:
        return shapely.union_all(shapely.make_valid(to_plain(given[DISTRICT].geometry.dropna().to_numpy())))
    return plan.base.district if plan.base.district_source == "given" else None


def find_given(
    plan: Plan,
    level: str,
    given: gpd.GeoDataFrame,
    outline: BaseGeometry | None,
    *,
    by_codes: bool = False,
    buildings: gpd.GeoDataFrame | None = None,
) -> list[Finding]:
    """Check given polygons (column or index `code`, working CRS) against the outline, then against the plan's.

    `by_codes`: the plan's come of the polygons of a level below. `buildings` (`id`): what borders may go round, where the level keeps them whole.
    """
    tolerance_m = tolerance_of(given.geometry)
    coded = given.set_index("code") if "code" in given.columns else given
    found = find_layer(coded, parent=outline, level=level, tolerance_m=tolerance_m)
    return (
        found
        + find_differences(plan, level, coded, max(tolerance_m, DRAWING_M), by_codes=by_codes, buildings=buildings)
        + find_unknown(plan, level, coded)
    )


def find_unknown(plan: Plan, level: str, given: gpd.GeoDataFrame) -> list[Finding]:
    """Find codes that units below name as their parent, of which no polygon was given at this level."""
    units = plan.units[plan.units["level"] == level]
    unknown = units[~units["code"].isin(given.index)]
    named = [one.id for one in plan.scheme.levels if one.make == "given"]
    children = plan.units[plan.units["parent"].isin(unknown.index) & plan.units["level"].isin(named)].groupby("parent")
    shapes, found = plan.frame(level).set_index("unit").geometry, []
    for unit, below in children:
        names, facts = tuple(sorted(below["code"].astype(str))), {"parent": unknown.loc[unit, "code"]}
        found.append(Finding("parent_missing", below["level"].iloc[0], names, shapes[unit], facts=facts))
    return in_order(found)


def find_differences(
    plan: Plan, level: str, given: gpd.GeoDataFrame, tolerance_m: float, *, by_codes: bool = False, buildings: gpd.GeoDataFrame | None = None
) -> list[Finding]:
    """Find units whose given polygon differs from the derived one, or that the plan does not have; say of each what made the difference.

    Cells follow given borders, so that anything wider than TOLERANCE_M is a difference in the data; one narrower than `tolerance_m` is a warning.
    """
    units = plan.frame(level)
    derived = units[~units.index.duplicated(keep=False)]  # of several units with one code nobody knows which was meant
    known = given[given.index.isin(derived.index) & ~given.index.duplicated()]
    absent = given[~given.index.isin(units.index)]
    found = [Finding("parent_mismatch", level, (str(unit.Index),), unit.geometry, facts=why("not_in_plan")) for unit in absent.itertuples()]
    theirs = shapely.make_valid(to_plain(known.geometry.to_numpy()))
    ours = to_plain(derived.geometry.loc[known.index].to_numpy())
    empty = shapely.is_missing(ours)
    for row in np.flatnonzero(empty):
        area = float(shapely.area(theirs[row]))
        found.append(Finding("parent_mismatch", level, (str(known.index[row]),), theirs[row], area_m2=area, facts=why("no_cell", area=figure(area))))
    ours = np.where(empty, theirs, ours)
    apart = areas_wider_than(_apart(theirs, ours), TOLERANCE_M)
    rows = np.flatnonzero(~shapely.is_empty(apart))
    around = buildings if plan.scheme.level(level).keep_buildings_whole else None
    shares = _shares(plan, level, apart[rows], rows, theirs, known.index.to_numpy(dtype=object), around) if len(rows) else []
    for row, said, other, part in shares:
        key = "differs" if by_codes and said != "differs_building" else said
        area = float(shapely.area(part))
        is_meant = key == "differs_building" or shapely.is_empty(areas_wider_than(np.array([part], dtype=object), tolerance_m))[0]
        facts = why(key, area=figure(area), other=other, building=other)
        found.append(
            Finding("parent_mismatch", level, (str(known.index[row]),), part, area_m2=area, severity="warning" if is_meant else "", facts=facts)
        )
    return in_order(found)


def _apart(theirs: np.ndarray, ours: np.ndarray) -> np.ndarray:
    """Return what one has and the other has not, (n,); of shapes with the same vertices nothing, without an overlay."""
    out = np.full(len(theirs), shapely.Polygon(), dtype=object)
    other = ~shapely.equals_exact(shapely.normalize(theirs), shapely.normalize(ours))
    out[other] = shapely.symmetric_difference(theirs[other], ours[other])
    return out


def _shares(
    plan: Plan,
    level: str,
    apart: np.ndarray,
    rows: np.ndarray,
    theirs: np.ndarray,
    codes: np.ndarray,
    buildings: gpd.GeoDataFrame | None,
) -> list[tuple[int, str, str, BaseGeometry]]:
    """Divide differences by what made them: the row of the unit, the key of `WHY`, who has it now (a code, or buildings), and where."""
    part, of = shapely.get_parts(apart, return_index=True)
    row, inner = rows[of], shapely.point_on_surface(part)
    point, claim = shapely.STRtree(theirs).query(inner, predicate="intersects")
    mine = np.zeros(len(part), dtype=bool)
    mine[point[claim == row[point]]] = True
    others = np.bincount(point[claim != row[point]], minlength=len(part)) > 0
    building = _buildings_under(part, buildings)
    whole = np.array([bool(names) for names in building])
    key = np.select([whole, mine & others, ~mine & ~others], ["differs_building", "differs_overlap", "differs_gap"], "differs")
    holder = _holders(plan, level, inner)
    other = [building[i] if whole[i] else {holder[i]} for i in range(len(part))]
    out = []
    for (at, name), group in pd.Series(np.arange(len(part))).groupby([row, key], sort=True):
        names = sorted(set().union(*(other[i] for i in group)) - {"", str(codes[at])})
        out.append((int(at), str(name), few(names), shapely.multipolygons(part[group])))
    return out


def _holders(plan: Plan, level: str, points: np.ndarray) -> np.ndarray:
    """Return the code of the unit that has each point now, "" for none."""
    first = np.full(len(plan.base.cells), -1)
    first[plan.base.cell_position[::-1]] = np.arange(len(plan.base.atoms))[::-1]
    row, hit = shapely.STRtree(points).query(plan.base.cells.geometry.to_numpy(), predicate="intersects")
    atom = np.full(len(points), -1)
    atom[hit[::-1]] = first[row[::-1]]
    codes = plan.units["code"].reindex(plan.owner(level)).fillna("").astype(str).to_numpy(dtype=object)
    return np.append(codes, "")[atom]


def _buildings_under(parts: np.ndarray, buildings: gpd.GeoDataFrame | None) -> list[set[str]]:
    """Return the ids of the buildings that each part consists of, but for a hair; none where it is anything else."""
    out: list[set[str]] = [set() for _ in parts]
    if buildings is None or not len(buildings):
        return out
    footprints, names = shapely.make_valid(buildings.geometry.to_numpy()), buildings["id"].astype(str).to_numpy()
    part, row = shapely.STRtree(footprints).query(parts, predicate="intersects")
    for i, group in pd.Series(row).groupby(part):
        rest = shapely.difference(parts[i], shapely.union_all(footprints[group]))
        if shapely.is_empty(areas_wider_than(np.array([rest], dtype=object), HAIR_M))[0]:
            out[int(i)] = set(names[group[shapely.area(shapely.intersection(parts[i], footprints[group])) > 0]])
    return out
