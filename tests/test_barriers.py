"""Barriers by kind, from roads, railways, water and walls."""

from collections.abc import Sequence

import geopandas as gpd
import pytest
import shapely

from geogrid.barriers import barrier_lines
from geogrid.scheme import read_scheme

SCHEME = read_scheme("street-community-grid")


def line(*xy: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(xy)


def frame(shapes: Sequence[shapely.Geometry], **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4548")


STREET, AVENUE, FOOTWAY = line((0, 0), (100, 0)), line((0, 10), (100, 10)), line((0, 20), (100, 20))
RAIL, RIVER = line((50, -50), (50, 50)), shapely.box(60, -50, 70, 50)


def test_streets_main_roads_and_paths_are_told_apart_by_their_class():
    lines = barrier_lines({"roads": frame([STREET, AVENUE, FOOTWAY], **{"class": ["residential", "primary", "footway"]})}, SCHEME)
    assert [list(lines[kind]) for kind in ("road", "main", "all")] == [[STREET], [AVENUE], [STREET, AVENUE]]


def test_a_road_said_to_be_main_is_one_but_for_a_path():
    roads = frame([STREET, FOOTWAY], **{"class": ["residential", "footway"], "main": [True, True]})
    assert list(barrier_lines({"roads": roads}, SCHEME)["main"]) == [STREET]


def test_rail_and_water_are_hard_and_what_lies_in_a_tunnel_is_nothing():
    lines = barrier_lines({"railways": frame([RAIL, AVENUE], tunnel=[False, True]), "water": frame([RIVER], tunnel=[False])}, SCHEME)
    assert list(lines["hard"]) == [RAIL, RIVER]
    assert (list(lines["rail"]), list(lines["water"])) == ([RAIL], [RIVER])
    assert len(lines["road"]) == len(lines["main"]) == 0


def test_bridges_are_those_that_the_roads_name():
    roads = frame([STREET, AVENUE], **{"class": ["residential", "primary"], "bridge": [False, True]})
    assert list(barrier_lines({"roads": roads, "railways": frame([RAIL])}, SCHEME)["bridge"]) == [AVENUE]


def test_where_no_road_says_so_each_crossing_is_a_bridge_but_for_those_of_paths():
    roads = frame([STREET, FOOTWAY], **{"class": ["residential", "footway"]})
    bridges = shapely.union_all(barrier_lines({"roads": roads, "railways": frame([RAIL]), "water": frame([RIVER])}, SCHEME)["bridge"])
    crossings = [shapely.Point(x, 0) for x in (50, 60, 70)]
    assert shapely.covers(bridges, crossings).all()
    assert bridges.area < 4
    assert not shapely.intersects(bridges, FOOTWAY)


@pytest.mark.parametrize("frames", [{}, {"roads": frame([])}, {"water": frame([])}])
def test_no_barriers_are_empty_arrays(frames: dict[str, gpd.GeoDataFrame]):
    assert all(len(shapes) == 0 for shapes in barrier_lines(frames, SCHEME).values())
