"""Land without homes: with which home it goes, and which of it stands for itself."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from geogrid.generate.land import NONE, find_territories, joined_apart
from geogrid.generate.mesh import HARD, MAIN, ROAD, Mesh

SIDE_M = 50.0


def lattice(homes: list[list[int]], *, enclosure=None, water=(), hard=()) -> Mesh:
    """Return a mesh of squares of 50 m, `homes` row by row from the south; `hard`: pairs of cells with a wall between them."""
    households = np.array(homes, dtype=np.int64)
    rows, columns = households.shape
    n = rows * columns
    number = np.arange(n).reshape(rows, columns)
    pairs = np.concatenate([np.c_[number[:, :-1].ravel(), number[:, 1:].ravel()], np.c_[number[:-1].ravel(), number[1:].ravel()]])
    pairs = pairs[np.lexsort(pairs.T[::-1])].reshape(-1, 2)
    x, y = np.meshgrid(SIDE_M * np.arange(columns), SIDE_M * np.arange(rows))
    walls = {tuple(sorted(pair)) for pair in hard}
    rank = np.array([HARD if (a, b) in walls else 0 for a, b in pairs.tolist()], dtype=np.int64)
    wet = np.isin(np.arange(n), list(water))
    blocks = np.zeros(n, dtype=np.int64) if enclosure is None else np.array(enclosure).ravel()
    xy = np.c_[x.ravel(), y.ravel()]
    return Mesh(xy, np.full(n, SIDE_M**2), households.ravel(), blocks, wet, pairs[:, 0], pairs[:, 1], np.full(len(pairs), SIDE_M), rank)


def territories(mesh: Mesh, parent=None, *, campus_m2: float = 5_000.0, carve: bool = True):
    return find_territories(mesh, np.zeros(len(mesh.xy), dtype=np.int64) if parent is None else np.array(parent), campus_m2=campus_m2, carve=carve)


def test_land_goes_with_the_nearest_home():
    land = territories(lattice([[4, 0, 0, 0, 9]]))
    assert land.host[[0, 1, 3, 4]].tolist() == [0, 0, 4, 4]
    assert land.host[2] in (0, 4)
    assert (land.dedicated == NONE).all()


def test_a_wall_is_not_walked_across_while_there_is_another_way():
    mesh = lattice([[4, 0, 0, 9]], hard=[(0, 1)])
    assert territories(mesh).host.tolist() == [0, 3, 3, 3]


def test_large_land_that_no_home_reaches_stands_for_itself_and_small_land_joins_over_the_wall():
    walled = [[4, 0, 0, 0]]
    assert territories(lattice(walled, hard=[(0, 1)]), campus_m2=5_000).dedicated.tolist() == [NONE, 0, 0, 0]
    assert territories(lattice(walled, hard=[(0, 1)]), campus_m2=50_000).host.tolist() == [0, 0, 0, 0]


def test_water_is_never_a_campus():
    land = territories(lattice([[4, 0, 0, 0]], water=(1, 2, 3), hard=[(0, 1)]))
    assert (land.dedicated == NONE).all()
    assert land.host.tolist() == [0, 0, 0, 0]


def test_a_large_block_without_homes_is_dedicated_unless_the_homes_would_fall_apart():
    blocks = [[1, 1, 2, 2, 3]]
    assert territories(lattice([[4, 0, 0, 0, 0]], enclosure=blocks)).dedicated.tolist() == [NONE, NONE, 0, 0, 0]
    assert (territories(lattice([[4, 0, 0, 0, 5]], enclosure=blocks)).dedicated == NONE).all()
    assert (territories(lattice([[4, 0, 0, 0, 0]], enclosure=blocks), carve=False).dedicated == NONE).all()


def test_a_parent_without_homes_is_one_dedicated_piece_for_each_part():
    land = territories(lattice([[0, 0]]), campus_m2=1e9)
    assert land.dedicated.tolist() == [0, 0]
    assert land.host.tolist() == [NONE, NONE]


def test_nothing_crosses_a_parent_and_what_has_none_gets_nothing():
    land = territories(lattice([[4, 0, 0, 9, 0]]), parent=[0, 0, 1, 1, NONE])
    assert land.host.tolist() == [0, 0, 3, 3, NONE]
    assert land.dedicated.tolist() == [NONE] * 5


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_territories_cover_each_parent_and_each_is_in_one_piece(data: st.DataObject):
    rows, columns = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    n = rows * columns
    cells = st.lists(st.integers(0, n - 1), max_size=n)
    homes = data.draw(st.lists(st.sampled_from([0, 0, 1, 12]), min_size=n, max_size=n))
    parent = np.array(data.draw(st.lists(st.sampled_from([0, 0, 0, 1, NONE]), min_size=n, max_size=n)))
    enclosure = data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    pairs = list(zip(data.draw(cells), data.draw(cells), strict=False))
    mesh = lattice(np.reshape(homes, (rows, columns)).tolist(), enclosure=enclosure, water=data.draw(cells), hard=pairs)
    mesh = mesh if not mesh.water[mesh.households > 0].any() else lattice(np.reshape(homes, (rows, columns)).tolist(), enclosure=enclosure)
    land = territories(mesh, parent, carve=data.draw(st.booleans()))
    has = parent >= 0
    assert ((land.host >= 0) ^ (land.dedicated >= 0))[has].all()
    assert ((land.host == NONE) & (land.dedicated == NONE))[~has].all()
    home = np.flatnonzero((mesh.households > 0) & has)
    assert (land.host[home] == home).all()
    mine = np.where(land.host >= 0, land.host, n + land.dedicated)
    mine[~has] = NONE
    _, part = connected_components(mesh.graph((mine[mesh.a] == mine[mesh.b]) & has[mesh.a]), directed=False)
    for territory in np.unique(land.host[land.host >= 0]):
        members = np.flatnonzero(land.host == territory)
        assert len({int(parent[m]) for m in members}) == 1
        assert len(np.unique(part[members])) <= _pieces_of(mesh, parent, members)


def _pieces_of(mesh: Mesh, parent: np.ndarray, members: np.ndarray) -> int:
    """Into how many pieces the parent itself falls among these cells' parent: a parent in pieces can not give connected land."""
    same = (parent[mesh.a] == parent[mesh.b]) & (parent[mesh.a] == parent[members[0]])
    _, part = connected_components(mesh.graph(same), directed=False)
    return len(np.unique(part[members]))


