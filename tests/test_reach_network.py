import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geogrid.reach.network import Network
from geogrid.reach.snapping import Blocks, snap


def roads(*lines: list[tuple[float, float]], **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[shapely.LineString(line) for line in lines], crs="EPSG:4547")


def edges(network: Network) -> set[tuple[float, ...]]:
    return {tuple(ends) for ends in network.segments.round(2).tolist()}


def test_lines_of_one_level_meet_where_they_cross():
    crossing = Network.of(roads([(0, 0), (400, 0)], [(200, -300), (200, 300)]))
    assert edges(crossing) == {(0, 0, 200, 0), (200, 0, 400, 0), (200, -300, 200, 0), (200, 0, 200, 300)}


def test_a_line_that_ends_on_another_meets_it():
    assert len(Network.of(roads([(0, 0), (400, 0)], [(200, 0), (200, 300)]))) == 3


@pytest.mark.parametrize("column", [{"bridge": [False, True]}, {"tunnel": [False, True]}, {"layer": [np.nan, 1.0]}])
def test_a_bridge_or_tunnel_does_not_meet_the_road_that_it_passes(column):
    passing = Network.of(roads([(0, 0), (400, 0)], [(200, -300), (200, 300)], **column))
    assert edges(passing) == {(0, 0, 400, 0), (200, -300, 200, 300)}


def test_a_bridge_joins_the_road_that_shares_its_end():
    joined = Network.of(roads([(0, 0), (200, 0)], [(200, 0), (400, 0)], [(300, -300), (300, 300)], bridge=[False, True, False]))
    assert edges(joined) == {(0, 0, 200, 0), (200, 0, 400, 0), (300, -300, 300, 300)}
    assert len(joined.xy) == 5


@pytest.mark.parametrize(("gap_m", "is_joined"), [(0.3, True), (0.9, True), (1.2, False)])
def test_an_end_that_nearly_touches_a_line_is_joined_to_it(gap_m, is_joined):
    network = Network.of(roads([(0, 0), (400, 0)], [(200, gap_m), (200, 300)], bridge=[False, True]))
    assert ((200.0, 0.0, 200.0, gap_m) in edges(network)) == is_joined
    assert len(network) == (4 if is_joined else 2)


def test_an_edge_that_occurs_twice_stands_once_and_one_without_length_not_at_all():
    network = Network.of(roads([(0, 0), (300, 0)], [(300, 0), (0, 0)], [(50, 0), (50, 0)], [(0, 0), (0, 0), (300, 0)]))
    assert network.length_m.sum() == pytest.approx(300)
    assert (network.length_m > 0).all()


def test_nobody_walks_on_motorways_nor_on_what_is_not_built():
    frame = roads([(0, 0), (300, 0)], [(0, 50), (300, 50)], [(0, 90), (300, 90)], **{"class": ["motorway", "construction", "footway"]})
    assert edges(Network.of(frame)) == {(0, 90, 300, 90)}


def test_short_pieces_that_join_no_other_are_left_out_and_counted():
    network = Network.of(roads([(0, 0), (300, 0)], [(0, 50), (150, 50)], [(0, 90), (250, 90)]))
    assert edges(network) == {(0, 0, 300, 0), (0, 90, 250, 90)}
    assert (network.islands, network.islands_m) == (1, 150.0)


def test_the_only_road_stays_however_short():
    assert len(Network.of(roads([(0, 0), (30, 0)]))) == 1


def test_areas_and_missing_lines_are_no_paths_and_heights_do_not_count():
    line = shapely.MultiLineString([[(0, 0, 5), (300, 0, 9)], [(300, 0, 1), (300, 200, 1)]])
    frame = gpd.GeoDataFrame(geometry=[line, None, shapely.LineString(), shapely.box(0, 0, 9, 9), shapely.Point(1, 1)], crs="EPSG:4547")
    assert edges(Network.of(frame)) == {(0, 0, 300, 0), (300, 0, 300, 200)}


@pytest.mark.parametrize("frame", [None, roads(), roads([(0, 0), (300, 0)], **{"class": ["motorway"]})])
def test_without_roads_there_is_no_network(frame):
    network = Network.of(frame)
    assert len(network) == 0
    assert snap(network, np.array([[0.0, 0.0]])).edge.tolist() == [-1]


def test_a_place_is_set_on_the_nearest_edge_at_its_foot():
    network = Network.of(roads([(0, 0), (300, 0)], [(0, 100), (300, 100)]))
    set_down = snap(network, np.array([[40.0, 30.0], [300.0, 100.0], [-30.0, 40.0]]))
    assert set_down.edge.tolist() == [0, 1, 0]
    assert set_down.along_m.tolist() == [40.0, 300.0, 0.0]
    assert set_down.leg_m.tolist() == [30.0, 0.0, 50.0]


def test_a_place_as_near_to_two_edges_is_set_on_the_first():
    network = Network.of(roads([(0, 0), (300, 0)], [(300, 0), (300, 200)]))
    assert snap(network, np.array([[300.0, 0.0], [330.0, -40.0]])).edge.tolist() == [0, 0]


def test_a_place_on_a_border_is_in_the_lowest_block_and_one_outside_in_none():
    blocks = Blocks(np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]), np.array([7, 4]))
    assert blocks.find(np.array([[5.0, 5.0], [10.0, 5.0], [15.0, 5.0], [50.0, 5.0]])).tolist() == [7, 4, 4, -1]


lattice = st.integers(0, 6).map(lambda i: i * 60.0)
line = st.lists(st.tuples(lattice, lattice), min_size=2, max_size=4)


@given(st.lists(line, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_rows_in_any_order_and_lines_in_any_direction_give_the_same_network(lines, random):
    shuffled = [one[:: random.choice([1, -1])] for one in lines]
    random.shuffle(shuffled)
    first, second = Network.of(roads(*lines)), Network.of(roads(*shuffled))
    assert first.segments.tobytes() == second.segments.tobytes()
    assert (first.islands, first.islands_m) == (second.islands, pytest.approx(second.islands_m))


@given(st.lists(line, min_size=1, max_size=8))
def test_the_edges_cover_the_lines_but_for_islands(lines):
    frame = roads(*lines)
    drawn = shapely.union_all(frame.geometry.to_numpy()).length
    network = Network.of(frame)
    assert network.length_m.sum() + network.islands_m == pytest.approx(drawn, abs=0.1 * len(network) + 0.1)
