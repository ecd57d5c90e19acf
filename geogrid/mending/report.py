"""The report of a repair: each unit's area before and after, what was mended where, and what nobody decided."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.catalogue import why
from geogrid.catalogue.mended import mended_words
from geogrid.mending.lattice import Lattice, keys_of
from geogrid.mending.passes import Place
from geogrid.mending.soundness import is_mendable, plane

REPORT_COLUMNS = (*("code", "changed", "area_before_m2", "area_after_m2", "gained_m2", "lost_m2", "fault_m2", "bound_m2", "vertices_added"),)
MENDED_COLUMNS = ("rule", "units", "to", "area_m2", "width_m", "vertices", "message", "message_zh", "geometry")
UNDECIDED_COLUMNS = ("rule", "units", "area_m2", "width_m", "why", "why_zh", "geometry")


def area_report(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    codes: np.ndarray,
    mended: Sequence[Place],
    changed: np.ndarray,
    lattice: Lattice,
    tolerance_m: float,
) -> pd.DataFrame:
    """Return a row per unit (`REPORT_COLUMNS`); of degrees the areas are those of the ellipsoid at the layer's middle latitude."""
    rows = np.flatnonzero(changed)
    old = _metres(before.geometry.to_numpy(), lattice)
    new = old.copy()
    new[rows] = _metres(after.geometry.to_numpy()[rows], lattice)
    with np.errstate(invalid="ignore"):  # coordinates without end have no area
        area, length = shapely.area(old), shapely.length(old)
    lost, gained, vertices = (np.zeros(len(before)) for _ in range(3))
    sound = shapely.make_valid(old[rows])
    lost[rows] = shapely.area(shapely.difference(sound, new[rows]))
    gained[rows] = shapely.area(shapely.difference(new[rows], sound))
    area[rows] = shapely.area(sound)
    vertices[rows] = [len(_fresh(a, b)) for a, b in zip(old[rows], new[rows], strict=True)]
    fault = np.zeros(len(before))
    for place in mended:
        fault[list({*place.units, place.to} - {-1})] += _size(place, lattice)[0]
    bound = fault + np.where(changed, length * tolerance_m, 0.0)
    after_m2 = area.copy()
    after_m2[rows] = shapely.area(new[rows])
    columns = (codes, changed, area, after_m2, gained, lost, fault, bound, vertices.astype(int))
    return pd.DataFrame(dict(zip(REPORT_COLUMNS, columns, strict=True)))


def mended_frame(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    codes: np.ndarray,
    mended: Sequence[Place],
    healed: np.ndarray,
    changed: np.ndarray,
    lattice: Lattice,
) -> gpd.GeoDataFrame:
    """Return what was done where (`MENDED_COLUMNS`), by rule, the largest first; of matched edges a row per unit, its new vertices."""
    rows = []
    for place in mended:
        area, width = _size(place, lattice)
        to = codes[place.to] if place.to >= 0 else ""
        rows.append((place.rule, sorted(codes[list(place.units)]), to, area, width, 0, lattice.given(np.array([place.geometry], dtype=object))[0]))
    old, new = before.geometry.to_numpy(), after.geometry.to_numpy()
    for row in np.flatnonzero(healed & changed):
        rule = "vertex_repeated" if shapely.is_valid(old[row]) else "geometry_invalid"
        rows.append((rule, [codes[row]], "", np.nan, np.nan, 0, shapely.force_2d(new[row])))
    for row in np.flatnonzero(changed):
        fresh = _fresh(old[row], new[row])
        if len(fresh):
            rows.append(("not_edge_matched", [codes[row]], "", np.nan, np.nan, len(fresh), shapely.multipoints(fresh)))
    said = [
        (*row[:6], *mended_words(row[0], row[1], row[2], dict(zip(("area_m2", "width_m", "vertices"), row[3:6], strict=True))), row[6])
        for row in rows
    ]
    frame = pd.DataFrame(said, columns=list(MENDED_COLUMNS)).astype({"area_m2": float, "width_m": float, "vertices": int})
    size = frame["area_m2"].fillna(frame["vertices"].astype(float))
    order = sorted(range(len(frame)), key=lambda i: (frame["rule"][i], -size[i], frame["units"][i]))
    return gpd.GeoDataFrame(frame.iloc[order].reset_index(drop=True), geometry="geometry", crs=before.crs)


def undecided_frame(after: gpd.GeoDataFrame, codes: np.ndarray, left: Sequence[Place], lattice: Lattice) -> gpd.GeoDataFrame:
    """Return the pieces and rings that no rule decides (`UNDECIDED_COLUMNS`), by rule, the largest first."""
    rows = []
    shapes = plane(after.geometry.to_numpy())
    for row in np.flatnonzero(is_mendable(shapes) & ~shapely.is_valid(shapes)):
        words = why("mend_ring")
        rows.append(("geometry_invalid", [codes[row]], 0.0, 0.0, words["why"], words["why_zh"], shapely.boundary(shapes[row])))
    for place in left:
        words = why(f"mend_{place.why}")
        shape = lattice.given(np.array([place.geometry], dtype=object))[0]
        rows.append((place.rule, sorted(codes[list(place.units)]), *_size(place, lattice), words["why"], words["why_zh"], shape))
    rows.sort(key=lambda row: (row[0], -row[2], row[1]))
    frame = pd.DataFrame(rows, columns=list(UNDECIDED_COLUMNS)).astype({"area_m2": float, "width_m": float})
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=after.crs)


def _metres(geometry: np.ndarray, lattice: Lattice) -> np.ndarray:
    shapes = plane(geometry)
    return lattice.metres(lattice.steps(shapes))


def _size(place: Place, lattice: Lattice) -> tuple[float, float]:
    """Return the area and the mean width (twice the area by the outline) of a piece."""
    shape = lattice.metres(np.array([place.geometry], dtype=object))[0]
    return float(shape.area), float(2 * shape.area / shape.length) if shape.length else 0.0


def _fresh(old: shapely.Geometry, new: shapely.Geometry) -> np.ndarray:
    """Return the vertices (n, 2) that a unit did not have before."""
    had, has = (keys_of(shapely.get_coordinates(shape)) for shape in (old, new))
    fresh = np.setdiff1d(has, had)
    return np.column_stack([fresh.real, fresh.imag])
