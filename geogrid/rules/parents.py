"""Does each unit lie in the unit that it names as its parent: by a column of its own, or by the digits that its code begins with?

Which of the two is meant shows in the data: where nearly all codes begin with the code of a parent, the few that do not are faults.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from geogrid.catalogue import why
from geogrid.catalogue.amounts import figure
from geogrid.findings import Finding
from geogrid.topology import Faults, areas_wider_than

_MOST_SHARE = 0.8
_FEW = 4
"""Polygons that are asked sooner one by one than united."""


def find_parent_mismatch(
    codes: np.ndarray,
    named: np.ndarray,
    polygons: np.ndarray,
    known: pd.Series,
    level: str,
    tolerance_m: float,
    rows: np.ndarray,
    faults: Faults,
) -> list[Finding]:
    """Find units that lie in another parent than `named` (codes, "" where none is), or whose code does not begin with its code.

    `known`: polygons of the parents by code, valid and in the CRS of `polygons`, metres. What no parent covers is `outside_parent`, and what
    reaches over a neighbour (`faults`, of all polygons) an overlap: neither is ours.
    """
    found = _by_prefix(codes, named, polygons, level, rows)
    parents, names = known.to_numpy(dtype=object), known.index.to_numpy(dtype=object)
    for at, elsewhere in _elsewhere(polygons, named, parents, names, tolerance_m, faults):
        area = float(shapely.area(elsewhere))
        facts = why("outside_named_parent", parent=named[at], area=figure(area))
        found.append(Finding("parent_mismatch", level, (codes[at],), elsewhere, area_m2=area, facts=facts, rows=(int(rows[at]),)))
    return found


def parents_by_prefix(codes: np.ndarray, known: Sequence[str]) -> np.ndarray:
    """Return for each code the longest known code that it begins with, else as many of its digits as the known ones have.

    All are "" where fewer than four fifths of the codes begin with a known one: then codes say nothing of parents.

    >>> parents_by_prefix(np.array(["101", "102", "103", "201", "901"], dtype=object), ["1", "2"]).tolist()
    ['1', '1', '1', '2', '9']
    >>> parents_by_prefix(np.array(["101", "901"], dtype=object), ["1", "2"]).tolist()
    ['', '']
    """
    names, sizes = set(known) - {""}, sorted({len(code) for code in known if code}, reverse=True)
    found = [""] * len(codes)
    for n in reversed(sizes):
        heads = [code[:n] for code in codes]
        found = [head if head in names and head != code else other for head, code, other in zip(heads, codes, found, strict=True)]
    enough = sum(map(bool, found)) >= max(1.0, _MOST_SHARE * np.count_nonzero(codes != ""))
    named = [parent or code[: sizes[0]] for parent, code in zip(found, codes, strict=True)] if enough else [""] * len(codes)
    return np.array(named, dtype=object)


def _by_prefix(codes: np.ndarray, named: np.ndarray, polygons: np.ndarray, level: str, rows: np.ndarray) -> list[Finding]:
    """Where nearly all codes begin with the code of their named parent, report those that do not."""
    begins = np.fromiter(map(str.startswith, codes, named), bool, len(codes))
    both = (named != "") & (codes != "")
    if not both.any() or np.count_nonzero(begins & both) < _MOST_SHARE * np.count_nonzero(both):
        return []
    return [
        Finding("parent_mismatch", level, (codes[at],), polygons[at], facts=why("prefix", parent=named[at]), rows=(int(rows[at]),))
        for at in np.flatnonzero(both & ~begins)
    ]


def _elsewhere(
    polygons: np.ndarray, named: np.ndarray, parents: np.ndarray, names: np.ndarray, tolerance_m: float, faults: Faults
) -> list[tuple[int, shapely.Geometry]]:
    """Return the positions of polygons of which a part lies in another parent and not in the named one, and that part."""
    own = pd.Index(names).get_indexer(named)
    asked = np.flatnonzero(own >= 0)
    if faults.matched:
        asked = asked[~_lie_together(polygons[asked], parents, own[asked])]
    shapely.prepare(parents[np.unique(own[asked])])
    inside = shapely.covers(parents[own[asked]], polygons[asked])
    asked = asked[~inside]
    beyond = areas_wider_than(shapely.difference(polygons[asked], parents[own[asked]]), tolerance_m)
    asked, beyond = asked[~shapely.is_empty(beyond)], beyond[~shapely.is_empty(beyond)]
    overlaps = faults.overlaps["geometry"].to_numpy()
    part, over = shapely.STRtree(overlaps).query(beyond, predicate="intersects")
    for i, at in pd.Series(over).groupby(part).indices.items():
        beyond[i] = shapely.difference(beyond[i], shapely.union_all(overlaps[over[at]]))
    part, other = shapely.STRtree(parents).query(beyond, predicate="intersects")
    shared = shapely.intersection(beyond[part], parents[other])
    groups = pd.Series(np.arange(len(part))).groupby(part).indices
    whole = areas_wider_than(np.array([shapely.union_all(shared[at]) for at in groups.values()], dtype=object), tolerance_m)
    return [(int(asked[i]), shape) for i, shape in zip(groups, whole, strict=True) if not shape.is_empty]


def _lie_together(polygons: np.ndarray, parents: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Answer for the polygons of a valid coverage whether all that name one parent (`own`: its position) lie in it, asked of their union."""
    order = np.argsort(own, kind="stable")
    groups = [rows for rows in np.split(order, np.flatnonzero(np.diff(own[order])) + 1) if len(rows) > _FEW]
    out = np.zeros(len(own), bool)
    if groups:
        union = np.array([shapely.coverage_union_all(polygons[rows]) for rows in groups], dtype=object)
        inside = shapely.is_empty(shapely.difference(union, parents[own[[rows[0] for rows in groups]]]))
        out[np.concatenate(groups)] = np.repeat(inside, [len(rows) for rows in groups])
    return out
