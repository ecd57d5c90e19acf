"""From a place and a floor to one unit of every level."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geogrid import sites
from geogrid.errors import InputError
from geogrid.store.locate import Locator
from tests.tiny import CRS, EAST, LEVELS, SIDE, WEST, X0, Y0, tiny_plan

PLAN = tiny_plan()
LOCATOR = Locator(PLAN)
TO_DEGREES = Transformer.from_crs(CRS, 4326, always_xy=True)


def ask(x_m: float, y_m: float, floor: int | None = None) -> dict:
    return LOCATOR.locate(*TO_DEGREES.transform(X0 + x_m, Y0 + y_m), floor)


def test_a_place_has_the_unit_of_every_level():
    answer = ask(125, 75)
    assert answer["units"] == {"community": EAST, "grid": EAST + "002", "microgrid": EAST + "002001"}
    assert (answer["stack"], answer["responsible"], answer["floor"]) == ([], [], None)
    assert list(answer) == ["lon", "lat", "floor", "units", "stack", "responsible"]


@pytest.mark.parametrize(("floor", "digits"), [(None, "001001"), (1, "001001"), (3, "001001"), (4, "001002"), (6, "001002")])
def test_a_tower_answers_by_floor_and_lists_its_stack(floor, digits):
    answer = ask(25, 175, floor)
    assert answer["units"] == {"community": WEST, "grid": WEST + "001", "microgrid": WEST + digits}
    assert answer["stack"] == [
        {"floor_from": 1, "floor_to": 3, "code": WEST + "001001"},
        {"floor_from": 4, "floor_to": 6, "code": WEST + "001002"},
    ]


def test_a_floor_that_the_tower_does_not_have_gives_what_its_floors_share():
    assert ask(25, 175, 30)["units"] == {"community": WEST, "grid": WEST + "001", "microgrid": None}
    assert ask(75, 175, 30)["units"]["microgrid"] == WEST + "001003"


def test_outside_there_is_no_unit():
    assert ask(-10, 50)["units"] == dict.fromkeys(LEVELS)


def test_where_no_unit_holds_the_land_there_is_none_below_the_leaf():
    leaf = np.where(np.isin(PLAN.leaf, PLAN.units.index[PLAN.units["level"] == "microgrid"]), 3, PLAN.leaf)
    stopped = Locator(dataclasses.replace(PLAN, leaf=leaf))
    assert stopped.locate(*TO_DEGREES.transform(X0 + 25, Y0 + 175))["units"] == {"community": WEST, "grid": WEST + "001", "microgrid": None}


def test_a_corner_of_four_units_belongs_to_the_lowest_codes():
    class Stay:
        def transform(self, x: float, y: float) -> tuple[float, float]:
            return X0 + x, Y0 + y

    exact = Locator(PLAN)
    exact._to_working = Stay()
    assert exact.locate(100, 100 - 10)["units"]["grid"] == WEST + "002"
    assert exact.locate(100, 90)["units"]["community"] == WEST
    joined = sites.join(gpd.GeoDataFrame({"id": ["p"]}, geometry=[shapely.Point(X0 + 100, Y0 + 90)], crs=CRS), PLAN)
    assert joined.loc[0, list(LEVELS)].to_dict() == exact.locate(100, 90)["units"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-1, 5), st.floats(-1, 5), st.sampled_from([np.nan, 1, 4])), min_size=1, max_size=20))
def test_a_joined_point_and_a_located_one_have_the_same_units(places):
    frame = pd.DataFrame(places, columns=["x", "y", "floor"])
    points = gpd.GeoDataFrame(frame, geometry=shapely.points(X0 + frame["x"] * SIDE, Y0 + frame["y"] * SIDE), crs=CRS)
    joined = sites.join(points, PLAN)
    for row in joined.itertuples():
        inside = shapely.distance(shapely.union_all(PLAN.base.cells.boundary.to_numpy()), row.geometry) > 1e-4
        if inside:  # on a border the way through degrees decides, by a fraction of a millimetre
            units = ask(row.x * SIDE, row.y * SIDE, None if np.isnan(row.floor) else int(row.floor))["units"]
            assert [units[level] or "" for level in LEVELS] == [getattr(row, level) for level in LEVELS]


@pytest.mark.parametrize("place", [(539_000.0, 4_196_000.0), (float("nan"), 38.0), (114.0, 95.0)])
def test_a_place_that_is_not_in_degrees_is_refused(place):
    with pytest.raises(InputError, match="longitude and latitude"):
        LOCATOR.locate(*place)
