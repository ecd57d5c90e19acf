"""Mend a layer of polygons: what is clear is mended and reported, what is ambiguous is listed and left exactly as it was.

    Repair(frame, report, mended, undecided, left) = repair_layer(frame, parent=district)

The work is done in the layer's own coordinates (see `lattice`), round the faults only, in passes until nothing changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.enclosure import is_sliver
from geogrid.mending.lattice import lattice_of
from geogrid.mending.passes import Place, Terms, mend_once
from geogrid.mending.report import area_report, mended_frame, undecided_frame
from geogrid.mending.settle import Limits
from geogrid.mending.sheet import Sheet
from geogrid.mending.soundness import heal, in_the_style_of, is_mendable, plane, single
from geogrid.rules import validate_layer
from geogrid.rules.bare import Parent, unit_names
from geogrid.rules.precision import tolerance_of

MAX_GAP_M = MAX_OVERLAP_M = 1.0
"""The slip of a pen at 1:1,000 to 1:2,000, at which offices draw (half a millimetre on paper); an alley or a wall between two units is wider."""
PASSES, ROUNDS = 12, 6
"""Passes look only at what the last one changed; a round begins with a check of the whole layer, as a second run would."""
MENDED_RULES = ("geometry_invalid", "overlap", "gap", "outside_parent", "not_edge_matched", "not_connected")


@dataclass(frozen=True, eq=False)
class Repair:
    """What came of mending.

    `frame`: the layer, its rows, columns, CRS and order unchanged. `report`: a row per unit, `code changed area_before_m2 area_after_m2 gained_m2
    lost_m2 fault_m2 bound_m2 vertices_added`; `lost_m2` never exceeds `bound_m2`, the area of the faults that the unit takes part in plus its
    border times the tolerance. `mended`: what was done where (`rule units to area_m2 width_m geometry`, layer's CRS). `undecided`: pieces that no
    rule decides, and `why`. `found` and `left`: findings of `validate_layer` before and after.
    """

    frame: gpd.GeoDataFrame
    report: pd.DataFrame
    mended: gpd.GeoDataFrame
    undecided: gpd.GeoDataFrame
    found: gpd.GeoDataFrame
    left: gpd.GeoDataFrame
    tolerance_m: float


def repair_layer(
    frame: gpd.GeoDataFrame,
    *,
    parent: Parent = None,
    code: str | None = None,
    max_gap_m: float = MAX_GAP_M,
    max_overlap_m: float = MAX_OVERLAP_M,
    tolerance_m: float | None = None,
    crs: CRS | str | None = None,
) -> Repair:
    """Mend invalid rings, gaps and overlaps up to a width, unmatched edges, pieces outside `parent` and crumbs; list the rest.

    Widths are the diameter of the widest disc that fits in, metres. `parent`, `code`, `tolerance_m` and `crs` as for `validate_layer`; land
    outside the parent goes by `max_overlap_m`, detached crumbs by the lesser limit. Raises ColumnError when `code` is no column of the layer.
    """
    own = frame.crs or (CRS.from_user_input(crs) if crs is not None else None)
    tolerance = tolerance_of(frame.geometry.set_crs(own)) if tolerance_m is None else tolerance_m
    asked: dict[str, Any] = {"parent": parent, "code": code, "tolerance_m": tolerance, "crs": own}
    found = validate_layer(frame, **asked)
    codes = unit_names(frame, code)
    shapes, healed = heal(frame.geometry.to_numpy())
    outline = _outline(parent, own)
    lattice = lattice_of(shapely.get_coordinates(shapes[is_mendable(shapes)]), own, None if outline is None else shapely.get_coordinates(outline))
    limits = Limits(max_gap_m, max_overlap_m, tolerance)
    terms = Terms(lattice, None if outline is None else lattice.steps(np.array([outline], dtype=object))[0], tolerance, limits)
    out, rest, mended, undecided = _in_rounds(frame, shapes, codes, terms, found, asked)
    changed = np.array([new is not old for new, old in zip(out.geometry.to_numpy(), frame.geometry.to_numpy(), strict=True)], bool)
    return Repair(
        out,
        area_report(frame, out, codes, mended, changed, lattice, tolerance),
        mended_frame(frame, out, codes, mended, healed, changed, lattice),
        undecided_frame(out, codes, undecided, lattice),
        found,
        rest,
        tolerance,
    )


def _in_rounds(
    frame: gpd.GeoDataFrame, shapes: np.ndarray, codes: np.ndarray, terms: Terms, found: gpd.GeoDataFrame, asked: Mapping[str, Any]
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[Place], list[Place]]:
    """Mend and check in turns; return the layer, what is found in it, what was mended, and what nobody decided. `found`: of `frame` as it came."""
    mended: list[Place] = []
    table, shapes = None, shapes.copy()
    out, rest = _written(frame, shapes), found
    for _ in range(ROUNDS):
        if not rest["rule"].isin(MENDED_RULES).any() or (rest["rule"] == "crs_mismatch").any():
            break
        table = table if table and table.is_true_to(shapes) else _Table(shapes, codes, terms)
        rows, new, done = table.passes(_narrow_places(rest, terms, asked["crs"]))
        if len(rows) == 0:
            break
        mended += done
        shapes[rows] = new
        out = _written(frame, shapes)
        rest = validate_layer(out, **asked)
    if rest is found and out is not frame:
        rest = validate_layer(out, **asked)
    return out, rest, mended, table.left if table else []


def _written(frame: gpd.GeoDataFrame, shapes: np.ndarray) -> gpd.GeoDataFrame:
    """Return the layer with new shapes in the style of its own; the very same layer where there is none."""
    old = frame.geometry.to_numpy()
    made = in_the_style_of(old, shapes)
    if all(a is b for a, b in zip(made, old, strict=True)):
        return frame
    return frame.set_geometry(gpd.GeoSeries(made, index=frame.index, crs=frame.crs))


class _Table:
    """The usable shapes of a layer (`sound`: their rows) on a sheet, from round to round."""

    def __init__(self, shapes: np.ndarray, codes: np.ndarray, terms: Terms) -> None:
        plain = plane(shapes)
        self.terms, self.codes = terms, codes
        self.sound = np.flatnonzero(is_mendable(plain) & shapely.is_valid(plain))
        self.sheet = Sheet(terms.lattice.steps(single(plain[self.sound])), terms.lattice, terms.tolerance_m)
        self.left: list[Place] = []
        self.written = np.zeros(len(self.sound), bool)

    def is_true_to(self, shapes: np.ndarray) -> bool:
        """Answer whether what was mended is valid in the layer's coordinates too, where vertices that were given come back as they were."""
        return bool(shapely.is_valid(shapes[self.sound[self.written]]).all())

    def passes(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[Place]]:
        """Mend until a pass changes nothing; return the rows that changed, their shapes (layer's coordinates), and what was mended."""
        sheet, terms = self.sheet, self.terms
        changed = np.zeros(len(self.sound), bool)
        mended: list[Place] = []
        rows = sheet.rows_at_fault(terms.limits.crumb_m, terms.snap_m, places)
        for _ in range(PASSES):
            if sheet.settled is not None and np.array_equal(rows, sheet.settled):
                break  # the last pass looked at just these, and found nothing to change
            done = mend_once(sheet, rows, self.codes[self.sound], terms)
            self.left = [self._at(place) for place in done.left]
            if len(done.rows) == 0:
                sheet.settled = rows
                break
            mended += [self._at(place) for place in done.mended]
            sheet.replace(done.rows, done.polygons)
            changed[done.rows] = self.written[done.rows] = True
            rows = sheet.rows_at_fault(terms.limits.crumb_m, terms.snap_m)
        return self.sound[changed], terms.lattice.given(sheet.polygons[changed]), mended

    def _at(self, place: Place) -> Place:
        """Return a place with rows of the layer instead of rows of its usable polygons."""
        to = -1 if place.to < 0 else int(self.sound[place.to])
        return replace(place, units=tuple(self.sound[list(place.units)].tolist()), to=to)


def _narrow_places(found: gpd.GeoDataFrame, terms: Terms, crs: CRS | None) -> np.ndarray:
    """Return, in steps, the gaps and the land outside that are narrow enough to be mended."""
    places = [np.zeros(0, dtype=object)]
    for rule, width_m in (("gap", terms.limits.gap_m), ("outside_parent", terms.limits.overlap_m)):
        parts = found.geometry[found["rule"] == rule].explode()
        parts = parts[is_sliver(parts.to_numpy(), width_m)]
        places.append((parts.to_crs(crs) if crs is not None else parts).to_numpy())
    return terms.lattice.steps(np.concatenate(places))


def _outline(parent: Parent, crs: CRS | None) -> BaseGeometry | None:
    """Return the union of the parent in the layer's CRS."""
    if parent is None:
        return None
    series = gpd.GeoSeries([parent]) if isinstance(parent, BaseGeometry) else parent.geometry
    series = series.dropna() if series.crs is None or crs is None else series.dropna().to_crs(crs)
    solid = shapely.make_valid(shapely.force_2d(series.to_numpy()), method="structure", keep_collapsed=False)  # areas alone
    whole = solid[0] if len(solid) == 1 else shapely.union_all(solid)
    return None if whole.is_empty else whole
