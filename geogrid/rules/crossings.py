"""Units that lie on both sides of rail, water or a main road, with homes on each.

    barrier lines -> points every few metres -> units in whose midst they lie -> is anybody at home on both sides?

Points rather than intersections: nearly every barrier is followed by the borders of units, and finding the few that are not must cost little.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

from geogrid.findings import Finding
from geogrid.plan import NO_UNIT, Plan
from geogrid.rules.layer import in_order
from geogrid.rules.reasons import reason_facts
from geogrid.scheme import Level

BARRIERS = {"main": ("主干路", "a main road"), "rail": ("铁路", "rail"), "water": ("水面", "water")}
ALLOWED_M = 20.0
"""Less of a barrier inside a unit is the end of one, or a corner that was cut."""
STEP_M, BESIDE_M = 5.0, 2.5
ACROSS = "across_main_road"


def is_drawn(plan: Plan, level: Level) -> bool:
    """Tell whether borders of the level were ours to draw, or are the finest that were given: not those of communities above our grids."""
    made = [one for one in plan.scheme.levels if one.make not in ("given", "column")]
    return level in made or (not made and level is plan.scheme.levels[-1])


def find_crossings(plan: Plan, level: str, barriers: Mapping[str, np.ndarray]) -> list[Finding]:
    """Report units with homes on both sides of more than ALLOWED_M of a barrier: lines or polygons by kind, as `geogrid.barriers` gives them.

    `length_m` is the stretch inside; of water with two banks both count.
    """
    frame = plan.frame(level)
    frame = frame[(frame["households"] > 0) & ~frame.geometry.isna()]
    shapes, found = frame.geometry.to_numpy(), []
    for kind, (zh, en) in BARRIERS.items():
        lines = _outlines(barriers.get(kind, np.zeros(0, dtype=object)))
        for row, stretch in _stretches(shapes, lines):
            if stretch.length <= ALLOWED_M or not _is_lived_on_both_sides(plan, int(frame["unit"].iloc[row]), level, shapes[row], stretch):
                continue
            reason = frame["reason"].iloc[row]
            facts = {"barrier_zh": zh, "barrier": en, **reason_facts(reason if reason == ACROSS else "", "barrier")}
            code = (str(frame.index[row]),)
            found.append(Finding("crosses_barrier", level, code, stretch, length_m=float(stretch.length), severity="warning", facts=facts))
    return in_order(found)


def _outlines(geometries: np.ndarray) -> np.ndarray:
    """Lines, and the rings of polygons."""
    parts = shapely.get_parts(geometries)
    parts = parts[~shapely.is_empty(parts)]
    flat = shapely.get_dimensions(parts) == 2
    return np.concatenate([parts[shapely.get_dimensions(parts) == 1], shapely.get_rings(parts[flat])])


def _stretches(shapes: np.ndarray, lines: np.ndarray) -> list[tuple[int, shapely.Geometry]]:
    """Rows of the shapes that lines run through the midst of, and what runs there."""
    if len(lines) == 0 or len(shapes) == 0:
        return []
    at, point, line = shapely.STRtree(shapes), *_points(lines)
    hit, row = at.query(point, predicate="within")
    near = shapely.boundary(shapes)
    shapely.prepare(near)
    inside = ~shapely.dwithin(near[row], point[hit], BESIDE_M)
    pairs = pd.DataFrame({"row": row[inside], "line": line[hit[inside]]})
    out = []
    for unit, group in pairs.groupby("row"):
        if len(group) * STEP_M > ALLOWED_M / 2:
            core = shapely.buffer(shapes[unit], -BESIDE_M)
            out.append((int(unit), shapely.union_all(shapely.intersection(lines[group["line"].unique()], core))))
    return out


def _points(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points about every STEP_M along the lines, none at an end, and the row of the line of each."""
    xy, of = shapely.get_coordinates(lines, return_index=True)
    ahead = np.hypot(*np.diff(xy, axis=0).T) * (of[1:] == of[:-1])
    come = np.r_[0.0, np.cumsum(ahead)]  # metres along all lines, one after the other
    begin = come[np.minimum(np.searchsorted(of, np.arange(len(lines))), len(come) - 1)]
    length = np.diff(np.r_[begin, come[-1:]])
    n = np.ceil(length / STEP_M).astype(np.int64)
    line = np.repeat(np.arange(len(lines)), n)
    k = np.arange(len(line)) - np.repeat(np.cumsum(n) - n, n)
    at = begin[line] + (k + 0.5) * length[line] / n[line]
    return shapely.points(np.column_stack([np.interp(at, come, xy[:, i]) for i in (0, 1)])), line


def _is_lived_on_both_sides(plan: Plan, unit: int, level: str, shape: shapely.Geometry, stretch: shapely.Geometry) -> bool:
    """Tell whether the stretch, drawn out to the border, leaves homes of the unit in two faces."""
    base = plan.base
    mine = (plan.owner(level) == unit) & (base.atoms["households"].to_numpy() > 0)
    homes = shapely.point_on_surface(base.cells.geometry.to_numpy()[np.unique(base.cell_position[mine & (plan.leaf != NO_UNIT)])])
    strip = shapely.buffer(stretch, 2 * BESIDE_M, cap_style="square")
    faces = shapely.get_parts(shapely.difference(shape, strip))
    hit = shapely.STRtree(faces).query(homes, predicate="intersects")[1]
    return len(np.unique(hit)) > 1
