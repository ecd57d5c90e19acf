"""Where a drawn line meets the edges of cells: nodes, and the chords between them.

  +-----+-----+     The line comes as points that a hand has set. What it crosses becomes a node on that edge, computed once an edge, so that both
  |     |     |     cells beside it get the same vertex. A vertex of the cells within `REACH_M` of the line is the node itself: the line bends to
--o-----o-----o--   it, never the cells to the line. Between two nodes that follow each other lies a chord, inside one cell or along an edge.
  |     |     |
  +-----+-----+     The line moves by no more than `REACH_M`, and whatever lay nearer to it has become a node: so nothing changes its side.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

REACH_M = 0.01
"""A hand does not draw finer: within a centimetre of a vertex, or of an edge, the line means it."""
APART = 10.0


@dataclass(frozen=True, eq=False)
class Meeting:
    """`xy` (n, 2) of all nodes, metres: vertices of the cells first, then what the line adds. `chords` int (k, 2), each once.

    `rings`: of each cell its rings as node numbers, first and last the same. `on_edge`: (low, high) vertex of an edge -> its new nodes, from low on.
    """

    xy: np.ndarray
    chords: np.ndarray
    rings: list[list[list[int]]]
    on_edge: dict[tuple[int, int], list[int]]


@dataclass(frozen=True, eq=False)
class _Path:
    """Segments of the line, noded with itself: `start`, `end` (s, 2); `place` (s,) grows by 1 a segment along a path, by `APART` between paths."""

    start: np.ndarray
    end: np.ndarray
    place: np.ndarray


@dataclass(frozen=True, eq=False)
class _Touch:
    """Where segments touch edges: `place` (t,) along the line; either `vertex` (t,), or -1 and the share `along` (t,) of the edge `edge` (t,)."""

    place: np.ndarray
    vertex: np.ndarray
    edge: np.ndarray
    along: np.ndarray


def meet(cells: np.ndarray, line: BaseGeometry) -> Meeting:
    """Find where a line (metres) meets the edges of Polygons of a noded coverage."""
    xy, rings = _numbered(cells)
    edges = np.unique(np.sort([pair for own in rings for ring in own for pair in pairwise(ring)], axis=1), axis=0)
    lines = shapely.STRtree(shapely.linestrings(xy[edges]))
    path = _noded(line)
    touch = _touches(xy, edges, lines, path)
    grown, node, on_edge = _with_nodes(xy, edges, touch)
    grown, order = _with_points(grown, lines, touch.place, node, path)
    return Meeting(grown, _chords(*order), rings, on_edge)


def _numbered(cells: np.ndarray) -> tuple[np.ndarray, list[list[list[int]]]]:
    """Return the distinct vertices (v, 2), and the rings of each cell as numbers of them."""
    rings, owner = shapely.get_rings(cells, return_index=True)
    every, of_ring = shapely.get_coordinates(rings, return_index=True)
    xy, number = np.unique(every, axis=0, return_inverse=True)
    parts = np.split(number.reshape(-1), np.flatnonzero(np.diff(of_ring)) + 1)
    out: list[list[list[int]]] = [[] for _ in cells]
    for cell, part in zip(owner.tolist(), parts, strict=True):
        out[cell].append(part.tolist())
    return xy, out


def _noded(line: BaseGeometry) -> _Path:
    """Cut the line where it crosses itself; points that stand still are dropped."""
    parts = shapely.get_parts(shapely.node(shapely.remove_repeated_points(line)))
    xy, of_part = shapely.get_coordinates(parts, return_index=True)
    same = of_part[1:] == of_part[:-1]
    return _Path(xy[:-1][same], xy[1:][same], (np.arange(len(xy) - 1) + APART * of_part[:-1])[same])


def _project(point: np.ndarray, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of each segment at which its point is nearest, and how far away that is."""
    way = end - start
    share = np.clip(((point - start) * way).sum(1) / np.maximum((way**2).sum(1), 1e-30), 0.0, 1.0)
    return share, np.hypot(*(point - start - share[:, None] * way).T)


