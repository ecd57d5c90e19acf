import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid import topology
from geogrid.vertices import take_over_vertices
from tests.lattices import X0, Y0, corners, nine, quads, replaced, square

WHOLE = square(0, 0, 30, 30)
jitter = st.integers(0, 2**32 - 1)


def jittered(seed: int, n: int = 4) -> tuple[np.ndarray, np.ndarray]:
    points = corners(n, n)
    points[1:-1, 1:-1] += np.random.default_rng(seed).uniform(-4, 4, (n - 1, n - 1, 2)).round(3)
    return points, quads(points)


def test_squares_that_fill_their_parent_are_a_partition():
    assert topology.is_partition(WHOLE, nine())


def test_a_cell_sized_hole_passes_the_library_check_but_is_no_partition():
    holed = np.delete(nine(), 4)
    assert shapely.coverage_is_valid(holed)
    assert not topology.is_partition(WHOLE, holed)


def test_a_hole_is_one_gap_with_the_four_neighbours_that_border_on_it():
    gaps = topology.find_faults(WHOLE, np.delete(nine(), 4)).gaps
    assert gaps["neighbours"].tolist() == [(1, 3, 4, 6)]
    assert gaps["area_m2"].tolist() == [100.0]
    assert gaps["geometry"][0].equals(square(10, 10))


def test_a_hole_is_found_without_a_parent_too():
    assert topology.find_faults(None, np.delete(nine(), 4)).gaps["area_m2"].tolist() == [100.0]


def test_no_polygons_leave_the_whole_parent_open():
    faults = topology.find_faults(WHOLE, np.array([], dtype=object))
    assert faults.gaps["area_m2"].tolist() == [900.0]
    assert faults.gaps["neighbours"].tolist() == [()]


def test_nothing_in_nothing_is_no_fault():
    assert not topology.find_faults(None, np.array([], dtype=object)).any


def test_a_polygon_that_reaches_over_its_neighbour_is_one_overlap():
    faults = topology.find_faults(WHOLE, replaced(nine(), 3, square(0, 10, 12, 10)))
    assert faults.overlaps[["a", "b", "area_m2"]].to_numpy().tolist() == [[3, 4, 20.0]]
    assert faults.overlaps["geometry"][0].equals(square(10, 10, 2, 10))
    assert len(faults.gaps) + len(faults.outside) + len(faults.unmatched) == 0


def test_a_polygon_drawn_twice_overlaps_itself():
    faults = topology.find_faults(WHOLE, np.append(nine(), nine()[4]))
    assert faults.overlaps[["a", "b", "area_m2"]].to_numpy().tolist() == [[4, 9, 100.0]]


def test_a_polygon_inside_another_that_touches_no_edge_is_an_overlap():
    faults = topology.find_faults(WHOLE, np.append(nine(), square(12, 12, 2, 2)))
    assert faults.overlaps[["a", "b", "area_m2"]].to_numpy().tolist() == [[4, 9, 4.0]]


def test_a_polygon_that_draws_back_leaves_one_gap():
    faults = topology.find_faults(WHOLE, replaced(nine(), 4, square(10, 10, 9, 10)))
    assert faults.gaps["area_m2"].tolist() == [pytest.approx(10.0)]
    assert len(faults.overlaps) + len(faults.outside) + len(faults.unmatched) == 0


def test_a_polygon_beyond_the_parent_is_found_with_its_area():
    faults = topology.find_faults(WHOLE, replaced(nine(), 7, square(10, 20, 10, 13)))
    assert faults.outside[["row", "area_m2"]].to_numpy().tolist() == [[7, pytest.approx(30.0)]]
    assert len(faults.overlaps) + len(faults.gaps) + len(faults.unmatched) == 0


def test_a_missing_vertex_is_an_edge_that_does_not_match_and_nothing_else():
    halves = [square(0, 0, 20, 10), square(0, 10), square(10, 10)]
    faults = topology.find_faults(square(0, 0, 20, 20), np.array(halves))
    assert faults.unmatched[["a", "b", "length_m"]].to_numpy().tolist() == [[0, 1, pytest.approx(10)], [0, 2, pytest.approx(10)]]
    assert len(faults.overlaps) + len(faults.gaps) + len(faults.outside) == 0


def test_a_missing_vertex_just_off_the_edge_does_not_match_either():
    off = shapely.Polygon([(X0, Y0 + 10), (X0 + 10, Y0 + 10.0004), (X0 + 10, Y0 + 20), (X0, Y0 + 20)])
    off_east = shapely.Polygon([(X0 + 10, Y0 + 10.0004), (X0 + 20, Y0 + 10), (X0 + 20, Y0 + 20), (X0 + 10, Y0 + 20)])
    faults = topology.find_faults(square(0, 0, 20, 20), np.array([square(0, 0, 20, 10), off, off_east]))
    assert faults.unmatched[["a", "b"]].to_numpy().tolist() == [[0, 1], [0, 2]]


@pytest.mark.parametrize("shift_m", [0.0004, -0.0004])
def test_gaps_and_overlaps_narrower_than_the_tolerance_are_not_reported(shift_m):
    assert not topology.find_faults(WHOLE, replaced(nine(), 4, square(10, 10, 10 + shift_m, 10))).any


