import heapq
import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geogrid.reach.network import Network
from geogrid.reach.snapping import Blocks, snap
from geogrid.reach.walking import NETWORK, STRAIGHT, Ground, nearest
from tests.shared import shared_path
from tests.test_reach_network import line, roads

DETOUR = 1.3
NOBODY = np.empty((0, 2))


def walked(ground: Ground, doors: np.ndarray, stations: np.ndarray) -> np.ndarray:
    """Metres from each door to each station as a plain search finds them, place by place on a graph that has them all as nodes."""
    network = ground.network
    graph: dict[object, list[tuple[object, float]]] = {}
    on_edge: dict[int, list[tuple[float, object]]] = {
        e: [(0.0, int(network.a[e])), (network.length_m[e], int(network.b[e]))] for e in range(len(network))
    }
    for who, xy in (("door", doors), ("station", stations)):
        places = ground.set_down(xy)
        for i, (edge, along, leg) in enumerate(zip(places.edge, places.along_m, places.leg_m, strict=True)):
            on_edge[edge].append((along, ("foot", who, i)))
            join(graph, ("foot", who, i), (who, i), leg * ground.detour)
    for nodes in on_edge.values():
        nodes.sort(key=lambda node: node[0])
        for (low, first), (high, second) in itertools.pairwise(nodes):
            join(graph, first, second, high - low)
    return np.array([[search(graph, ("door", i)).get(("station", s), np.inf) for s in range(len(stations))] for i in range(len(doors))])


def join(graph, first, second, metres):
    graph.setdefault(first, []).append((second, metres))
    graph.setdefault(second, []).append((first, metres))


def search(graph, start):
    settled, heap, count = {}, [(0.0, 0, start)], 0
    while heap:
        away, _, at = heapq.heappop(heap)
        if at in settled:
            continue
        settled[at] = away
        for other, metres in graph[at]:
            count += 1
            heapq.heappush(heap, (away + metres, count, other))
    return settled


place = st.tuples(st.integers(-40, 400), st.integers(-40, 400))
places = st.lists(place, min_size=1, max_size=5).map(lambda xy: np.array(xy, dtype=float))


def ground_of(lines) -> Ground:
    return Ground(Network.of(roads(*lines)), DETOUR)


def ground_under(network: Network, doors: np.ndarray) -> Ground:
    return Ground.under(network, DETOUR, snap(network, doors))


def table(pairs, doors, stations) -> np.ndarray:
    metres = np.full((len(doors), len(stations)), np.inf)
    metres[pairs.demand, pairs.station] = pairs.walk_m
    return metres


@given(st.lists(line, min_size=1, max_size=8), places, places)
def test_walks_are_those_of_a_plain_search(lines, doors, stations):
    ground = ground_of(lines)
    assume(len(ground.network))
    found = table(nearest(ground, doors, stations, k=len(stations)), doors, stations)
    assert found == pytest.approx(walked(ground, doors, stations), abs=0.002)


@given(st.lists(line, min_size=1, max_size=8), places, places, st.integers(1, 4))
def test_the_k_nearest_are_the_first_of_all(lines, doors, stations, k):
    ground = ground_of(lines)
    every, some = (table(nearest(ground, doors, stations, k=n), doors, stations) for n in (len(stations), k))
    wanted = np.sort(every, axis=1)[:, :k]
    assert np.sort(some, axis=1)[:, : wanted.shape[1]] == pytest.approx(wanted, abs=0.002)


@given(st.lists(line, min_size=1, max_size=8), places, places, place)
def test_one_more_station_makes_no_walk_longer(lines, doors, stations, another):
    ground = ground_of(lines)
    before = table(nearest(ground, doors, stations), doors, stations).min(axis=1)
    more = np.vstack([stations, [another]])
    assert (table(nearest(ground, doors, more), doors, more).min(axis=1) <= before).all()


@given(st.lists(line, min_size=1, max_size=8), places, places, st.randoms(use_true_random=False))
def test_the_order_of_stations_changes_no_walk(lines, doors, stations, random):
    ground = ground_of(lines)
    order = list(range(len(stations)))
    random.shuffle(order)
    first, second = (nearest(ground, doors, xy) for xy in (stations, stations[order]))
    assert first.walk_m.tobytes() == second.walk_m.tobytes()
    assert first.demand.tolist() == second.demand.tolist()


@given(st.lists(line, min_size=1, max_size=8), places, places, st.integers(0, 600))
def test_a_limit_only_leaves_out_what_is_beyond_it(lines, doors, stations, limit_m):
    ground = ground_of(lines)
    every, near = (table(nearest(ground, doors, stations, k=9, limit_m=limit), doors, stations) for limit in (np.inf, limit_m))
    assert near.tolist() == np.where(every <= limit_m, every, np.inf).tolist()


def test_a_door_and_a_station_on_one_edge_have_the_direct_way_along_it():
    pairs = nearest(ground_of([[(0, 0), (300, 0)]]), np.array([[100.0, 10.0]]), np.array([[150.0, -20.0]]))
    assert pairs.walk_m.tolist() == pytest.approx([13 + 50 + 26])


