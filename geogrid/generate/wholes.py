"""Buildings and entrances that nobody divides: their storeys become one node of the graph where they fit into one unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geogrid.generate.counts import Graph
from geogrid.generate.divide import Terrain
from geogrid.generate.sides import components


def find_wholes(graph: Graph, cell: np.ndarray, building: np.ndarray, upper: int) -> np.ndarray:
    """Number of what each node becomes part of, int (n,): its building where that fits into `upper`, else its entrance where that does, else itself.

    `cell` int (n,), `building` str (n,), "" for none. What lies in several pieces or parents is not one thing; nor is what has several centres.
    """
    number = np.unique(building.astype(str), return_inverse=True)[1]
    named = building != ""
    a, b = graph.edges[:, 0], graph.edges[:, 1]
    inside = graph.within[a] == graph.within[b]
    of_cell, cell_fits = _fitting(graph, graph.edges[inside & (cell[a] == cell[b])], upper)
    of_building, building_fits = _fitting(graph, graph.edges[inside & (number[a] == number[b]) & named[a]], upper)
    n = len(cell)
    key = np.where(building_fits & named, 2 * n + of_building, np.where(cell_fits, n + of_cell, np.arange(n)))
    return np.unique(key, return_inverse=True)[1]


def _fitting(graph: Graph, edges: np.ndarray, upper: int) -> tuple[np.ndarray, np.ndarray]:
    """Connected part of each node by `edges`, and whether that part may be one node."""
    part = components(len(graph.weight), edges)
    fits = np.bincount(part, graph.weight) <= upper
    if graph.centres is not None:
        fits &= np.bincount(part, graph.centres) <= 1
    return part, fits[part]


def contracted(terrain: Terrain, whole: np.ndarray) -> Terrain:
    """Return the terrain with the nodes of one number (`whole` int (n,), 0 … k-1) made one: weights and borders add up, the easiest way counts."""
    graph, k = terrain.graph, int(whole.max(initial=-1)) + 1
    weight = np.bincount(whole, graph.weight, minlength=k).astype(np.int64)
    share = np.where(weight[whole] > 0, graph.weight, 1.0)
    share = share / np.bincount(whole, share, minlength=k)[whole]
    xyz = np.column_stack([np.bincount(whole, share * graph.xyz[:, i], minlength=k) for i in range(3)])
    first = np.unique(whole, return_index=True)[1]
    ends = np.sort(whole[graph.edges], axis=1)
    apart = ends[:, 0] != ends[:, 1]
    edges, at = np.unique(ends[apart], axis=0, return_inverse=True)
    at = at.ravel()
    low = [np.full(len(edges), np.inf), np.full(len(edges), np.inf)]
    for out, values in zip(low, (graph.cost, terrain.bar), strict=True):
        np.minimum.at(out, at, values[apart])
    kind = np.zeros(len(edges), dtype=np.int8)
    if graph.kind is not None:
        np.maximum.at(kind, at, graph.kind[apart])
    centres = None if graph.centres is None else np.bincount(whole, graph.centres, minlength=k).astype(np.int64)
    kind = None if graph.kind is None else kind
    made = Graph(weight, np.round(xyz, 3), graph.within[first], edges.reshape(-1, 2), low[0], kind, centres, workers=graph.workers)
    length_m = np.bincount(at, terrain.length_m[apart], minlength=len(edges))
    return replace(terrain, graph=made, bar=low[1].astype(terrain.bar.dtype), length_m=length_m, compound=terrain.compound[first])
