import numpy as np
import pytest
import shapely

from geogrid.adjacency import contiguity, crossings
from geogrid.enclosure import enclose
from geogrid.tessellation import tessellate
from tests.scenes import random_scene

FOUR = np.array([shapely.box(x, y, x + 10, y + 10) for x in (0, 10) for y in (0, 10)])


def test_cells_that_meet_in_a_point_are_no_neighbours():
    pairs = contiguity(FOUR)
    assert list(zip(pairs["a"], pairs["b"], pairs["length_m"], strict=True)) == [(0, 1, 10), (0, 2, 10), (1, 3, 10), (2, 3, 10)]
    assert (pairs.loc[0, "x"], pairs.loc[0, "y"]) == (5, 10)


def test_no_cell_and_one_cell_have_no_neighbours():
    assert len(contiguity(np.zeros(0, dtype=object))) == len(contiguity(FOUR[:1])) == 0


def test_short_borders_do_not_count():
    assert len(contiguity(FOUR, min_m=10.5)) == 0


def test_the_worst_barrier_counts_and_under_a_bridge_a_hard_one_is_as_a_main_road():
    pairs = contiguity(FOUR)
    across, along = shapely.LineString([(10, -5), (10, 25)]), shapely.LineString([(-5, 10), (25, 10)])
    barriers = {"road": np.array([across, along]), "hard": np.array([along])}
    assert crossings(FOUR, pairs, barriers).tolist() == [3, 1, 1, 3]
    barriers["bridge"] = np.array([shapely.LineString([(-8, 5), (-8, 15)])])
    assert crossings(FOUR, pairs, barriers).tolist() == [2, 1, 1, 3]  # 8 m from the border of cells 0 and 1, 18 m from that of 2 and 3
    barriers["bridge"] = np.array([shapely.LineString([(2, 5), (2, 15)])])
    assert crossings(FOUR, pairs, barriers).tolist() == [2, 1, 1, 2]


def test_a_road_that_only_meets_the_border_is_none_and_banks_are_hard():
    pairs = contiguity(FOUR)
    assert crossings(FOUR, pairs, {"main": np.array([shapely.LineString([(0, 5), (20, 5)])])}).tolist() == [0, 0, 0, 0]
    assert crossings(FOUR, pairs, {"hard": np.array([shapely.box(0, 10, 20, 20)])}).tolist() == [3, 0, 0, 3]
    assert crossings(FOUR, pairs, {}).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("seed", range(4))
def test_lengths_agree_with_intersections(seed):
    parent, roads, homes = random_scene(seed)
    cells = tessellate(enclose(parent, roads, np.zeros(0, dtype=object)).polygons, homes).geometry
    pairs = contiguity(cells, min_m=0)
    length = shapely.length(shapely.intersection(cells[pairs["a"]], cells[pairs["b"]]))
    assert pairs["length_m"].to_numpy() == pytest.approx(length, abs=1e-6)
    point = shapely.points(pairs["x"], pairs["y"])
    assert shapely.distance(point, cells[pairs["a"]]).max() < 1e-6