def test_the_river_is_crossed_only_at_the_bridge():
    banks = [[(0, 0), (1000, 0)], [(0, 80), (1000, 80)]]
    doors, stations = np.array([[100.0, 0.0]]), np.array([[100.0, 80.0]])
    assert len(nearest(ground_of(banks), doors, stations)) == 0
    assert nearest(ground_of([*banks, [(600, 0), (600, 80)]]), doors, stations).walk_m.tolist() == [1080.0]


def test_a_station_of_the_same_block_nearer_than_both_paths_is_walked_to_straight():
    network = Network.of(roads([(0, 0), (400, 0), (400, 400), (0, 400), (0, 0)]))
    whole = Blocks(np.array([shapely.box(0, 0, 400, 400)]), np.array([1]))
    halves = Blocks(np.array([shapely.box(0, 0, 200, 400), shapely.box(200, 0, 400, 400)]), np.array([1, 2]))
    doors, stations = np.array([[150.0, 200.0]]), np.array([[250.0, 200.0]])
    assert nearest(Ground(network, DETOUR, NETWORK, whole), doors, stations).walk_m.tolist() == [130.0]
    assert nearest(Ground(network, DETOUR, NETWORK, halves), doors, stations).walk_m.tolist() == [195 + 800 + 195]


def test_two_places_of_a_block_that_lie_by_paths_walk_round_it():
    network = Network.of(roads([(0, 0), (400, 0), (400, 400), (0, 400), (0, 0)]))
    ground = Ground(network, DETOUR, NETWORK, Blocks(np.array([shapely.box(0, 0, 400, 400)]), np.array([1])))
    assert nearest(ground, np.array([[10.0, 200.0]]), np.array([[390.0, 200.0]])).walk_m.tolist() == [13 + 800 + 13]


def test_without_paths_a_walk_is_straight_times_the_detour():
    ground = ground_under(Network.of(None), np.array([[0.0, 0.0]]))
    assert ground.method == STRAIGHT
    pairs = nearest(ground, np.array([[0.0, 0.0], [30.0, 40.0]]), np.array([[300.0, 400.0], [30.0, 40.0]]), k=2)
    assert (pairs.demand.tolist(), pairs.station.tolist()) == ([0, 0, 1, 1], [1, 0, 1, 0])
    assert pairs.walk_m.tolist() == pytest.approx([65.0, 650.0, 0.0, 585.0])


def test_roads_that_pass_few_doors_by_are_not_walked_on():
    along, off = np.array([[x, 10.0] for x in range(0, 2000, 50)]), np.array([[x, 1500.0] for x in range(0, 2000, 50)])
    main_road = Network.of(roads([(0, 0), (2000, 0)]))
    assert ground_under(main_road, along).method == NETWORK
    assert ground_under(main_road, np.vstack([along, off])).method == STRAIGHT


def test_a_door_deep_in_a_large_block_still_walks_along_dense_streets():
    streets = [[(0, y), (2000, y)] for y in range(0, 2001, 400)] + [[(x, 0), (x, 2000)] for x in range(0, 2001, 400)]
    doors = np.array([[x + 200.0, y + 200.0] for x in range(0, 2000, 400) for y in range(0, 2000, 400)])
    assert ground_under(Network.of(roads(*streets)), doors).method == NETWORK


@pytest.mark.parametrize("method", [NETWORK, STRAIGHT])
def test_nobody_and_no_stations_make_no_pairs(method):
    ground = Ground(Network.of(roads([(0, 0), (300, 0)])), DETOUR, method)
    for doors, stations in ((NOBODY, np.array([[0.0, 0.0]])), (np.array([[0.0, 0.0]]), NOBODY), (NOBODY, NOBODY)):
        assert len(nearest(ground, doors, stations, k=3)) == 0


def test_stations_all_in_one_place_are_as_far_each_and_the_first_is_nearest():
    ground, doors = ground_of([[(0, 0), (300, 0)]]), np.array([[100.0, 0.0]])
    pairs = nearest(ground, doors, np.array([[200.0, 0.0]] * 3), k=3)
    assert (pairs.station.tolist(), pairs.walk_m.tolist()) == ([0, 1, 2], [100.0] * 3)
    assert nearest(ground, doors, np.array([[200.0, 0.0]] * 3)).station.tolist() == [0]


def test_a_door_on_a_node_is_no_farther_than_the_node():
    ground = ground_of([[(0, 0), (300, 0)], [(300, 0), (300, 300)]])
    assert nearest(ground, np.array([[300.0, 0.0]]), np.array([[300.0, 100.0]])).walk_m.tolist() == [100.0]


def test_walks_of_a_real_city_are_those_of_another_search():
    frame = gpd.read_file(shared_path("helsinki/osm_helsinki.gpkg"), layer="roads").to_crs(3067)
    network = Network.of(frame.assign(**{name: frame[name].notna() for name in ("bridge", "tunnel")}))
    n = len(network.xy)
    graph = csr_matrix((network.length_m, (network.a, network.b)), shape=(n, n))
    rows = np.arange(0, n, 7)
    stations = network.xy[::997]
    away = dijkstra(graph, directed=False, indices=np.arange(0, n, 997))[:, rows]
    pairs = nearest(Ground(network, DETOUR), network.xy[rows], stations, k=len(stations))
    assert table(pairs, rows, stations) == pytest.approx(away.T, abs=0.002)
