import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.measure import colours, polsby_popper
from tests.lattices import corners, nine, quads, square
from tests.shared import shared_path


def clashes(polygons: np.ndarray, hue: np.ndarray) -> int:
    a, b = shapely.STRtree(polygons).query(polygons, predicate="dwithin", distance=0.1)
    return int(np.count_nonzero(hue[a[a < b]] == hue[b[a < b]]))


def test_a_disc_is_the_most_compact_and_nothing_the_least():
    disc, strip = shapely.Point(0, 0).buffer(1, quad_segs=64), shapely.box(0, 0, 100, 1)
    values = polsby_popper([disc, strip, shapely.Polygon(), None])
    assert values[0] > 0.999 > 0.04 > values[1] > values[2] == values[3] == 0


def test_neighbours_differ_even_where_only_corners_meet():
    assert clashes(nine(), colours(nine())) == 0


def test_no_polygon_has_no_colour_and_one_has_the_first():
    assert colours(np.array([], dtype=object)).tolist() == []
    assert colours(nine()[:1]).tolist() == [0]


def test_missing_polygons_get_a_colour_too():
    assert len(colours(np.array([nine()[0], None, shapely.Polygon()], dtype=object))) == 3


def test_six_on_one_footprint_use_all_hues_and_repeat_one():
    assert sorted(colours(np.array([square(0, 0)] * 6))) == [0, 0, 1, 2, 3, 4]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_five_hues_suffice_for_a_random_map(seed):
    rng = np.random.default_rng(seed)
    points = shapely.MultiPoint(rng.uniform(0, 100, (40, 2)))
    polygons = shapely.get_parts(shapely.voronoi_polygons(points))
    hue = colours(polygons)
    assert set(hue) <= set(range(5))
    assert clashes(polygons, hue) == 0
    assert (colours(polygons) == hue).all()


def test_a_lattice_uses_its_hues_evenly():
    hue = colours(quads(corners(20, 20)))
    assert np.bincount(hue, minlength=5).min() > 40


def test_the_grids_of_xiacheng_need_no_more_than_five():
    grids = gpd.read_file(shared_path("hangzhou_xiacheng/grids.geojson")).to_crs(4549).geometry.to_numpy()
    assert clashes(grids, colours(grids)) == 0
