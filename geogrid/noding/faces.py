"""Faces of lines that meet end to end only: compiled, by walking round each with the face on the left.

every line is two half-edges, 2 k and 2 k + 1, one a direction; at a node they are sorted by angle; where one ends, the next to walk is
the first clockwise of its way back. Walks to the left round an area are shells, the others holes. Lines that close nothing are dropped.
"""

from __future__ import annotations

import numpy as np
import shapely
from numba import njit


def find_faces(lines: np.ndarray, *, grid_m: float) -> np.ndarray:
    """Return the Polygons (f,) that LineStrings (metres, on the grid, meeting end to end only) close, in no order that matters."""
    if not len(lines):
        return np.zeros(0, dtype=object)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    first = np.searchsorted(line, np.arange(len(lines) + 1))
    tail, head = first[:-1], first[1:] - 1
    step = np.round((xy - xy.min(axis=0)) / grid_m).astype(np.int64)
    key = step[:, 0] * (step[:, 1].max() + 1) + step[:, 1]
    node = np.unique(np.concatenate([key[tail], key[head]]), return_inverse=True)[1].reshape(2, -1)
    following = _follow(step, first, node[0], node[1])
    corner, ring, doubtful = _walk_faces(following, first, node[0], node[1])
    if doubtful:  # a face that touches itself, or a line with one face on both sides: these take a subtler program
        return shapely.get_parts(shapely.polygonize(lines))
    return _assemble(xy[corner], ring)


def _assemble(xy: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """Make Polygons of rings (vertices (v, 2), closed, and the ring of each): to the left they are shells, else holes of the least round them."""
    rings = shapely.linearrings(xy, indices=ring)
    is_shell = shapely.is_ccw(rings)
    faces = shapely.polygons(rings[is_shell])
    holes = rings[~is_shell]
    filled = shapely.polygons(holes)
    h, f = shapely.STRtree(faces).query(filled, predicate="within")
    inner = shapely.area(faces[f]) > shapely.area(filled[h]) * (1 + 1e-9)  # not what fills the hole itself
    h, f = h[inner], f[inner]
    order = np.lexsort((shapely.area(faces[f]), h))
    h, f = h[order], f[order]
    least = np.r_[True, h[1:] != h[:-1]][: len(h)]
    for shell in np.unique(f[least]):
        faces[shell] = shapely.Polygon(shapely.get_exterior_ring(faces[shell]), holes[h[least & (f == shell)]].tolist())
    return faces


@njit(cache=True, nogil=True)
def _follow(step: np.ndarray, first: np.ndarray, tail: np.ndarray, head: np.ndarray) -> np.ndarray:
    """Return for each half-edge the next to walk, -1 for those of lines that lead nowhere."""
    n = len(tail)
    alive = _without_ends(tail, head)
    nodes = max(tail.max(), head.max()) + 1
    start = np.zeros(nodes + 1, np.int64)
    for k in range(n):
        if alive[k]:
            start[tail[k] + 1] += 1
            start[head[k] + 1] += 1
    start = np.cumsum(start)
    at, fan = start[:-1].copy(), np.empty(start[-1], np.int64)
    for e in range(2 * n):
        if alive[e // 2]:
            v = tail[e // 2] if e % 2 == 0 else head[e // 2]
            place = at[v]
            while place > start[v] and _is_before(step, first, e, fan[place - 1]):
                fan[place] = fan[place - 1]
                place -= 1
            fan[place] = e
            at[v] += 1
    following = np.full(2 * n, -1, np.int64)
    for v in range(nodes):
        for i in range(start[v], start[v + 1]):
            before = fan[i - 1] if i > start[v] else fan[start[v + 1] - 1]
            following[fan[i] ^ 1] = before
    return following


@njit
def _without_ends(tail: np.ndarray, head: np.ndarray) -> np.ndarray:
    """Tell which lines are left when those with an end that nothing else meets are taken off, again and again."""
    n, nodes = len(tail), max(tail.max(), head.max()) + 1
    alive, degree = np.ones(n, np.bool_), np.zeros(nodes, np.int64)
    total = np.zeros(nodes, np.int64)  # the sum of the lines at a node: of the last one left it is its number
    for k in range(n):
        for v in (tail[k], head[k]):
            degree[v] += 1
            total[v] += k
    for v0 in range(nodes):
        v = v0
        while degree[v] == 1:
            k = total[v]
            alive[k] = False
            w = head[k] if tail[k] == v else tail[k]
            for u in (v, w):
                degree[u] -= 1
                total[u] -= k
            v = w
    return alive


@njit
def _leaving(step: np.ndarray, first: np.ndarray, e: int) -> tuple[int, int]:
    """Return the direction in which a half-edge leaves its node."""
    a = first[e // 2] if e % 2 == 0 else first[e // 2 + 1] - 1
    b = a + 1 if e % 2 == 0 else a - 1
    return step[b, 0] - step[a, 0], step[b, 1] - step[a, 1]


@njit
def _is_before(step: np.ndarray, first: np.ndarray, e: int, f: int) -> bool:
    """Answer whether half-edge e leaves at a smaller angle than f, counted from east, counterclockwise."""
    (ax, ay), (bx, by) = _leaving(step, first, e), _leaving(step, first, f)
    low_a, low_b = ay < 0 or (ay == 0 and ax < 0), by < 0 or (by == 0 and bx < 0)
    if low_a != low_b:
        return low_b
    return ax * by - ay * bx > 0


@njit(cache=True, nogil=True)
def _walk_faces(following: np.ndarray, first: np.ndarray, tail: np.ndarray, head: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Walk all rings; return the rows of their vertices (closed) and the ring of each, and whether one passes a node or a line twice."""
    n = len(tail)
    total = 0
    for e in range(2 * n):
        if following[e] >= 0:
            total += first[e // 2 + 1] - first[e // 2]
    corner, ring = np.empty(total + 2 * n, np.int64), np.empty(total + 2 * n, np.int64)
    seen = np.full(max(tail.max(), head.max()) + 1, -1, np.int64)
    done = np.zeros(2 * n, np.bool_)
    size, made, doubtful = 0, 0, False
    for start in range(2 * n):
        if done[start] or following[start] < 0:
            continue
        e = start
        while not done[e]:
            done[e] = True
            v = tail[e // 2] if e % 2 == 0 else head[e // 2]
            doubtful |= seen[v] == made
            seen[v] = made
            low, high = first[e // 2], first[e // 2 + 1] - 1
            for i in range(high - low):
                corner[size], ring[size] = low + i if e % 2 == 0 else high - i, made
                size += 1
            e = following[e]
        corner[size] = first[start // 2] if start % 2 == 0 else first[start // 2 + 1] - 1
        ring[size] = made
        size, made = size + 1, made + 1
    return corner[:size], ring[:size], doubtful
