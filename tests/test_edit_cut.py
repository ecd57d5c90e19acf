"""A line cuts cells: pieces and neighbours are a valid coverage of the same land, and no vertex that was there moves."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.crs import working_crs
from geogrid.edit.cut import Cut, cut
from geogrid.plan import united
from geogrid.topology import SLIVER_M
from tests.lattices import X0, Y0, corners, nine, quads, square
from tests.shared import shared_path


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(X0 + x, Y0 + y) for x, y in points])


def after(cells: np.ndarray, done: Cut) -> np.ndarray:
    """The whole coverage after a cut: pieces, redrawn cells and the rest."""
    rest = [done.redrawn.get(row, cell) for row, cell in enumerate(cells) if row not in done.of]
    return np.array([*done.pieces, *rest], dtype=object)


def check(cells: np.ndarray, done: Cut) -> None:
    """The promise: the same land, edge-matched, every old vertex still there, every piece in its own cell."""
    assert done.is_sound
    new = after(cells, done)
    assert shapely.coverage_is_valid(new)
    assert shapely.is_valid(new).all()
    before, now = united(cells), united(new)
    assert shapely.area(shapely.symmetric_difference(before, now)) < 1e-4
    old, kept = (set(map(tuple, shapely.get_coordinates(shape).tolist())) for shape in (cells, new))
    assert old <= kept
    assert np.unique(done.of, return_counts=True)[1].min(initial=2) >= 2
    assert not set(done.redrawn) & set(done.of.tolist())
    for row in np.unique(done.of):
        assert shapely.area(done.pieces[done.of == row]).sum() == pytest.approx(cells[row].area, abs=1e-4)
    assert shapely.area(shapely.difference(done.pieces, cells[done.of])).max(initial=0.0) < 1e-4


def areas(done: Cut) -> list[float]:
    return np.round(shapely.area(done.pieces), 2).tolist()


def test_a_line_through_a_column_cuts_its_three_cells():
    done = cut(nine(), line((4, -1), (4, 31)))
    check(nine(), done)
    assert (areas(done), done.of.tolist(), done.redrawn, done.ended) == ([60, 40] * 3, [0, 0, 3, 3, 6, 6], {}, [])


def test_what_is_not_chosen_stays_whole_but_takes_the_vertex():
    done = cut(nine(), line((4, -1), (4, 31)), np.arange(9) == 3)
    check(nine(), done)
    assert done.of.tolist() == [3, 3]
    assert sorted(done.redrawn) == [0, 6]
    assert shapely.get_num_coordinates(done.redrawn[0]) == 6
    assert shapely.equals(done.redrawn[0], nine()[0])


def test_on_the_rim_the_outline_takes_the_vertex():
    done = cut(nine(), line((4, -1), (4, 5), (-1, 5)))
    check(nine(), done)
    assert set(map(tuple, shapely.get_coordinates(united(after(nine(), done))).tolist())) >= {(X0 + 4, Y0), (X0, Y0 + 5)}
    assert done.redrawn == {}


def test_a_line_along_an_edge_or_outside_cuts_nothing():
    for drawn in (line((10, -5), (10, 35)), line((10.004, -5), (9.996, 35)), line((-5, -5), (-5, 40)), line((-5, 0), (35, 0))):
        done = cut(nine(), drawn)
        check(nine(), done)
        assert (len(done.pieces), done.redrawn, done.ended) == (0, {}, [])


def test_a_line_that_touches_a_corner_cuts_nothing():
    done = cut(nine(), line((-5, 5), (0, 0), (5, -5)))
    check(nine(), done)
    assert (len(done.pieces), done.redrawn, done.ended) == (0, {}, [])


def test_a_line_through_corners_uses_their_vertices():
    done = cut(nine(), line((0, 0), (30, 30)))
    check(nine(), done)
    assert (areas(done), done.of.tolist(), done.redrawn) == ([50, 50] * 3, [0, 0, 4, 4, 8, 8], {})
    assert set(map(tuple, shapely.get_coordinates(done.pieces).tolist())) <= set(map(tuple, shapely.get_coordinates(nine()).tolist()))


def test_a_vertex_within_a_centimetre_is_the_one_that_is_meant():
    done = cut(nine(), line((-5, 10.008), (5, 10.008), (12, 20.005), (40, 20.005)))
    check(nine(), done)
    new = set(map(tuple, shapely.get_coordinates(done.pieces).tolist())) - set(map(tuple, shapely.get_coordinates(nine()).tolist()))
    assert all(abs(y - Y0 - round(y - Y0, -1)) < 1e-6 or abs(x - X0 - round(x - X0, -1)) < 1e-6 for x, y in new)


def test_a_line_that_ends_inside_a_cell_does_not_cut_it_and_says_so():
    done = cut(nine(), line((4, -1), (5, 15)))
    check(nine(), done)
    assert (done.of.tolist(), done.ended) == ([0, 0], [3])
    inside = cut(nine(), line((13, 13), (17, 17)))
    assert (len(inside.pieces), inside.redrawn, inside.ended) == (0, {}, [4])


def test_a_ring_inside_a_cell_cuts_out_its_inside():
    done = cut(nine(), line((12, 12), (18, 12), (18, 18), (12, 18), (12, 12)))
    check(nine(), done)
    assert (areas(done), done.redrawn) == ([64, 36], {})


def test_a_line_that_crosses_itself_cuts_every_face():
    done = cut(nine(), line((12, 5), (18, 25), (12, 25), (18, 5)))
    check(nine(), done)
    assert done.of.tolist() == [4, 4, 4, 4, 7, 7]
    assert done.ended == [1]
    twice = cut(nine(), line((4, -1), (4, 31), (4, -1)))
    assert areas(twice) == [60, 40] * 3


def test_no_sliver_is_cut_off():
    done = cut(nine(), line((10.2, -5), (9.8, 5), (10.2, 15), (9.8, 25), (10.2, 35)))
    check(nine(), done)
    assert (len(done.pieces), done.redrawn) == (0, {})
    assert done.ended


def test_a_cell_with_a_hole_is_cut_round_it():
    ring = shapely.difference(square(0, 0, 30, 30), square(10, 10))
    cells = np.array([ring, square(10, 10)], dtype=object)
    done = cut(cells, line((-1, 15), (31, 15)))
    check(cells, done)
    assert (areas(done), done.of.tolist()) == ([400, 400, 50, 50], [0, 0, 1, 1])
    around = cut(cells, line((-1, 15), (31, 15)), np.array([True, False]))
    check(cells, around)
    assert sorted(around.redrawn) == [1]
    enclosed = cut(cells, line((5, 5), (25, 5), (25, 25), (5, 25), (5, 5)))
    check(cells, enclosed)
    assert areas(enclosed) == [500, 300]


def test_nothing_to_cut_and_nothing_to_cut_with():
    none = np.zeros(0, dtype=object)
    for done in (cut(none, line((0, 0), (9, 9))), cut(nine(), shapely.LineString()), cut(nine(), line((5, 5), (5, 5)))):
        assert (len(done.pieces), done.redrawn, done.ended, done.is_sound) == (0, {}, [], True)


def test_the_pieces_are_the_same_whichever_way_the_line_is_drawn():
    there, back = cut(nine(), line((4, -1), (6, 31))), cut(nine(), line((6, 31), (4, -1)))
    assert shapely.equals_exact(there.pieces, back.pieces, 1e-8).all()
    assert there.of.tolist() == back.of.tolist()


def test_cells_that_overlap_are_no_worse_afterwards_and_none_is_lost():
    cells = np.array([square(0, 0), square(9, 0)], dtype=object)
    done = cut(cells, line((-1, 5), (30, 5)))
    assert shapely.area(done.pieces).tolist() == pytest.approx([50, 50, 50, 50])


points = st.tuples(st.floats(-3, 33), st.floats(-3, 33))
on_grid = st.tuples(st.integers(-1, 7), st.integers(-1, 7)).map(lambda p: (p[0] * 5.0, p[1] * 5.0))
nearly = st.tuples(on_grid, st.floats(-0.03, 0.03), st.floats(-0.03, 0.03)).map(lambda p: (p[0][0] + p[1], p[0][1] + p[2]))
Line = list[tuple[float, float]]
drawn_lines = st.lists(st.one_of(points, on_grid, nearly), min_size=2, max_size=7)
subsets = st.lists(st.booleans(), min_size=9, max_size=9)


@settings(max_examples=250)
@given(drawn_lines, subsets)
def test_whatever_is_drawn_over_a_lattice_the_cover_is_intact(drawn: Line, chosen: list[bool]):
    check(nine(), cut(nine(), line(*drawn), np.array(chosen)))


@settings(max_examples=100)
@given(st.integers(0, 10_000), drawn_lines, drawn_lines)
def test_whatever_is_drawn_twice_over_irregular_cells_the_cover_is_intact(seed: int, first: Line, second: Line):
    rng = np.random.default_rng(seed)
    nodes = corners(3, 3)
    nodes = np.round(nodes + rng.uniform(-3, 3, nodes.shape), 3)
    cells = quads(nodes)
    done = cut(cells, line(*first))
    check(cells, done)
    again = after(cells, done)
    check(again, cut(again, line(*second)))


@settings(max_examples=60)
@given(st.integers(0, 10_000), drawn_lines)
def test_whatever_is_drawn_over_voronoi_cells_the_cover_is_intact(seed: int, drawn: Line):
    rng = np.random.default_rng(seed)
    seeds = shapely.MultiPoint(rng.uniform(0, 30, (25, 2)) + np.array([X0, Y0]))
    grown = shapely.set_precision(shapely.voronoi_polygons(seeds, extend_to=square(0, 0, 30, 30), only_edges=True), 0.001)
    cells = shapely.get_parts(shapely.polygonize([shapely.from_wkb(shapely.to_wkb(part)) for part in shapely.get_parts(grown)]))
    check(cells, cut(cells, line(*drawn)))


@pytest.fixture(scope="module")
def hangzhou() -> np.ndarray:
    """The real grids of a district, noded in metres on 1 mm."""
    frame = gpd.read_file(shared_path("hangzhou_xiacheng/grids.geojson"))
    frame = frame.to_crs(working_crs(*frame.total_bounds))
    rims = shapely.node(shapely.multilinestrings(shapely.get_parts(shapely.boundary(shapely.set_precision(frame.geometry.to_numpy(), 0.001)))))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.from_wkb(shapely.to_wkb(rims)))))
    faces = faces[2 * shapely.area(faces) / shapely.length(faces) > SLIVER_M]
    return faces if shapely.coverage_is_valid(faces) else pytest.fail("the faces are no coverage")


@settings(max_examples=40)
@given(st.integers(0, 100_000))
def test_whatever_is_drawn_over_real_grids_the_cover_is_intact(hangzhou: np.ndarray, seed: int):
    rng = np.random.default_rng(seed)
    middle = shapely.get_coordinates(hangzhou[rng.integers(len(hangzhou))].centroid)[0]
    drawn = middle + np.cumsum(rng.normal(0, 200, (int(rng.integers(2, 8)), 2)), axis=0)
    vertices = shapely.get_coordinates(hangzhou[rng.integers(len(hangzhou))])
    drawn[0] = vertices[rng.integers(len(vertices))] if rng.random() < 0.3 else drawn[0]
    near = hangzhou[shapely.dwithin(hangzhou, shapely.LineString(drawn), 500.0)]
    check(near, cut(near, shapely.LineString(drawn)))
