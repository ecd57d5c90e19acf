"""A unit with homes on both sides of a main road, rail or water is found, with place, length and reason; others are not."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geogrid.rules.crossings import find_crossings, is_drawn
from tests.tiny import tiny_contents

NOTHING = np.zeros(0, dtype=object)


def middle(plan) -> tuple[shapely.Geometry, str]:
    """Return a line through the grid of most homes with homes on both sides, and the grid's code."""
    frame = plan.frame("grid")
    code = frame["households"].idxmax()
    mine = plan.owner("grid") == frame.at[code, "unit"]
    homes = mine & (plan.base.atoms["households"].to_numpy() > 0)
    cells = plan.base.cells.geometry.to_numpy()[np.unique(plan.base.cell_position[homes])]
    at = shapely.get_x(shapely.centroid(cells))
    x = float(np.sort(at)[[0, -1]].mean())
    _, south, _, north = frame.total_bounds
    return shapely.LineString([(x, south - 50), (x, north + 50)]), str(code)


def test_a_main_road_through_the_homes_of_a_grid_is_found_and_one_along_its_border_is_not():
    plan = tiny_contents().plan
    line, code = middle(plan)
    found = find_crossings(plan, "grid", {"main": np.array([line])})
    hit = {f.units[0]: f for f in found}
    assert code in hit
    shape = plan.frame("grid").geometry[code]
    assert 20 < hit[code].length_m <= line.intersection(shape).length
    assert hit[code].geometry.within(shape)
    assert hit[code].severity == "warning"
    assert "main road" in hit[code].facts["barrier"]
    border = np.array([shapely.boundary(shape)])
    assert find_crossings(plan, "grid", {"rail": border}) == []


def test_a_reason_of_the_unit_stands_in_the_finding():
    plan = tiny_contents().plan
    line, code = middle(plan)
    units = plan.units.assign(reason=np.where(plan.units["code"] == code, "across_main_road", plan.units["reason"]))
    [found] = [f for f in find_crossings(replace(plan, units=units, _derived={}), "grid", {"main": np.array([line])}) if f.units == (code,)]
    assert "takes in both sides" in found.facts["reason"]


@pytest.mark.parametrize("barriers", [{}, {"main": NOTHING}, {"water": np.array([shapely.box(-900, -900, -800, -800)], dtype=object)}])
def test_no_barrier_or_one_elsewhere_is_no_crossing(barriers):
    assert find_crossings(tiny_contents().plan, "grid", barriers) == []


def test_levels_above_ours_are_not_held_against_roads():
    plan = tiny_contents().plan
    drawn = {level.id for level in plan.scheme.levels if is_drawn(plan, level)}
    assert drawn
    assert drawn.isdisjoint({"street", "community"} if len(plan.scheme.levels) > 2 else set())
