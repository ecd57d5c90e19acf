"""Faces between lines, against those that another program finds, and zones between points."""

import numpy as np
import pytest
import shapely

from geogrid.noding.faces import find_faces
from geogrid.noding.lines import node_lines
from geogrid.tessellation.seeds import list_seeds
from geogrid.tessellation.zones import cut_zones


def lines(*coordinates):
    return np.array([shapely.LineString(c) for c in coordinates])


def shapes(faces):
    return sorted(shapely.to_wkt(shapely.normalize(faces), trim=True))


def expected(noded):
    return shapes(shapely.get_parts(shapely.polygonize(noded)))


FRAME = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]
INNER = [(3, 3), (6, 3), (6, 6), (3, 6), (3, 3)]


@pytest.mark.parametrize(
    "noded",
    [
        lines(FRAME),
        lines(FRAME, INNER),
        lines(FRAME, INNER, [(4, 4), (5, 4), (5, 5), (4, 4)], [(7, 7), (8, 7), (8, 8), (7, 7)]),
        lines([(0, 0), (10, 0), (10, 5)], [(10, 5), (10, 10), (0, 10), (0, 0)], [(10, 5), (20, 5)], [(20, 5), (30, 5)]),
        lines([(0, 0), (10, 0), (10, 10), (3, 10)], [(3, 10), (0, 10), (0, 0)], [(3, 10), (5, 6)], [(5, 6), (4, 3), (6, 3), (5, 6)]),
        lines([(5, 0), (9, 4), (5, 8), (1, 4), (5, 0)], [(5, 0), (7, 4), (5, 6), (3, 4), (5, 0)]),
        lines([(0, 0), (1, 0)], [(1, 0), (2, 5)]),
    ],
    ids=["ring", "island", "islands in islands", "a line that leads nowhere", "an island on a string", "a face that touches itself", "no ring"],
)
def test_faces_of_a_drawing(noded):
    assert shapes(find_faces(noded, grid_m=0.001)) == expected(noded)


@pytest.mark.parametrize("seed", range(12))
def test_faces_of_random_lines(seed):
    xy = np.round(np.random.default_rng(seed).uniform(0, 50, (60, 2, 2)), 3)
    noded = node_lines(lines(), np.concatenate([shapely.linestrings(xy), lines([(0, 0), (50, 0), (50, 50), (0, 50), (0, 0)])]), grid_m=0.001)
    faces = find_faces(noded, grid_m=0.001)
    assert shapes(faces) == expected(noded)
    assert shapely.coverage_is_valid(faces)


def test_no_line_has_no_face():
    assert len(find_faces(np.zeros(0, dtype=object), grid_m=0.001)) == 0


def test_a_box_is_cut_half_way_between_its_points():
    corner, row, torn = cut_zones(np.array([[0.0, 0], [30, 0], [30, 10], [0, 10]]), np.array([0, 4]), np.array([[5.0, 5], [25, 5]]), np.array([0, 0]))
    assert sorted(corner[row == 0][:, 0].tolist()) == [0, 0, 15, 15]
    assert not torn.any()


@pytest.mark.parametrize("seed", range(6))
def test_entrances_divide_any_footprint_and_lose_nothing(seed):
    rng = np.random.default_rng(seed)
    boxes = [shapely.box(x, y, x + w, y + h) for x, y, w, h in rng.uniform(5, 40, (3, 4))]
    shape = shapely.union_all([*boxes, shapely.box(0, 18, 80, 24)])
    shape = shapely.get_parts(shape)[0]
    doors = rng.uniform(0, 60, (5, 2))
    seeds = list_seeds(np.array([shape]), np.array([0]), doors, np.zeros(5, int))
    assert shapely.area(seeds.shape).sum() == pytest.approx(shape.area)
    for piece, door in zip(seeds.shape, seeds.entrance, strict=True):
        inner = shapely.get_coordinates(shapely.point_on_surface(shapely.get_parts(piece)))
        nearest = np.hypot(*(inner[:, None] - doors[None]).T).T.argmin(axis=1)
        assert (nearest == door).all()
