"""What a page that opens from disk carries instead of tiles: features of a window as whole decimetres from a corner, and the tables of its units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely

from geogrid.maps.data import level_table, role_table
from geogrid.maps.layers import Drawn, drawn
from geogrid.maps.project import ProjectLike, once

STEP_M = 0.1
_KINDS = np.array([1, 2, 2, 3, 1, 2, 3, 0])


def inline_layers(project: ProjectLike, names: Iterable[str], detail: int, window: Sequence[float], *, max_zoom: int = 99) -> dict[str, Any]:
    """Return {"origin", "layers"} with what of the named layers lies in a window (Mercator metres).

    Lines and ground are clipped by it; units and the district stay whole, for a cut would be drawn as a border.

    A feature is {"k": 1 point, 2 line, 3 polygon, "r": rings, "p": properties, "z": first map zoom}; a ring is x, y, then steps, all in STEP_M
    from `origin`. Features that begin to be drawn above `max_zoom` are left out.
    """
    origin = [round(float(window[0])), round(float(window[1]))]
    layers = {}
    for name in names:
        found = drawn(project, name, detail)
        whole = name == "district" or name.startswith("u:")
        features = features_of(found, window, origin, max_zoom, whole) if found is not None else []
        if features:
            layers[name] = features
    return {"origin": origin, "layers": layers}


def features_of(found: Drawn, window: Sequence[float], origin: list[int], max_zoom: int, whole: bool, step_m: float = STEP_M) -> list[dict[str, Any]]:
    """Return what of a layer lies in a window, as `inline_layers` describes it; `whole` features are not clipped."""
    hit = np.sort(found.tree.query(shapely.box(*window), predicate="intersects"))
    hit = hit[found.min_zoom[hit] <= max_zoom]
    if not len(hit):
        return []
    shapes = found.geometry[hit] if whole else shapely.clip_by_rect(found.geometry[hit], *window)
    kinds = _KINDS[shapely.get_type_id(shapes)]
    rings = _rings(shapes, kinds, origin, step_m)
    keys = list(found.properties)
    columns = [[_plain(value) for value in found.properties[key][hit]] for key in keys]
    rows = zip(rings, kinds.tolist(), found.min_zoom[hit].tolist(), *columns, strict=True)
    return [{"k": k, "r": r, "p": {key: v for key, v in zip(keys, p, strict=True) if v is not None}, "z": z} for r, k, z, *p in rows if r]


def _rings(shapes: np.ndarray, kinds: np.ndarray, origin: list[int], step_m: float) -> list[list[list[int]]]:
    """Return the rings of each shape as flat lists: the first point from the origin, then steps."""
    out: list[list[list[int]]] = [[] for _ in shapes]
    for polygonal in (True, False):
        chosen = np.flatnonzero((kinds == 3) == polygonal) if polygonal else np.flatnonzero((kinds == 1) | (kinds == 2))
        parts, of_shape = shapely.get_parts(shapes[chosen], return_index=True)
        if polygonal:
            parts, of_part = shapely.get_rings(parts, return_index=True)
            of_shape = of_shape[of_part]
        points, of = shapely.get_coordinates(parts, return_index=True)
        if not len(points):
            continue
        whole = np.rint((points - origin) / step_m).astype(np.int64)
        steps = np.diff(whole, axis=0, prepend=0)
        starts = np.flatnonzero(np.r_[True, of[1:] != of[:-1]])
        steps[starts] = whole[starts]
        flat, ends = steps.ravel().tolist(), np.r_[starts[1:], len(whole)].tolist()
        for start, end, owner in zip(starts.tolist(), ends, chosen[of_shape[of[starts]]].tolist(), strict=True):
            out[owner].append(flat[2 * start : 2 * end])
    return out


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def rows_of(table: dict[str, list[Any]], rows: Sequence[int]) -> dict[str, list[Any]]:
    """Return some rows of a table of columns."""
    return {name: [column[i] for i in rows] if column else [] for name, column in table.items()}


def kept_table(project: ProjectLike, level: str) -> dict[str, list[Any]]:
    """Return a level's table, made once."""
    return once(project, ("table", level), lambda: level_table(project, level))


def sites_in(project: ProjectLike, box: Sequence[float] | None, roles: Iterable[str]) -> dict[str, Any]:
    """Return the shown points of some roles inside a box of degrees, or all of them."""
    out = {}
    for role in ("stations", "cameras"):
        table = once(project, ("role", role), lambda role=role: role_table(project, role))
        x, y = np.array(table["x"]), np.array(table["y"])
        inside = np.ones(len(x), bool) if box is None else (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
        rows = np.flatnonzero(inside & (role in roles)).tolist()
        out[role] = {"kinds": table["kinds"], **rows_of({k: v for k, v in table.items() if k != "kinds"}, rows)}
    return out