def _touches(xy: np.ndarray, edges: np.ndarray, lines: shapely.STRtree, path: _Path) -> _Touch:
    """Find every vertex and every edge that a segment reaches."""
    segments = shapely.linestrings(np.stack([path.start, path.end], axis=1))
    segment, edge = lines.query(segments, predicate="dwithin", distance=REACH_M)
    a, b, p, q = xy[edges[edge, 0]], xy[edges[edge, 1]], path.start[segment], path.end[segment]
    near = {}
    found = []
    for side, corner in enumerate((a, b)):
        share, away = _project(corner, p, q)
        near[side] = away <= REACH_M
        found.append(_rows(near[side], path.place[segment] + share, edges[edge, side], edge, share))
    ends = []
    for share, point in enumerate((p, q)):
        along, away = _project(point, a, b)
        ends.append(away <= REACH_M)
        alone = ends[-1] & (np.hypot(*(point - a).T) > REACH_M) & (np.hypot(*(point - b).T) > REACH_M)
        found.append(_rows(alone, path.place[segment] + share, np.full(len(edge), -1), edge, along))
    cross, share, along = _crossing(a, b, p, q)
    cross &= ~(near[0] | near[1] | ends[0] | ends[1])
    found.append(_rows(cross, path.place[segment] + share, np.full(len(edge), -1), edge, along))
    return _Touch(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _rows(which: np.ndarray, *columns: np.ndarray) -> tuple[np.ndarray, ...]:
    return tuple(column[which] for column in columns)


def _crossing(a: np.ndarray, b: np.ndarray, p: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tell which edges a-b and segments p-q cross between their ends, and at which share of the segment and of the edge."""
    edge, way, gap = b - a, q - p, p - a
    spread = _cross(edge, way)
    safe = np.where(spread == 0, 1.0, spread)
    share, along = _cross(gap, edge) / safe, _cross(gap, way) / safe
    return (spread != 0) & (share > 0) & (share < 1) & (along > 0) & (along < 1), share, along


def _cross(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]


def _with_nodes(xy: np.ndarray, edges: np.ndarray, touch: _Touch) -> tuple[np.ndarray, np.ndarray, dict[tuple[int, int], list[int]]]:
    """Return the vertices with the new nodes on edges, the node of each touch, and the new nodes of each edge in order."""
    node = touch.vertex.copy()
    new: list[np.ndarray] = []
    on_edge: dict[tuple[int, int], list[int]] = {}
    for row in np.lexsort((touch.along, touch.edge)).tolist():
        if touch.vertex[row] >= 0:
            continue
        low, high = (int(v) for v in edges[touch.edge[row]])
        at = xy[low] + touch.along[row] * (xy[high] - xy[low])
        known = [low, high, *on_edge.get((low, high), [])[-1:]]
        places = [xy[low], xy[high], *new[-1:]]
        close = [n for n, place in zip(known, places, strict=False) if np.hypot(*(at - place)) <= REACH_M]
        node[row] = close[0] if close else len(xy) + len(new)
        if not close:
            on_edge.setdefault((low, high), []).append(int(node[row]))
            new.append(at)
    return np.vstack([xy, *new]), node, on_edge


def _with_points(
    xy: np.ndarray, lines: shapely.STRtree, place: np.ndarray, node: np.ndarray, path: _Path
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Add the line's own points, but where a node on the edge beside them stands for them; return all nodes, and (places, nodes) along the line."""
    points = np.concatenate([path.start, path.end])
    at = np.concatenate([path.place, path.place + 1.0])
    free = np.setdiff1d(np.arange(len(points)), lines.query(shapely.points(points), predicate="dwithin", distance=REACH_M)[0])
    own, number = np.unique(points[free], axis=0, return_inverse=True)
    return np.vstack([xy, own]), (np.concatenate([place, at[free]]), np.concatenate([node, len(xy) + number.reshape(-1)]))


def _chords(place: np.ndarray, node: np.ndarray) -> np.ndarray:
    """Join nodes that follow each other along a path; int (k, 2), low before high, each once."""
    order = np.lexsort((node, place))
    place, node = place[order], node[order]
    follows = (np.diff(place) < APART / 2) & (np.diff(node) != 0)
    pairs = np.sort(np.stack([node[:-1][follows], node[1:][follows]], axis=1), axis=1)
    return np.unique(pairs, axis=0).astype(np.int64).reshape(-1, 2)
