"""Entrances estimated from footprints: how many, and where."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.generate import count_homes
from geogrid.generate.entrances import estimate_entrances, place_entrances, strip_of
from geogrid.scheme_values import DEFAULTS
from geogrid.tessellation import tessellate

SLAB = shapely.box(0, 0, 60, 12)
TOWER = shapely.box(0, 0, 28, 26)
L_SHAPE = shapely.box(0, 0, 60, 12).union(shapely.box(0, 0, 12, 50))
RING = shapely.box(0, 0, 60, 50).difference(shapely.box(12, 12, 48, 38))


def count(shape, households, floors, **changes):
    return int(estimate_entrances(np.array([shape]), np.array([households]), np.array([floors]), {**DEFAULTS, **changes})[0])


@pytest.mark.parametrize(
    ("shape", "households", "floors", "wanted"),
    [
        (SLAB, 48, 6, 4),
        (SLAB, 24, 6, 2),  # two flats a floor are the least of an entrance
        (SLAB, 120, 18, 2),  # with lifts a stairwell serves twice the façade
        (TOWER, 200, 26, 1),
        (SLAB, 0, 6, 1),
        (SLAB, 10, 1, 4),  # a row of ground-floor flats, of which ten would be one floor
        (SLAB, 6, 2, 1),  # a low house has its doors on the street
        (shapely.box(0, 0, 10, 9), 12, 6, 1),
        (shapely.Polygon(), 40, 6, 1),
    ],
)
def test_the_number_follows_from_facade_floors_and_households(shape, households, floors, wanted):
    assert count(shape, households, floors) == wanted


def test_arms_of_an_l_and_sides_of_a_ring_are_measured_end_to_end():
    length, depth = strip_of(np.array([SLAB, L_SHAPE, RING]))
    assert length[0] == pytest.approx(60)
    assert length[1] == pytest.approx(98, abs=1)
    assert length[2] == pytest.approx(172)
    assert depth[:2] == pytest.approx(12, abs=0.1)


def test_a_scheme_may_estimate_none():
    assert count(SLAB, 48, 6, entrance_width_m=0) == 1


def test_entrances_of_a_slab_stand_in_a_row_along_it_however_it_is_turned():
    for angle in (0, 30, 90, 135):
        places = place_entrances(shapely.affinity.rotate(SLAB, angle, origin=(0, 0)), 4)
        back = shapely.get_coordinates(shapely.affinity.rotate(shapely.multipoints(places), -angle, origin=(0, 0)))
        assert np.sort(back[:, 0]) == pytest.approx([7.5, 22.5, 37.5, 52.5])
        assert back[:, 1] == pytest.approx(6)


@pytest.mark.parametrize(("shape", "n"), [(L_SHAPE, 7), (RING, 11), (shapely.box(0, 0, 50, 50), 6)], ids=["L", "ring", "block"])
def test_an_l_a_ring_and_a_deep_block_are_cut_into_pieces_of_like_size_in_one_part_each(shape, n):
    cells = tessellate(
        np.array([shapely.box(-30, -30, 90, 90)]), np.array([shape]), entrance_xy=place_entrances(shape, n), entrance_building=np.zeros(n, int)
    )
    pieces = shapely.intersection(cells.geometry[cells.entrance >= 0], shape)
    large = [sum(p.area > 1 for p in shapely.get_parts(piece)) for piece in pieces]
    assert len(pieces) == n
    assert large == [1] * n
    size = shapely.area(pieces)
    assert size.max() < 2.2 * size.min()


def slabs(**columns):
    shapes = [SLAB, shapely.box(0, 40, 60, 52), shapely.box(0, 80, 9, 89)]
    return gpd.GeoDataFrame({"id": ["甲", "乙", "丙"], "floors": 6.0, "households": [50.0, 48.0, 2.0], **columns}, geometry=shapes, crs="EPSG:4548")


def test_given_entrances_are_used_and_the_others_are_estimated_counted_and_said():
    doors = gpd.GeoDataFrame({"id": ["1"], "building": ["甲"]}, geometry=[shapely.Point(10, 0)], crs="EPSG:4548")
    homes = count_homes(slabs(), doors, defaults=DEFAULTS)
    assert homes.entrance_building.tolist() == [0, 1, 1, 1, 1]
    assert homes.estimated.tolist() == [False, True, True, True, True]
    assert homes.entrance_households.tolist() == [50, 12, 12, 12, 12]
    assert homes.entrance_xy[0].tolist() == [10, 0]
    (said,) = [f for f in homes.findings if f.facts["what"] == "entrances"]
    assert (said.rule, said.value) == ("estimated", 1)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.integers(1, 33), st.floats(4, 120), st.floats(4, 60))
def test_entrances_share_all_households_evenly(households, floors, length, depth):
    house = gpd.GeoDataFrame({"id": ["a"], "floors": [float(floors)], "households": [float(households)]}, geometry=[shapely.box(0, 0, length, depth)])
    homes = count_homes(house, defaults=DEFAULTS)
    shares = homes.entrance_households
    assert len(shares) != 1
    assert shares.sum() == (households if len(shares) else 0)
    assert np.ptp(shares) <= 1 if len(shares) else True
    assert shapely.contains_xy(house.geometry.iloc[0], *homes.entrance_xy.T).all()


def test_no_building_has_no_entrance():
    assert len(estimate_entrances(np.zeros(0, object), np.zeros(0), np.zeros(0), DEFAULTS)) == 0
    assert place_entrances(shapely.Polygon([(0, 0), (9, 0), (9, 0), (0, 0)]), 3).shape == (3, 2)
