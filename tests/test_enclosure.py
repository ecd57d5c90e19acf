import numpy as np
import pyogrio
import pytest
import shapely

from geogrid.enclosure import derived_parent, enclose
from tests.scenes import plain, random_scene
from tests.shared import shared_path

NOTHING = np.zeros(0, dtype=object)
SQUARE = shapely.box(0, 0, 100, 100)


def test_a_parent_without_barriers_is_one_enclosure():
    assert len(enclose(SQUARE, NOTHING, NOTHING).polygons) == 1


def test_nothing_at_all_encloses_nothing():
    assert len(enclose(None, NOTHING, NOTHING).polygons) == 0


def test_a_road_through_the_parent_makes_two_and_a_dead_end_none():
    roads = np.array([shapely.LineString([(50, -10), (50, 110)]), shapely.LineString([(0, 50), (20, 50)])])
    found = enclose(SQUARE, roads, NOTHING).polygons
    assert shapely.area(found).tolist() == [5000, 5000]


def test_a_river_polygon_contributes_its_banks():
    assert len(enclose(SQUARE, np.array([shapely.box(-10, 40, 110, 50)]), NOTHING).polygons) == 3


def test_a_border_drawn_beside_a_road_leaves_no_sliver():
    borders = np.array([shapely.box(0, 0, 50, 100), shapely.box(50, 0, 100, 100)])
    road = np.array([shapely.LineString([(50.02, -10), (50.03, 110)])])
    found = enclose(None, road, borders)
    assert found.melted_n == 1
    assert shapely.area(found.polygons).tolist() == [5000, 5000]


def test_a_narrow_gap_between_borders_joins_a_neighbour():
    borders = np.array([shapely.box(0, 0, 50, 100), shapely.box(50.05, 0, 100, 100)])
    found = enclose(SQUARE, NOTHING, borders)
    assert len(found.polygons) == 2
    assert shapely.area(found.polygons).sum() == pytest.approx(10000)


def test_rows_may_come_in_any_order():
    parent, roads, _ = random_scene(1)
    first, second = enclose(parent, roads, NOTHING), enclose(parent, roads[::-1], NOTHING)
    assert shapely.to_wkb(first.polygons).tolist() == shapely.to_wkb(second.polygons).tolist()


@pytest.mark.parametrize("seed", range(8))
def test_enclosures_are_a_coverage_of_the_parent(seed):
    parent, roads, _ = random_scene(seed)
    found = enclose(parent, roads, NOTHING).polygons
    assert shapely.coverage_is_valid(found)
    assert (shapely.get_type_id(found) == 3).all()
    assert plain(shapely.union_all(found)).symmetric_difference(parent).area < 0.8
    xy = shapely.get_coordinates(found)
    assert (np.round(xy, 3) == xy).all()


def test_a_derived_parent_holds_every_building_and_no_hole():
    roads = np.array([shapely.LineString(c) for c in ([(0, -50), (0, 300)], [(8, -50), (8, 300)], [(-200, 100), (200, 100)])])
    homes = np.array([shapely.box(x, y, x + 20, y + 12) for x in (-90, 30) for y in (0, 150)])
    parent = derived_parent(roads, homes)
    assert parent.geom_type == "Polygon"
    assert len(parent.interiors) == 0
    assert shapely.covers(parent, homes).all()


def test_without_buildings_the_derived_parent_is_empty():
    assert derived_parent(NOTHING, NOTHING).is_empty


def test_real_jinan_has_a_derived_parent():
    path = shared_path("jinan_lixia/jinan_lixia.gpkg")
    roads, homes = (pyogrio.read_dataframe(path, layer=name).to_crs(4548).make_valid() for name in ("roads", "buildings"))
    parent = derived_parent(roads.values, homes.values)
    assert plain(shapely.union_all(homes.values)).difference(parent).area < 0.001
    assert all(len(part.interiors) == 0 for part in shapely.get_parts(parent))
    assert 8e6 < parent.area < 12e6


def test_real_hangzhou_grids_are_cut_by_roads_and_rivers():
    names = ("grids", "main_roads", "rivers")
    grids, roads, rivers = (pyogrio.read_dataframe(shared_path(f"hangzhou_xiacheng/{n}.geojson")).to_crs(4549).geometry.values for n in names)
    found = enclose(None, np.concatenate([roads, rivers]), grids).polygons
    assert shapely.coverage_is_valid(found)
    assert shapely.area(found).sum() == pytest.approx(26.90e6, rel=1e-3)


def test_a_sliver_between_the_outline_and_a_given_unit_is_left_out():
    found = enclose(shapely.box(0, 0, 100.005, 100), NOTHING, np.array([shapely.box(0, 0, 50, 100), shapely.box(50, 0, 100, 100)]))
    assert shapely.area(found.polygons).tolist() == [5000, 5000]


def test_a_sliver_that_open_land_continues_belongs_to_it():
    unit = shapely.Polygon([(0, 0), (100, 0), (99.98, 50), (60, 100), (0, 100)])
    found = enclose(SQUARE, NOTHING, np.array([unit]))
    assert shapely.area(found.polygons).sum() == pytest.approx(10_000)
    assert len(found.polygons) == 2
