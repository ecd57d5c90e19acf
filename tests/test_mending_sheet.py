"""The sheet that a layer is mended on knows after any change what a new one would find."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.bench.sown import sow
from geogrid.bench.validation import lattice
from geogrid.mending.lattice import Lattice
from geogrid.mending.sheet import Sheet

MILLIMETRES = Lattice(1000, np.zeros(2), np.full(2, 0.001), (np.zeros(0, complex), np.zeros((0, 2))))


def steps(polygons: np.ndarray) -> np.ndarray:
    valid = shapely.make_valid(MILLIMETRES.steps(polygons), method="structure", keep_collapsed=False)
    assert (shapely.area(valid) > 0).all()
    return valid


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 6))
def test_after_changes_of_any_kind_edges_are_those_of_a_new_sheet(seed: int, before: int, after: int):
    rng = np.random.default_rng(seed)
    shapes = lattice(6, 6, size_m=12.0, seed=seed)
    sow(shapes, before, rng)
    sheet = Sheet(steps(shapes), MILLIMETRES, 0.001)
    touched = np.sort(list(sow(shapes, after, rng)))
    sheet.replace(touched, steps(shapes[touched]))
    fresh = Sheet(steps(shapes), MILLIMETRES, 0.001)
    assert shapely.equals_exact(sheet.polygons, fresh.polygons).all()
    assert shapely.equals(sheet.edges, fresh.edges).all()
    assert sheet.settled is None
