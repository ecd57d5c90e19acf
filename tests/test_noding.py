import numpy as np
import pytest
import shapely

from geogrid.noding import find_tangled, node, node_lines
from tests.divisions import bent


def lines(*coordinates):
    return np.array([shapely.LineString(c) for c in coordinates])


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ([(5, -5), (5, 5)], "crosses"),
        ([(5, 0), (5, 5)], "ends on a segment"),
        ([(10, 10), (10, 5), (20, 5)], "bends at the end"),
        ([(10, 0), (5, 0), (5, 5)], "runs back along it"),
        ([(0, 0), (10, 0), (10, 10)], "is the same"),
        ([(12, 0), (14, 0), (14, 2), (13, -1)], "crosses itself"),
    ],
)
def test_a_line_is_tangled_that(other, why):
    assert find_tangled(lines([(0, 0), (10, 0), (10, 10)], other), 0.001)[1], why


def test_a_vertex_a_hair_from_a_long_segment_touches_it():
    assert find_tangled(lines([(0, 0), (1000, 0.001)], [(500, 0), (500, -9)]), 0.001).tolist() == [False, False]
    assert find_tangled(lines([(0, 0), (1000, 0.001)], [(50, 0), (50, -9)]), 0.001).tolist() == [True, True]


def test_lines_that_meet_end_to_end_and_rings_are_in_order():
    assert not find_tangled(lines([(0, 0), (10, 0)], [(10, 0), (10, 10)], [(10, 0), (20, 0)], [(30, 0), (40, 0), (40, 9), (30, 0)]), 0.001).any()


def test_nothing_is_not_tangled():
    assert len(find_tangled(np.zeros(0, dtype=object), 0.001)) == 0


@pytest.mark.parametrize("seed", range(5))
def test_the_faces_are_those_of_one_overlay_of_everything(seed):
    xy = np.round(np.random.default_rng(seed).uniform(0, 50, (40, 2, 2)), 3)
    some = shapely.linestrings(xy)
    frame = lines([(0, 0), (50, 0), (50, 50), (0, 50), (0, 0)])
    faces = shapely.get_parts(shapely.polygonize(node_lines(some[:20], np.concatenate([some[20:], frame]), grid_m=0.001)))
    assert shapely.coverage_is_valid(faces)
    assert shapely.area(faces).sum() == pytest.approx(2500, abs=1e-3)
    whole = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(np.concatenate([some, frame]), grid_size=0.001))))
    assert len(whole) == len(faces)


def closed(noded):
    return sorted(shapely.to_wkb(shapely.normalize(shapely.get_parts(shapely.polygonize(noded))), hex=True))


def overlaid(some):
    return shapely.from_wkb(shapely.to_wkb(shapely.get_parts(shapely.union_all(some, grid_size=0.001))))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("barriers", [0, 6])
def test_borders_that_two_units_share_and_barriers_close_what_one_overlay_would(seed, barriers):
    units = shapely.boundary(bent(9, 7, seed=seed))
    low, high = shapely.bounds(units).min(axis=0)[:2], shapely.bounds(units).max(axis=0)[2:]
    across = shapely.linestrings(np.random.default_rng(seed).uniform(low, high, (barriers, 3, 2)))
    noded = node(np.concatenate([units, across]), grid_m=0.001)
    assert closed(noded) == closed(overlaid(np.concatenate([units, across])))
    assert not find_tangled(noded, 0.001).any() or barriers


@pytest.mark.parametrize("shift_m", [0.0002, 0.0004, 0.0006, 0.0011, 0.0019, 0.003])
def test_borders_drawn_twice_a_hair_apart_close_what_one_overlay_would(shift_m):
    units = bent(5, 5)
    moved = shapely.transform(units[7:9], lambda xy: xy + shift_m)
    some = shapely.boundary(np.concatenate([units, moved]))
    assert closed(node(some, grid_m=0.001)) == closed(overlaid(some))


def test_borders_shared_are_taken_once_and_nothing_is_noded():
    noded = node(shapely.boundary(np.array([shapely.box(i, j, i + 1, j + 1) for i in range(5) for j in range(5)])), grid_m=0.001)
    assert len(noded) == len(shapely.get_coordinates(noded)) / 2 == 60
    assert len(node(np.zeros(0, dtype=object), grid_m=0.001)) == 0
