"""A long narrow gap is cut where its neighbours change, so that each gets the land before its own door.

----------------- outline      Between the outline and three units lies one gap. Given whole to one of them, it would cut the others off;
 |     :     :    |            so it is cut from each corner where two of them meet straight across to the other side.
 |  A  |  B  |  C |
"""

from __future__ import annotations

import numpy as np
import shapely

from geogrid.mending.faces import OPEN, Faces, Sides, sides_of

_ACROSS = 2.0
"""A cut is no longer than so many widths of the widest gap that is filled; what is farther across is not across."""


def find_cuts(faces: Faces, gaps: np.ndarray, step_m: np.ndarray, width_m: float, snap_m: float) -> np.ndarray:
    """Return lines (steps) that cut the faces `gaps` (rows) at the corners between two of their neighbours."""
    sides = sides_of(faces.shapes)
    claims = faces.claims.tocsr()
    count = np.diff(claims.indptr)
    unit = np.full(len(count) + 1, OPEN)  # the last stands for what lies beyond
    unit[:-1][count == 1] = claims.indices[claims.indptr[:-1][count == 1]]
    across = unit[sides.mate]
    cuts: list[np.ndarray] = []
    for face in gaps.tolist():
        rows = np.flatnonzero(sides.owner == face)
        if len(np.unique(across[rows])) > 2:
            cuts += _cuts_of(faces.shapes[face], sides, rows, across[rows], step_m, _ACROSS * width_m, snap_m)
    return shapely.linestrings(np.array(cuts).reshape(-1, 2, 2))


def _cuts_of(
    face: shapely.Polygon, sides: Sides, rows: np.ndarray, across: np.ndarray, step_m: np.ndarray, reach_m: float, snap_m: float
) -> list[np.ndarray]:
    """Cut one face from each vertex between two units to the nearest point of a side that is neither's."""
    ends = sides.ends[rows] * step_m
    room = shapely.buffer(shapely.transform(face, lambda xy: xy * step_m), snap_m)
    found = []
    for ring in np.unique(sides.ring[rows]):
        own = np.flatnonzero(sides.ring[rows] == ring)
        for i, j in zip(own, np.roll(own, -1), strict=True):
            if across[i] == across[j] or OPEN in (across[i], across[j]):
                continue
            others = ends[(across != across[i]) & (across != across[j])]
            corner = ends[i, 1]
            if len(others) == 0:
                continue
            goal = _nearest(corner, others, snap_m)
            line = shapely.LineString([corner, goal])
            if snap_m < line.length <= reach_m and room.covers(line):
                found.append(np.round(np.array([corner, goal]) / step_m))
    return found


def _nearest(corner: np.ndarray, edges: np.ndarray, snap_m: float) -> np.ndarray:
    """Return the point of edges (m, 2, 2) that is nearest to a corner; the end of an edge where one is as good as there."""
    a, line = edges[:, 0], edges[:, 1] - edges[:, 0]
    share = np.clip(((corner - a) * line).sum(1) / np.maximum((line**2).sum(1), 1e-30), 0, 1)
    points = a + share[:, None] * line
    best = int(np.hypot(*(points - corner).T).round(9).argmin())
    near = edges[best][np.hypot(*(edges[best] - points[best]).T) <= snap_m]
    return near[0] if len(near) else points[best]