def test_the_parent_takes_over_vertices_near_its_edge():
    points = corners(3, 3)
    points[0, 1, 1] += 0.0006
    points[3, 2, 1] -= 0.0008
    assert not topology.find_faults(WHOLE, quads(points)).any


def test_a_parent_keeps_what_is_farther_than_the_tolerance():
    points = corners(3, 3)
    points[0, 1, 1] += 0.5
    assert topology.find_faults(WHOLE, quads(points)).gaps["area_m2"].tolist() == [pytest.approx(5.0)]


def test_a_grid_stamp_does_not_hide_a_difference():
    stamped = shapely.set_precision(np.delete(nine(), 4), 0.001)
    parent = shapely.set_precision(WHOLE, 0.001)
    assert topology.find_faults(parent, stamped).gaps["area_m2"].tolist() == [100.0]


def test_plain_floats_come_back_as_they_were():
    polygons = nine()
    assert topology.to_plain(polygons) is polygons


def test_squares_that_meet_in_a_corner_are_two_pieces():
    two = shapely.union(square(0, 0), square(10, 10))
    assert topology.find_pieces(np.array([two, square(20, 0)]))[["row", "pieces"]].to_numpy().tolist() == [[0, 2]]


def test_a_thin_piece_of_a_unit_is_a_sliver():
    parts = shapely.union(square(0, 0), square(20, 0, 0.2, 10))
    assert topology.find_slivers(np.array([square(40, 0), parts]))[["row", "area_m2"]].to_numpy().tolist() == [[1, pytest.approx(2.0)]]


def test_two_gaps_in_one_layer_are_two_findings():
    gaps = topology.find_faults(WHOLE, np.delete(nine(), [0, 8])).gaps
    assert gaps["area_m2"].tolist() == [100.0, 100.0]


def test_gaps_that_touch_in_a_corner_only_are_two():
    assert len(topology.find_faults(WHOLE, np.delete(nine(), [0, 4])).gaps) == 2


@given(jitter)
@settings(max_examples=25, deadline=None)
def test_any_jittered_lattice_is_a_partition(seed):
    _, polygons = jittered(seed)
    parent = square(0, 0, 40, 40)
    assert not topology.find_faults(parent, polygons).any
    assert topology.is_partition(take_over_vertices(parent, shapely.union_all(polygons), 0.001), polygons)


@given(jitter)
@settings(max_examples=25, deadline=None)
def test_a_vertex_moved_in_one_polygon_makes_gap_and_overlap_of_what_it_took_and_left(seed):
    points, polygons = jittered(seed)
    ring = np.array([points[1, 1], points[1, 2], points[2, 2], points[2, 1]])
    angle = np.random.default_rng(seed + 1).uniform(0, 2 * np.pi)
    ring[2] += 1.5 * np.array([np.cos(angle), np.sin(angle)])
    moved = shapely.Polygon(ring)
    if not moved.is_valid:
        return
    faults = topology.find_faults(square(0, 0, 40, 40), replaced(polygons, 5, moved))
    taken, left = moved.difference(polygons[5]).area, polygons[5].difference(moved).area
    assert faults.overlaps["area_m2"].sum() == pytest.approx(taken, abs=1e-3)
    assert faults.gaps["area_m2"].sum() == pytest.approx(left, abs=1e-3)
    assert len(faults.outside) == 0


@given(jitter)
@settings(max_examples=15, deadline=None)
def test_what_is_found_does_not_depend_on_the_order_of_rows(seed):
    rng = np.random.default_rng(seed)
    _, polygons = jittered(seed)
    faulty = np.delete(replaced(polygons, 5, shapely.buffer(polygons[5], 0.5, join_style="mitre")), 10)
    order = rng.permutation(len(faulty))
    one, two = topology.find_faults(square(0, 0, 40, 40), faulty), topology.find_faults(square(0, 0, 40, 40), faulty[order])
    for a, b in ((one.overlaps, two.overlaps), (one.gaps, two.gaps), (one.outside, two.outside), (one.unmatched, two.unmatched)):
        assert np.allclose(sorted(a.iloc[:, -2]), sorted(b.iloc[:, -2]), atol=1e-6)


def test_taking_over_inserts_into_the_nearest_ring_and_closes_every_ring():
    holed = shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 3, 6, 6).exterior])
    other = shapely.MultiPoint([(4, 3.0005), (0.0003, -0.0003), (9, 4), (100, 100)])
    taken = take_over_vertices(holed, other, 0.001)
    assert taken.is_valid
    assert {(4, 3.0005), (0.0003, -0.0003), (9, 4)} <= set(map(tuple, shapely.get_coordinates(taken)))
    assert shapely.get_num_coordinates(taken) == shapely.get_num_coordinates(holed) + 2
    assert shapely.hausdorff_distance(taken.boundary, holed.boundary) < 0.001


def test_taking_over_works_on_every_part_of_a_parent_in_pieces():
    two = shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(5, 0, 7, 2)])
    taken = take_over_vertices(two, shapely.MultiPoint([(1, 0), (6, 2)]), 0.001)
    assert shapely.get_num_coordinates(taken) == 12
    assert taken.equals(two)
