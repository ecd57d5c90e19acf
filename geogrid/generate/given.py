"""Levels that the office brings: polygons of the lowest given level label the cells, codes name their parents; or a column on the buildings does."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from geogrid.generate.mesh import Mesh
from geogrid.scheme import Level, Scheme

NONE = -1
OPEN_WIDTH_M, OPEN_AREA_M2 = 1.0, 50.0
"""Narrower and smaller land between given units is a drawing fault: it goes to the neighbour with the longest border; other land has no unit."""


def lowest_given(scheme: Scheme, given: Mapping[str, gpd.GeoDataFrame]) -> Level | None:
    """Return the deepest level that has given polygons, or None."""
    levels = [level for level in scheme.levels if level.id in given and level.make == "given"]
    return levels[-1] if levels else None


def label_by_polygons(polygons: np.ndarray, mesh: Mesh, cells: np.ndarray) -> np.ndarray:
    """Label each cell (polygons (c,)) with the row of the given polygon that it lies in, int (c,); NONE outside all.

    A cell claimed by several goes to the claimant with the longest border on undisputed cells; one claimed by none that is a drawing fault to
    the neighbour with the longest border.
    """
    inner = shapely.point_on_surface(cells)
    cell, claim = shapely.STRtree(inner).query(polygons, predicate="intersects")[::-1]
    order = np.lexsort((claim, cell))
    cell, claim = cell[order], claim[order]
    n = np.bincount(cell, minlength=len(inner))
    label = np.full(len(inner), NONE)
    label[cell[n[cell] == 1]] = claim[n[cell] == 1]
    claims = {int(c): set(claim[cell == c].tolist()) for c in np.flatnonzero(n > 1)}
    for c in claims:
        label[c] = min(claims[c])
    open_cells = {int(c): None for c in np.flatnonzero((n == 0) & _is_drawing_fault(cells))}
    return _by_longest_border(label, mesh, {**claims, **open_cells})


def _is_drawing_fault(cells: np.ndarray) -> np.ndarray:
    area = shapely.area(cells)
    return (2 * area < OPEN_WIDTH_M * shapely.length(cells)) & (area < OPEN_AREA_M2)


def _by_longest_border(label: np.ndarray, mesh: Mesh, disputed: Mapping[int, set[int] | None]) -> np.ndarray:
    """Settle disputed cells: the allowed label (None: any) with the longest border; twice round, so that chains of slivers are reached."""
    label = label.copy()
    graph = mesh.graph(np.ones(len(mesh.a), dtype=bool), mesh.length_m)
    settled = np.ones(len(label), dtype=bool)
    settled[list(disputed)] = False
    waiting = sorted(disputed)
    for _ in range(len(waiting) + 1):
        rest = []
        for c in waiting:
            near = slice(graph.indptr[c], graph.indptr[c + 1])
            total: dict[int, float] = {}
            allowed = disputed[c]
            for other, length in zip(graph.indices[near], graph.data[near], strict=True):
                mine = int(label[other])
                if settled[other] and mine >= 0 and (allowed is None or mine in allowed):
                    total[mine] = total.get(mine, 0.0) + float(length)
            if total:
                label[c] = max(sorted(total), key=lambda k: round(total[k], 3))
                settled[c] = True
            else:
                rest.append(c)
        if len(rest) == len(waiting):
            break
        waiting = rest
    return label


def label_by_column(values: np.ndarray, mesh: Mesh) -> np.ndarray:
    """Label cells by a code on their buildings, object (c,) with "" where unknown: the nearest labelled cell of the enclosure, else of the district.

    Returns the code of each cell, object (c,); "" only where nothing is labelled at all.
    """
    out = values.copy()
    same = mesh.enclosure[mesh.a] == mesh.enclosure[mesh.b]
    for edges in (same, np.ones(len(mesh.a), dtype=bool)):
        known = np.flatnonzero(out != "")
        if len(known) == 0 or len(known) == len(out):
            break
        _, _, source = dijkstra(mesh.graph(edges, mesh.walk_m), directed=False, indices=known, min_only=True, return_predecessors=True)
        reached = source >= 0
        out[reached] = out[source[reached]]
    return out


def parent_codes(level: Level, above: Level, given: Mapping[str, gpd.GeoDataFrame]) -> list[str]:
    """Parent code of each given unit of `level`: its `parent` column, else the code above that begins its own, else the polygon that holds it."""
    frame = given[level.id]
    if "parent" in frame and (frame["parent"] != "").any():
        return frame["parent"].tolist()
    if above.id not in given:
        return [""] * len(frame)
    upper = given[above.id]
    by_prefix = [max((u for u in upper.index if u and code.startswith(u)), key=len, default="") for code in frame.index]
    if all(by_prefix):
        return by_prefix
    inner = shapely.point_on_surface(frame.geometry.to_numpy())
    hit, row = shapely.STRtree(upper.geometry.to_numpy()).query(inner, predicate="intersects")
    by_place = dict(zip(hit[::-1].tolist(), row[::-1].tolist(), strict=True))
    return [by_prefix[i] or (str(upper.index[by_place[i]]) if i in by_place else "") for i in range(len(frame))]
