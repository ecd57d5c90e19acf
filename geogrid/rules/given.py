"""Polygons that were given for a level: a partition of the district on their own, and the same as the plan derives."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.catalogue import why
from geogrid.findings import Finding
from geogrid.plan import Plan
from geogrid.rules.layer import find_layer, in_order
from geogrid.rules.precision import tolerance_of
from geogrid.topology import areas_wider_than, to_plain

GRID_TOLERANCE_M = 0.005  # noding on the 1 mm grid moves a given border by a little more than the grid


DISTRICT = "district"


def outline_of(plan: Plan, given: Mapping[str, gpd.GeoDataFrame]) -> BaseGeometry | None:
    """Return the outline that given polygons should fill: the one that came, else the plan's; None where that was derived from them."""
    if DISTRICT in given:
        return shapely.union_all(shapely.make_valid(to_plain(given[DISTRICT].geometry.dropna().to_numpy())))
    return plan.base.district if plan.base.district_source == "given" else None


def find_given(plan: Plan, level: str, given: gpd.GeoDataFrame, outline: BaseGeometry | None) -> list[Finding]:
    """Check given polygons (column or index `code`, working CRS) against the outline, then against the plan's."""
    tolerance_m = tolerance_of(given.geometry)
    coded = given.set_index("code") if "code" in given.columns else given
    found = find_layer(coded, parent=outline, level=level, tolerance_m=tolerance_m)
    return found + find_differences(plan, level, coded, max(tolerance_m, GRID_TOLERANCE_M))


def find_differences(plan: Plan, level: str, given: gpd.GeoDataFrame, tolerance_m: float) -> list[Finding]:
    """Find units whose given polygon differs from the derived one by parts wider than the tolerance, or that the plan does not have."""
    units = plan.frame(level)
    derived = units[~units.index.duplicated(keep=False)]  # of several units with one code nobody knows which was meant
    known = given[given.index.isin(derived.index) & ~given.index.duplicated()]
    absent = given[~given.index.isin(units.index)]
    found = [Finding("parent_mismatch", level, (str(unit.Index),), unit.geometry, facts=why("not_in_plan")) for unit in absent.itertuples()]
    theirs = shapely.make_valid(to_plain(known.geometry.to_numpy()))
    # A code without atoms has no polygon: then all that was given differs.
    ours = derived.geometry.loc[known.index].to_numpy()
    ours = np.where(shapely.is_missing(ours), shapely.MultiPolygon(), ours)
    apart = areas_wider_than(shapely.symmetric_difference(theirs, to_plain(ours)), tolerance_m)
    for row in np.flatnonzero(~shapely.is_empty(apart)):
        area = float(shapely.area(apart[row]))
        facts = why("differs", area=f"{area:,.3g}" if area < 100 else f"{area:,.0f}")
        found.append(Finding("parent_mismatch", level, (str(known.index[row]),), apart[row], area_m2=area, facts=facts))
    return in_order(found)
