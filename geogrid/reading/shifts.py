"""How far two layers of one district lie apart, when one of them may be in a shifted datum (GCJ-02, BD-09) and does not say so.

Borders run along other borders, roads and rivers; roads and borders run between buildings; entrances stand on them. How well that holds is a score
between 0 and 1. It is taken with the layers as they are, with one of them moved as each pair of datums would have it, and moved at random: the right
move stands far out of the random ones. Nothing is said where nothing stands out. All coordinates are metres; nothing here knows of roles or files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS

from geogrid.crs import SHIFTED, WGS84, bd09_to_wgs84, gcj02_to_wgs84, is_in_china, wgs84_to_bd09, wgs84_to_gcj02
from geogrid.reading.geometry import transformer

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

TRUE = "WGS 84"
DATUMS = (TRUE, *SHIFTED)
NEAR_M, TOUCH_M = 30.0, 3.0
"""What lies within NEAR_M of a line runs along it, the better the nearer; an entrance is at most TOUCH_M from its building."""
POOL_N, SAMPLE_N, LEAST_N = 6000, 800, 60
FARTHEST_M = 1700.0
CLEAR, MARGIN = 4.5, 2.0
"""How many standard deviations of the random moves the right move must stand out, and by how many more than any other that was tried."""
_STEP_M = 10.0


def _around(count: int, lengths_m: list[float], turn: float) -> np.ndarray:
    """Moves in `count` directions, the first of them `turn` radians from east; their lengths take turns."""
    angles = turn + 2 * np.pi * np.arange(count) / count
    return np.column_stack([np.cos(angles), np.sin(angles)]) * np.resize(lengths_m, count)[:, None]


def _square(reach_m: float, step_m: float) -> np.ndarray:
    """Steps east and north within a square round no step at all, which comes first, so that it wins where all are alike."""
    side = np.arange(-reach_m, reach_m + step_m / 2, step_m)
    steps = np.array([(x, y) for x in side for y in side])
    return steps[np.argsort(np.hypot(steps[:, 0], steps[:, 1]), kind="stable")]


# as long as the datums lie apart; of several lengths, so that a lattice of blocks does not answer to all alike, and none of them due east or north,
# where streets and outlines run
_RANDOM = _around(16, [331.0, 557.0, 743.0, 1019.0, 449.0], 0.2)
_RING = _around(32, [70.0], 0.0)
_NEAR_BY, _FINER, _FINEST = _square(25.0, 25.0), _square(18.0, 9.0), _square(24.0, 4.0)
Score = Callable[[np.ndarray], float]
Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Trace:
    """What of a layer is held against another: `kind` "lines", "solids" or "points"; a `sample` (n, 2) of it, and all of it to search in."""

    kind: str
    sample: np.ndarray
    box: np.ndarray
    length_m: float
    near: cKDTree | None = None
    solid: shapely.STRtree | None = None


@dataclass(frozen=True)
class Verdict:
    """How layer A lies to layer B: `datums` of A and B (the same where they fit as they are), the measured shift of A in metres east and north, and
    by how many standard deviations it stands out."""

    datums: Pair
    shift_m: tuple[float, float]
    clear: float

    @property
    def is_same(self) -> bool:
        """Tell whether the layers fit as they are."""
        return self.datums[0] == self.datums[1]


def trace(geometry: np.ndarray, kind: str) -> Trace | None:
    """Prepare a layer (projected, metres); None where it holds too little to measure by. `kind` as in `Trace`; outlines of areas are lines too."""
    there = geometry[~(shapely.is_missing(geometry) | shapely.is_empty(geometry))]
    if kind == "solids":
        return Trace(kind, np.empty((0, 2)), shapely.total_bounds(there), 0.0, solid=shapely.STRtree(there)) if len(there) >= LEAST_N else None
    if kind == "points":
        places, length_m = shapely.get_coordinates(shapely.centroid(there)), 0.0
    else:
        lines, is_area = there.copy(), shapely.get_dimensions(there) == 2
        lines[is_area] = shapely.boundary(there[is_area])
        length_m = float(shapely.length(lines).sum())
        places = along(lines, max(_STEP_M, length_m / POOL_N / 4))
    if len(places) < LEAST_N:
        return None
    from scipy.spatial import cKDTree  # a fifth of a second that a single layer does not need

    return Trace(kind, _sample(places), _box(places), length_m, near=cKDTree(places) if kind == "lines" else None)


def along(lines: np.ndarray, step_m: float) -> np.ndarray:
    """Return points along lines, at most `step_m` apart, (n, 2); ends of lines are not among them.

    >>> along(shapely.from_wkt(["LINESTRING (0 0, 10 0)"]), 5).tolist()
    [[0.0, 0.0], [5.0, 0.0]]
    """
    xy, of = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    same = of[1:] == of[:-1]
    start, way = xy[:-1][same], (xy[1:] - xy[:-1])[same]
    count = np.ceil(np.hypot(way[:, 0], way[:, 1]) / step_m).astype(int)
    of_leg = np.repeat(np.arange(len(start)), count)
    part = (np.arange(len(of_leg)) - np.repeat(np.cumsum(count) - count, count)) / count[of_leg]
    return start[of_leg] + way[of_leg] * part[:, None]


def compare(a: Trace, b: Trace, crs: CRS) -> Verdict | None:
    """Measure how two layers in `crs` (metres) lie to one another; None where that is not clear."""
    if _order(a) > _order(b):
        turned = compare(b, a, crs)
        east_m, north_m = turned.shift_m if turned else (0.0, 0.0)
        return Verdict((turned.datums[1], turned.datums[0]), (-east_m, -north_m), turned.clear) if turned else None
    score = _score(a, b)
    places = _thinned(_inside(a.sample, b.box, FARTHEST_M), 2 * SAMPLE_N)
    if score is None or len(places) < LEAST_N:
        return None
    scale = _scale(score, places)
    clear = scale.lift(score(places)) if scale else 0.0
    if clear >= CLEAR:
        return Verdict((TRUE, TRUE), (0.0, 0.0), clear)
    moves = {pair: moved(places, crs, *pair) - places for pair in _pairs()}
    # layers that lie side by side as they are: the random moves are taken where they would lie upon each other
    scale = scale or _scale(score, places + max(moves.values(), key=lambda move: len(_inside(places + move, b.box, 0.0))))
    return _best(score, scale, places, moves, 2 if b.near else 1) if scale else None


@dataclass(frozen=True)
class _Scale:
    """What a score is worth: the mean and standard deviation of random moves."""

    mean: float
    spread: float

    def lift(self, value: float) -> float:
        """By how many standard deviations a score stands out; 0 where the gain is too small to mean anything, or not known."""
        gain = value - self.mean
        return gain / self.spread if gain >= 0.2 * min(self.mean, 1 - self.mean) else 0.0


def _scale(score: Score, places: np.ndarray) -> _Scale | None:
    random = np.array([score(places + move) for move in _RANDOM])
    if np.isnan(random).sum() > len(random) // 2:
        return None
    return _Scale(float(np.nanmean(random)), max(float(np.nanstd(random)), 0.005))


def _best(score: Score, scale: _Scale, places: np.ndarray, moves: Mapping[Pair, np.ndarray], every: int) -> Verdict | None:
    """Find the move that stands out from the random ones and from all others; `every` so manieth place is enough to look for it."""
    rough = {pair: _climbed(score, places[::every], move[::every], _NEAR_BY) for pair, move in moves.items()}
    best, second = sorted(rough, key=lambda pair: -rough[pair][0])[:2]
    if scale.lift(rough[best][0]) < CLEAR / 2:
        return None
    fine = {pair: _climbed(score, places, moves[pair] + rough[pair][1], _FINER) for pair in (best, second)}
    best, second = sorted(fine, key=lambda pair: -fine[pair][0])
    clear, move = scale.lift(fine[best][0]), moves[best] + rough[best][1] + fine[best][1]
    if clear < CLEAR or clear < scale.lift(fine[second][0]) + MARGIN:
        return None
    if best[0] == best[1]:
        return Verdict(best, (0.0, 0.0), clear)
    # a straight line fits as well when it is moved along itself: that measures nothing
    if clear < scale.lift(_climbed(score, places, move, _RING)[0]) + MARGIN:
        return None
    return Verdict(best, _measured(places, move, score), clear)


def _climbed(score: Score, places: np.ndarray, move: np.ndarray, steps: np.ndarray) -> tuple[float, np.ndarray]:
    """Try steps beside a move; return the best score and the first step that reaches it. A score that is not known is the worst."""
    found = np.nan_to_num([score(places + move + step) for step in steps], nan=-1.0)
    return float(found.max()), steps[int(found.argmax())]


def lies_in_china(box: np.ndarray, crs: CRS) -> bool:
    """Tell whether the middle of an extent (x min, y min, x max, y max in a projected CRS) lies where the shifted datums are in use."""
    if not crs.is_projected or not np.isfinite(box).all():
        return False
    return is_in_china(*transformer(crs, WGS84).transform((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))


def moved(places: np.ndarray, crs: CRS, of: str, to: str) -> np.ndarray:
    """Return where places, (n, 2) metres in `crs`, that are in datum `of` would lie in datum `to`; both of `DATUMS`."""
    if of == to:
        return places
    way = transformer(crs, WGS84)
    lon, lat = way.transform(places[:, 0], places[:, 1])
    undo = {"GCJ-02": gcj02_to_wgs84, "BD-09": bd09_to_wgs84}.get(of)
    do = {"GCJ-02": wgs84_to_gcj02, "BD-09": wgs84_to_bd09}.get(to)
    lon, lat = undo(lon, lat) if undo else (lon, lat)
    lon, lat = do(lon, lat) if do else (lon, lat)
    return np.column_stack(way.transform(lon, lat, direction="INVERSE"))


def _pairs() -> list[Pair]:
    return [(TRUE, TRUE), *((a, b) for a in DATUMS for b in DATUMS if a != b)]


def _measured(places: np.ndarray, move: np.ndarray, score: Score) -> tuple[float, float]:
    """Refine a move to the middle of the places nearby that fit best; return the shift that it undoes, metres east and north."""
    found = np.array([score(places + move + step) for step in _FINEST])
    best = _FINEST[found >= np.nanmax(found) - 0.01]
    east_m, north_m = -(move.mean(axis=0) + best.mean(axis=0))
    return float(east_m), float(north_m)


def _order(layer: Trace) -> tuple[int, float]:
    """Points are held against anything, lines against solids and longer lines."""
    return ("points", "lines", "solids").index(layer.kind), layer.length_m


def _score(a: Trace, b: Trace) -> Score | None:
    if b.near is not None:
        return lambda places: _near(places, b.near, b.box)
    if b.solid is not None and a.kind == "lines":
        return lambda places: 1 - _within(places, b.solid, b.box, 0.0)
    if b.solid is not None and a.kind == "points":
        return lambda places: _within(places, b.solid, b.box, TOUCH_M)
    return None


def _near(places: np.ndarray, tree: cKDTree, box: np.ndarray) -> float:
    """How near places lie to lines, 0 (NEAR_M and more) to 1; NaN where too few lie where the lines are."""
    inside = _thinned(_inside(places, box, NEAR_M))
    if len(inside) < LEAST_N:
        return np.nan
    away_m, _ = tree.query(inside, distance_upper_bound=NEAR_M)
    return float(np.maximum(0.0, 1 - away_m / NEAR_M).mean())


def _within(places: np.ndarray, tree: shapely.STRtree, box: np.ndarray, reach_m: float) -> float:
    """Share of places within `reach_m` of a solid; NaN where too few lie where the solids are."""
    inside = shapely.points(_thinned(_inside(places, box, reach_m)))
    if len(inside) < LEAST_N:
        return np.nan
    hits = tree.query(inside, predicate="dwithin", distance=reach_m) if reach_m else tree.query(inside, predicate="intersects")
    return len(np.unique(hits[0])) / len(inside)


def _inside(places: np.ndarray, box: np.ndarray, reach_m: float) -> np.ndarray:
    return places[((places >= box[:2] - reach_m) & (places <= box[2:] + reach_m)).all(axis=1)]


def _box(places: np.ndarray) -> np.ndarray:
    return np.r_[places.min(axis=0), places.max(axis=0)] if len(places) else np.zeros(4)


def _sample(places: np.ndarray) -> np.ndarray:
    """Take a sample that covers the layer evenly and does not depend on the order of its rows: every so manieth, by columns of 300 m."""
    return _thinned(places[np.lexsort((places[:, 0], places[:, 1], places[:, 0] // 300))], POOL_N)


def _thinned(places: np.ndarray, most: int = SAMPLE_N) -> np.ndarray:
    return places if len(places) <= most else places[np.linspace(0, len(places) - 1, most).astype(int)]