@pytest.mark.parametrize("homes", [[[0]], [[3]]])
def test_one_cell_has_a_territory(homes):
    land = territories(lattice(homes))
    assert (land.host[0] >= 0) == (homes[0][0] > 0)
    assert (land.dedicated[0] >= 0) == (homes[0][0] == 0)


def test_open_land_is_united_across_roads_but_not_round_the_end_of_a_main_road():
    """Three blocks of fields: roads between the first and the second, the second and the third; a main road between the first and the third."""
    mesh = lattice([[0, 0, 0, 0, 9], [0, 0, 0, 0, 9]], enclosure=[[0, 0, 1, 1, 3], [2, 2, 1, 1, 3]])
    block = mesh.enclosure
    rank = np.where(block[mesh.a] == block[mesh.b], 0, ROAD)
    whole = find_territories(replace(mesh, rank=rank), np.zeros(10, dtype=np.int64), campus_m2=5_000.0, carve=True)
    main = np.where((block[mesh.a] == 0) & (block[mesh.b] == 2), MAIN, rank)
    apart = find_territories(replace(mesh, rank=main), np.zeros(10, dtype=np.int64), campus_m2=5_000.0, carve=True)
    assert len(np.unique(whole.dedicated[block < 3])) == 1
    assert apart.dedicated[0] != apart.dedicated[5]
    assert len(np.unique(apart.dedicated[block < 3])) == 2


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_pieces_that_a_wall_parts_are_never_joined_and_all_others_as_far_as_can_be(data: st.DataObject):
    n = data.draw(st.integers(1, 8))
    pairs = st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1]), max_size=12 if n > 1 else 0)
    joins, walls = (np.array(data.draw(pairs), dtype=np.int64).reshape(-1, 2) for _ in range(2))
    part = joined_apart(n, joins, walls)
    assert (part[walls[:, 0]] != part[walls[:, 1]]).all()
    shut = {frozenset(pair) for pair in part[walls].tolist()}
    assert all(a == b or frozenset((a, b)) in shut for a, b in part[joins].tolist())
