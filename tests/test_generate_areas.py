"""Units by land: as many in each parent as asked, even, in one piece, behind rivers where that can be."""

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from geogrid.errors import InputError
from geogrid.generate.areas import group_areas, share_area
from geogrid.generate.mesh import HARD
from geogrid.scheme import Level, Text
from tests.test_generate_land import lattice


def level(count: int = 1) -> Level:
    return Level("grid", Text("网格", "grid"), "count", count=count, weigh="area")


def test_each_parent_gets_its_even_share_in_one_piece():
    mesh = lattice([[0] * 12] * 6)
    parent = np.tile(np.repeat([0, 1], 6), 6)
    label, reasons = group_areas(level(), mesh, parent, {0: 4, 1: 2}, seed=0)
    assert len(reasons) == 6
    sizes = np.bincount(label)
    assert sorted(sizes[np.unique(label[parent == 0])].tolist()) == [9, 9, 9, 9]
    assert sorted(sizes[np.unique(label[parent == 1])].tolist()) == [18, 18]
    same = label[mesh.a] == label[mesh.b]
    assert connected_components(mesh.graph(same))[0] == 6


def test_scraps_behind_a_river_join_and_larger_land_there_stands_for_itself():
    river = [(r * 8 + 3, r * 8 + 4) for r in range(4)]
    mesh = lattice([[0] * 8] * 4, hard=river)
    label, _ = group_areas(level(), mesh, np.zeros(32, dtype=np.int64), {0: 2}, seed=0)
    assert len(set(label.reshape(4, 8)[:, :4].ravel())) == 1
    scraps = lattice([[0] * 8] * 4, hard=[(r * 8, r * 8 + 1) for r in range(4)])
    label, _ = group_areas(level(), scraps, np.zeros(32, dtype=np.int64), {0: 2}, seed=0)
    assert len(set(label.tolist())) == 2
    assert (scraps.rank == HARD).any()


def test_a_count_is_shared_by_land_and_one_below_the_parents_is_refused():
    mesh = lattice([[0] * 4] * 3)
    parent = np.array([0, 0, 0, 1] * 3)
    assert share_area(level(4), mesh, parent) == {0: 3, 1: 1}
    with pytest.raises(InputError, match="fewer than the 2 parents"):
        share_area(level(1), mesh, parent)
