import numpy as np
import pytest
from scipy.spatial import Delaunay

from geogrid.tessellation.delaunay import triangulate_tiles

GUARDS = np.array([[40, 4], [-4, 40], [-40, -4], [4, -40]]) * 100_000


def triangles(points):
    xy = np.concatenate([points, GUARDS]).astype(np.int64)
    corner, twin = triangulate_tiles(*xy.T.copy(), np.array([0, len(xy)]))
    return xy, corner.reshape(-1, 3), twin


def turn(xy, t):
    (ux, uy), (vx, vy) = (xy[t[:, 1]] - xy[t[:, 0]]).T, (xy[t[:, 2]] - xy[t[:, 0]]).T
    return ux * vy - uy * vx


def test_a_tile_without_points_has_its_guards_only():
    assert triangles(np.zeros((0, 2)))[1].tolist() == [[0, 1, 2], [0, 2, 3]]


@pytest.mark.parametrize("seed", range(4))
def test_random_points_have_the_triangles_that_another_program_finds(seed):
    points = np.unique(np.random.default_rng(seed).integers(-1_000_000, 1_000_000, (500, 2)), axis=0)
    xy, found, _ = triangles(points)
    assert {tuple(t) for t in np.sort(found, axis=1).tolist()} == {tuple(t) for t in np.sort(Delaunay(xy).simplices, axis=1).tolist()}


@pytest.mark.parametrize("step", [1, 1000])
def test_points_in_rows_and_on_circles_give_triangles_that_fill_the_tile(step):
    grid = np.stack(np.meshgrid(np.arange(-15, 15), np.arange(-15, 15)), axis=-1).reshape(-1, 2) * step
    xy, found, twin = triangles(np.random.default_rng(0).permutation(grid))
    assert turn(xy, found).min() > 0
    assert turn(xy, found).sum() == turn(xy, np.array([[-4, -3, -2], [-4, -2, -1]])).sum()
    held = twin >= 0
    assert (twin[twin[held]] == np.flatnonzero(held)).all()
    assert (~held).sum() == 4


def test_tiles_do_not_see_each_other():
    points = np.random.default_rng(1).integers(-1000, 1000, (40, 2))
    xy = np.concatenate([points, GUARDS, points, GUARDS]).astype(np.int64)
    corner, _ = triangulate_tiles(*xy.T.copy(), np.array([0, 44, 88]))
    one, two = np.split(corner, 2)
    assert (one + 44 == two).all()
