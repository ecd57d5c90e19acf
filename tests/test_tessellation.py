import numpy as np
import pyogrio
import pytest
import shapely

from geogrid.enclosure import derived_parent, enclose
from geogrid.tessellation import tessellate
from geogrid.tessellation.seeds import assign_enclosures, clean_footprints
from tests.scenes import assert_partition, random_scene
from tests.shared import shared_path

NOTHING = np.zeros(0, dtype=object)
SQUARE = np.array([shapely.box(0, 0, 100, 100)])


def test_land_without_buildings_is_one_cell():
    cells = tessellate(SQUARE, NOTHING)
    assert cells.building.tolist() == [-1]
    assert cells.geometry[0].equals(SQUARE[0])


def test_no_enclosure_gives_no_cell():
    cells = tessellate(NOTHING, np.array([shapely.box(0, 0, 5, 5)]))
    assert (len(cells.geometry), cells.home.tolist()) == (0, [-1])


def test_two_houses_with_a_common_wall_part_at_the_wall():
    houses = np.array([shapely.box(40, 40, 50, 52), shapely.box(50, 40, 60, 52)])
    cells = tessellate(SQUARE, houses)
    assert shapely.area(shapely.difference(houses, cells.geometry[cells.home])).max() < 0.1


def test_a_house_outside_has_no_home_and_one_across_a_road_the_larger_side():
    halves = np.array([shapely.box(0, 0, 50, 100), shapely.box(50, 0, 100, 100)])
    cells = tessellate(halves, np.array([shapely.box(44, 10, 52, 20), shapely.box(200, 0, 210, 10)]))
    assert cells.enclosure[cells.home[0]] == 0
    assert cells.home[1] == -1


def test_the_second_of_two_equal_footprints_lives_with_the_first():
    cells = tessellate(SQUARE, np.array([shapely.box(10, 10, 20, 20), shapely.box(10, 10, 20, 20), shapely.box(50, 50, 60, 60)]))
    assert cells.home[0] == cells.home[1] != cells.home[2]
    assert (cells.home >= 0).all()


def test_a_courtyard_house_and_a_shed_in_its_court_have_a_cell_each():
    ring = shapely.box(20, 20, 60, 60).difference(shapely.box(30, 30, 50, 50))
    cells = tessellate(SQUARE, np.array([ring, shapely.box(38, 38, 39, 39)]))
    assert sorted(cells.building.tolist()) == [0, 1]
    assert_partition(cells.geometry, SQUARE)


def test_each_of_several_entrances_has_a_cell_and_a_twin_shares_it():
    slab = np.array([shapely.box(10, 40, 70, 52), shapely.box(80, 40, 90, 50)])
    doors = np.array([[20, 40], [40, 40], [60, 40], [60, 40], [85, 40]])
    cells = tessellate(SQUARE, slab, entrance_xy=doors, entrance_building=np.array([0, 0, 0, 0, 1]))
    assert len(cells.geometry) == 4
    assert cells.entrance_home[2] == cells.entrance_home[3]
    assert cells.building[cells.entrance_home].tolist() == [0, 0, 0, 0, 1]
    assert shapely.contains_xy(cells.geometry[cells.entrance_home[:3]], [20, 40, 60], 46).all()
    assert_partition(cells.geometry, SQUARE)


def test_open_land_is_cut_into_near_squares_and_a_lone_house_keeps_the_land_round_it():
    field, house = np.array([shapely.box(0, 0, 1000, 1000)]), shapely.box(500, 500, 510, 512)
    cells = tessellate(field, np.array([house]), land_cell_m=100)
    land = cells.building < 0
    assert_partition(cells.geometry, field)
    assert 60 < land.sum() < 130
    assert shapely.area(cells.geometry[~land])[0] < 3 * 100**2
    assert cells.geometry[cells.home[0]].contains(house)
    assert shapely.area(cells.geometry[land]).max() < 2.5 * 100**2
    assert np.median(shapely.area(cells.geometry[land])) == pytest.approx(100**2, rel=0.01)


def test_land_beside_its_neighbours_land_is_the_same_wherever_the_enclosure_ends():
    near, far = (tessellate(np.array([shapely.box(0, 0, x, 900)]), NOTHING, land_cell_m=100).geometry for x in (900, 2000))
    inner = near[shapely.bounds(near)[:, 2] < 800]
    assert len(inner) >= 50
    assert set(shapely.to_wkb(inner).tolist()) <= set(shapely.to_wkb(far).tolist())


def test_water_and_narrow_land_stay_whole():
    strips = np.array([shapely.box(0, 0, 2000, 45), shapely.box(0, 45, 2000, 600)])
    assert np.bincount(tessellate(strips, NOTHING, land_cell_m=100, whole=np.array([False, True])).enclosure).tolist() == [1, 1]
    assert np.bincount(tessellate(strips, NOTHING, land_cell_m=100).enclosure)[1] > 80


