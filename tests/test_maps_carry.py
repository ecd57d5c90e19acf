"""What maps carry on from one version to the next is what they would make anew."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.maps.carry import each, each_named, kept, kept_hues, simplified, succeed
from geogrid.measure import TOUCH_M

SIDE = 14


class _Version(SimpleNamespace):
    """Stands for a project at one version; kept things hang on it."""

    __hash__ = object.__hash__


def _after(before: _Version) -> _Version:
    now = _Version()
    succeed(now, before)
    return now


def _cells(seed: int) -> np.ndarray:
    """Return a valid coverage of crooked cells."""
    points = np.random.default_rng(seed).uniform(0, 100, (SIDE * SIDE, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shapely.box(0, 0, 100, 100)))
    return cells[np.argsort([cell.centroid.x + 1000 * (cell.centroid.y // 12) for cell in cells])]


def _united(cells: np.ndarray, group: np.ndarray, former: dict[Any, Any]) -> tuple[np.ndarray, dict[Any, Any]]:
    """Return the groups' shapes, the same objects where a group has the same cells."""
    made = {}
    for name in np.unique(group):
        rows = np.flatnonzero(group == name)
        key = rows.tobytes()
        made[key] = former[key] if key in former else shapely.coverage_union_all(cells[rows])
    shapes = np.empty(len(made), dtype=object)
    shapes[:] = list(made.values())
    return shapes, made


@given(st.integers(0, 30), st.integers(8, 25), st.lists(st.tuples(st.integers(0, SIDE * SIDE - 1), st.integers(0, 24)), min_size=1, max_size=3))
@settings(max_examples=30)
def test_a_cover_simplified_after_a_change_is_the_one_simplified_anew(seed: int, groups: int, moves: list[tuple[int, int]]):
    cells = _cells(seed)
    group = np.arange(len(cells)) * groups // len(cells)
    version = _Version()
    shapes, made = _united(cells, group, {})
    simplified(version, "u", shapes, 2.0)
    for row, to in moves:
        group = group.copy()
        group[row % len(cells)] = to % groups
        version = _after(version)
        shapes, made = _united(cells, group, made)
        carried, anew = simplified(version, "u", shapes, 2.0), simplified(_Version(), "u", shapes, 2.0)
        assert [shape.wkb for shape in shapely.normalize(carried)] == [shape.wkb for shape in shapely.normalize(anew)]


def test_only_new_shapes_are_made():
    asked: list[int] = []

    def areas(shapes: np.ndarray) -> np.ndarray:
        asked.append(len(shapes))
        return shapely.area(shapes)

    shapes = np.array([shapely.box(i, 0, i + 1, i + 1) for i in range(10)], dtype=object)
    first = _Version()
    assert each(first, "area", shapes, areas).tolist() == list(range(1, 11))
    changed = shapes.copy()
    changed[3] = shapely.box(3, 0, 5, 5)
    second = _after(first)
    assert each(second, "area", changed, areas).tolist() == [1, 2, 3, 10, 5, 6, 7, 8, 9, 10]
    assert each(_after(second), "area", changed[::-1], areas).tolist() == [10, 9, 8, 7, 6, 5, 10, 3, 2, 1]
    assert asked == [10, 1]


def test_what_nobody_asked_for_in_between_is_still_carried_on():
    first = _Version()
    shapes = np.array([shapely.box(i, 0, i + 1, 1) for i in range(10)], dtype=object)
    each(first, "area", shapes, shapely.area)
    third = _after(_after(first))
    assert each(third, "area", shapes, lambda _: 1 / 0).tolist() == [1] * 10


def test_one_thing_is_kept_as_long_as_its_source_is_the_same():
    source, other, first = [1], [1], _Version()
    made = kept(first, "k", source, lambda: [0])
    assert kept(_after(first), "k", source, lambda: [0]) is made
    assert kept(_after(first), "k", other, lambda: [0]) is not made


def test_named_things_are_taken_over_by_name():
    first = _Version()
    each_named(first, "k", ["a", "b"], lambda row: f"first {row}")
    assert each_named(_after(first), "k", ["b", "c"], lambda row: f"second {row}").tolist() == ["first 1", "second 1"]


@given(st.integers(0, 30), st.integers(0, SIDE * SIDE - 5))
@settings(max_examples=20)
def test_units_keep_their_hues_and_neighbours_differ(seed: int, row: int):
    cells, first = _cells(seed), _Version()
    group = np.arange(len(cells)) // 4
    names = np.unique(group).tolist()
    shapes, made = _united(cells, group, {})
    before = kept_hues(first, "u", names, shapes)
    group[row] = group[row + 4]
    shapes, _ = _united(cells, group, made)
    hue = kept_hues(_after(first), "u", names, shapes)
    changed = {row // 4, row // 4 + 1}
    assert all(hue[name] == before[name] for name in names if name not in changed)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOUCH_M)
    clash = (a < b) & (hue[a] == hue[b])
    assert clash.sum() <= 2, "a hue is given twice only where neighbours have all five"
