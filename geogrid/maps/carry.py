"""What was made of a project at one version, carried on to the next: of a shape that is the same object nothing is made again.

An edit changes a handful of units among thousands. `succeed` says which project came before; then

    kept        one thing made of one source (a base layer): the same as long as the source is
    each        one value a shape: label places, projected shapes; `each_named` one a name
    simplified  shapes of a cover: those that changed are simplified anew together with what surrounds them
    kept_hues   hues by name: a unit keeps its own unless a neighbour has it now
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from geogrid.maps.project import ProjectLike, once
from geogrid.measure import HUES, TOUCH_M, colours

T = TypeVar("T")
_made: WeakKeyDictionary[Any, dict[Hashable, tuple[Any, Any]]] = WeakKeyDictionary()
_before: WeakKeyDictionary[Any, dict[Hashable, tuple[Any, Any]]] = WeakKeyDictionary()
_door = threading.Lock()
_MANY_SHARE = 0.2  # where so much changed, making all anew is quicker


def succeed(project: ProjectLike, former: ProjectLike) -> None:
    """Let a project take over what was made of the version of the same file before it."""
    with _door:
        _before[project] = {**_before.get(former, {}), **_made.get(former, {})}


def _noted(project: ProjectLike, key: Hashable, source: Any, value: T) -> T:
    with _door:
        _made.setdefault(project, {})[key] = (source, value)
    return value


def _earlier(project: ProjectLike, key: Hashable) -> tuple[Any, Any]:
    with _door:
        return _before.get(project, {}).get(key, (None, None))


def kept(project: ProjectLike, key: Hashable, source: Any, make: Callable[[], T]) -> T:
    """Return what `make` makes of a source, once for as long as the source is the same object."""

    def find() -> T:
        before, value = _earlier(project, key)
        return _noted(project, key, source, value if before is source else make())

    return once(project, ("kept", key), find)


def each(project: ProjectLike, key: Hashable, shapes: np.ndarray, make: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the rows that `make` makes of shapes, each of its shape alone; only those of new shapes are made."""

    def find() -> np.ndarray:
        values, new = _known(project, key, shapes)
        if values is None:
            values = make(shapes)
        elif len(new):
            values[new] = make(shapes[new])
        return _noted(project, key, shapes, values)

    return once(project, ("each", key), find)


def each_named(project: ProjectLike, key: Hashable, names: Sequence[Hashable], make: Callable[[int], Any]) -> np.ndarray:
    """Return what `make` makes of each row, object (n,); what stood under the same name before is taken over."""
    before = _earlier(project, key)[1] or {}
    made = {name: before[name] if name in before else make(row) for row, name in enumerate(names)}
    _noted(project, key, None, made)
    out = np.empty(len(names), dtype=object)
    out[:] = list(made.values())
    return out


def _known(project: ProjectLike, key: Hashable, shapes: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
    """Return the values of shapes as they were made before and the rows of those that are new; None where too many are."""
    before, values = _earlier(project, key)
    if before is None or not len(before):
        return None, np.arange(len(shapes))
    row = {id(shape): i for i, shape in enumerate(before)}  # `before` keeps the shapes, so that a number stands for one of them
    at = np.array([row.get(id(shape), -1) for shape in shapes], dtype=np.int64)
    new = np.flatnonzero(at < 0)
    return (values[at] if len(new) <= _MANY_SHARE * len(shapes) else None), new


def simplified(project: ProjectLike, key: Hashable, shapes: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the polygons of a cover simplified, borders alike on both sides; shapes that are no polygons stay as they are.

    A border is simplified between its ends, where a third shape begins. So a shape comes out the same with only its neighbours round it: those of
    new shapes, and the new ones, are made anew with one more ring of neighbours.
    """

    def find() -> np.ndarray:
        values, new = _known(project, key, shapes)
        if values is None:
            values = _simplify(shapes, tolerance)
        elif len(new):
            tree = shapely.STRtree(shapes)
            near = np.union1d(new, tree.query(shapes[new], predicate="intersects")[1])
            around = np.union1d(near, tree.query(shapes[near], predicate="intersects")[1])
            values[near] = _simplify(shapes[around], tolerance)[np.searchsorted(around, near)]
        return _noted(project, key, shapes, values)

    return once(project, ("simplified", key), find)


def _simplify(shapes: np.ndarray, tolerance: float) -> np.ndarray:
    out = shapes.copy()
    polygonal = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    out[polygonal] = shapely.coverage_simplify(shapes[polygonal], tolerance)
    return out


def hues(project: ProjectLike, level: str) -> np.ndarray:
    """Return the hue 0..4 of each unit of a level that is not fine, in the order of `units(level)`: neighbours differ."""
    units = project.units(level)
    return kept_hues(project, level, units.index, units.geometry.to_numpy())


def kept_hues(project: ProjectLike, key: Hashable, names: Sequence[Hashable], shapes: np.ndarray) -> np.ndarray:
    """Return the hue of each shape, int (n,), so that neighbours differ; one that had a hue under its name keeps it where it can."""

    def find() -> np.ndarray:
        unknown, new = _known(project, key, shapes)
        if unknown is None:
            hue = np.asarray(colours(shapes), dtype=np.int64)
        else:
            before = _earlier(project, (key, "names"))[1]
            hue = np.array([before.get(name, -1) for name in names], dtype=np.int64)
            _recolour(hue, np.union1d(new, np.flatnonzero(hue < 0)), shapes)
        _noted(project, (key, "names"), None, dict(zip(names, hue.tolist(), strict=True)))
        return _noted(project, key, shapes, hue)

    return once(project, ("hues", key), find)


def _recolour(hue: np.ndarray, rows: np.ndarray, shapes: np.ndarray) -> None:
    """Give each of some rows a hue that none of its neighbours has: its own, else the least used; where none is free, the rarest round it."""
    at, near = shapely.STRtree(shapes).query(shapes[rows], predicate="dwithin", distance=TOUCH_M)
    used = np.bincount(hue[hue >= 0], minlength=HUES)
    for i, row in enumerate(rows.tolist()):
        others = near[at == i]
        found = hue[others[others != row]]
        taken = np.bincount(found[found >= 0], minlength=HUES)
        if hue[row] < 0 or taken[hue[row]]:
            hue[row] = min(range(HUES), key=lambda each, taken=taken: (taken[each], used[each], each))