def test_a_neighbours_corner_does_not_see_into_an_l():
    large = shapely.box(0, 0, 60, 60).difference(shapely.box(40, 40, 60, 60))
    houses = np.array([large, shapely.box(40, 40, 60, 60)])
    cells = tessellate(np.array([shapely.box(-50, -50, 110, 110)]), houses)
    assert shapely.area(shapely.difference(large, cells.geometry[cells.home[0]])) < 1


@pytest.mark.parametrize("seed", range(12))
def test_cells_partition_any_scene_and_every_building_in_it_has_a_home(seed):
    parent, roads, homes = random_scene(seed)
    enclosures = enclose(parent, roads, NOTHING).polygons
    cells = tessellate(enclosures, homes)
    assert_partition(cells.geometry, enclosures)
    inside = assign_enclosures(enclosures, clean_footprints(homes)) >= 0
    assert ((cells.home >= 0) == inside).all()
    owned = cells.building[cells.building >= 0]
    assert len(np.unique(owned)) == len(owned)
    empty = ~np.isin(np.arange(len(enclosures)), assign_enclosures(enclosures, clean_footprints(homes)))
    assert (np.bincount(cells.enclosure, minlength=len(enclosures))[empty] == 1).all()


@pytest.mark.parametrize("seed", range(4))
def test_cells_of_buildings_and_open_land_partition_any_scene(seed):
    parent, roads, homes = random_scene(seed, building_n=8)
    enclosures = enclose(parent, roads, NOTHING).polygons
    cells = tessellate(enclosures, homes, land_cell_m=20)
    assert_partition(cells.geometry, enclosures)
    assert ((cells.home >= 0) == (assign_enclosures(enclosures, clean_footprints(homes)) >= 0)).all()
    assert (cells.building[cells.home[cells.home >= 0]] >= 0).all()


def test_threads_change_nothing(monkeypatch):
    monkeypatch.setattr("geogrid.tessellation.ridges.BATCH_SITES", 300)
    monkeypatch.setattr("geogrid.tessellation.cells.SITES_AT_ONCE", 200)
    parent, roads, homes = random_scene(5)
    enclosures = enclose(parent, roads, NOTHING).polygons
    one, *more = (tessellate(enclosures, homes, land_cell_m=25, workers=n) for n in (1, 2, 5))
    for other in more:
        assert shapely.to_wkb(one.geometry).tolist() == shapely.to_wkb(other.geometry).tolist()
        assert (one.home == other.home).all()
        assert (one.building == other.building).all()


@pytest.mark.parametrize("seed", range(4))
def test_rows_may_come_in_any_order(seed):
    parent, roads, homes = random_scene(seed)
    homes = np.delete(homes, 26)  # a twin: which of two equal footprints is first can not show in the geometry
    order = np.random.default_rng(seed).permutation(len(homes))
    enclosures = enclose(parent, roads, NOTHING).polygons
    first, second = tessellate(enclosures, homes), tessellate(enclosures, homes[order])
    assert shapely.to_wkb(first.geometry).tolist() == shapely.to_wkb(second.geometry).tolist()
    assert (first.home[order] == second.home).all()


@pytest.mark.parametrize(
    ("file", "crs", "layer", "barriers"),
    [
        ("jinan_lixia/jinan_lixia.gpkg", 4548, "buildings", ["roads"]),
        ("helsinki/osm_helsinki.gpkg", 32635, "buildings", ["roads", "rail_water"]),
        ("cambridge_ma/cambridge_ma.gpkg", 32619, "parcels", ["neighborhoods"]),
    ],
)
def test_real_buildings_lie_in_their_own_cells(file, crs, layer, barriers):
    path = shared_path(file)
    lines = np.concatenate([shapely.force_2d(pyogrio.read_dataframe(path, layer=name).to_crs(crs).geometry.values) for name in barriers])
    homes = clean_footprints(pyogrio.read_dataframe(path, layer=layer).to_crs(crs).geometry.values)
    enclosures = enclose(derived_parent(lines, homes), lines, NOTHING).polygons
    cells = tessellate(enclosures, homes, land_cell_m=120)
    assert_partition(cells.geometry, enclosures)
    assert ((cells.home >= 0) | shapely.is_empty(homes)).all()
    good = _undisturbed(homes, enclosures)
    own = shapely.area(shapely.intersection(homes[good], cells.geometry[cells.home[good]])) / shapely.area(homes[good])
    assert (own >= 0.99).mean() >= 0.999


def _undisturbed(homes, enclosures):
    """Buildings that overlap no other and cross no barrier."""
    where = assign_enclosures(enclosures, homes)
    good = shapely.area(shapely.intersection(homes, enclosures[where])) > 0.995 * shapely.area(homes)
    a, b = shapely.STRtree(homes).query(homes, predicate="intersects")
    a, b = a[a != b], b[a != b]
    good[a[shapely.area(shapely.intersection(homes[a], homes[b])) > 0.005 * shapely.area(homes[a])]] = False
    return good
