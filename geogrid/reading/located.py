"""Drafts put in place: what no district can hold is told row by row, and a layer that lies elsewhere as a whole is refused with what would fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from geogrid.catalogue import why
from geogrid.catalogue.amounts import few
from geogrid.catalogue.places import POINT_WORDS
from geogrid.crs import WGS84
from geogrid.errors import CrsError
from geogrid.findings import Finding
from geogrid.reading.draft import Draft
from geogrid.reading.geometry import NONE, Reason, check_kind, project
from geogrid.reading.placement import (
    Extent,
    apart_km,
    district_extent,
    extent_of,
    far_km,
    find_misplaced,
    fitting,
    hint,
    is_exchanged,
    is_on_globe,
)
from geogrid.reading.raw import Fault
from geogrid.reading.repeats import LISTED

FAR_ROLES, FAR_KM = ("entrances", "events", "patrols"), 50.0
"""Points of these roles that lie farther off than any neighbour's are told in reading."""


def district_of(drafts: Sequence[Draft]) -> Extent | None:
    """Return where most layers of a recipe lie, degrees; given areas are trusted before buildings, these before all else."""
    order = sorted(drafts, key=lambda draft: (not draft.spec.area_role, draft.role != "buildings"))
    boxes = (degrees_of(draft) for draft in order)
    return district_extent(box for box in boxes if box is not None)


def degrees_of(draft: Draft) -> Extent | None:
    """Return where a draft's geometries lie, in degrees; None where there are none or their CRS is not known."""
    box = extent_of(draft.geometry) if draft.geometry is not None else None
    crs = WGS84 if draft.shifted else draft.crs
    if box is None or crs is None:
        return None
    corners = project(shapely.points(np.array(box).reshape(2, 2)), crs, WGS84, draft.shifted if is_on_globe(box) else "")
    west, south, east, north = shapely.get_coordinates(corners).ravel().tolist()
    return min(west, east), min(south, north), max(west, east), max(south, north)


def located(draft: Draft, district: Extent | None) -> Draft:
    """Check kind and place of a draft's geometries in the CRS of the file; faulty ones become None.

    Raises CrsError when nobody says the CRS, or when most of the layer can not lie where it says.
    """
    if draft.geometry is None:
        return draft
    geometry, bad = check_kind(draft.geometry, draft.spec.geometry)
    if draft.spec.place_optional:
        bad = {i: reason for i, reason in bad.items() if reason != NONE}
    geometry = without(geometry, bad)
    crs = WGS84 if draft.shifted else draft.crs
    if crs is None:
        raise _crs_error(draft, geometry, district, "says no CRS", "没有坐标系")
    off = find_misplaced(geometry, crs, district)
    box = degrees_of(draft) if crs.is_geographic else None
    if 2 * len(off) > len(geometry) - len(bad) or (box is not None and is_exchanged(box, district)):
        error = _crs_error(draft, geometry, district, f"coordinates do not fit {crs.name}", f"坐标与 {crs.name} 不符")
        if error.facts["fits"]:
            raise error
    bad |= off
    known = {fault.row for fault in draft.faults}
    rows = draft.frame["row"].to_numpy()
    new = {i: reason for i, reason in bad.items() if reason != NONE or int(rows[i]) not in known}
    return draft.with_geometry(without(geometry, bad), crs, faults_of(draft, new))


def check_apart(draft: Draft, district: Extent | None) -> list[Finding]:
    """Report a located layer that lies far from all others; raises CrsError where another CRS would bring it there."""
    box = degrees_of(draft)
    away_km = apart_km(box, district) if box is not None and district is not None else 0.0
    if not away_km or draft.geometry is None or draft.crs is None:
        return []
    better = [option for option in fitting(draft.geometry, draft.crs, district) if (option.inside_share or 0) > 0.5]
    if better:
        name = draft.crs.name
        raise _crs_error(
            draft, draft.geometry, district, f"lies {away_km:,.0f} km from the other layers in {name}", f"按 {name} 距其他图层 {away_km:,.0f} 公里"
        )
    facts = {**draft.facts, **why("layer_apart", file=draft.file, km=f"{away_km:,.0f}")}
    return [Finding("crs_mismatch", draft.spec.level, length_m=1000 * away_km, facts=facts)]


def find_far(draft: Draft, district: Extent | None) -> list[Finding]:
    """Report, once a layer, the located points that lie nowhere near the district; stations and cameras are told one by one once there is a plan."""
    if draft.role not in FAR_ROLES or district is None or draft.geometry is None or draft.crs is None:
        return []
    places = draft.geometry if draft.crs.is_geographic else project(draft.geometry, draft.crs, WGS84)
    away = far_km(places, district)
    rows = np.flatnonzero(np.nan_to_num(away) > FAR_KM)
    if not len(rows) or 2 * len(rows) > len(away):
        return []  # a layer that is elsewhere as a whole: `check_apart`
    ids = draft.frame["id"] if "id" in draft.frame else "#" + draft.frame["row"].astype(str)
    units = tuple(ids.iloc[rows[:LISTED]])
    english, chinese = POINT_WORDS[draft.role]
    facts = {**draft.facts, **why("far_away", km=f"{away[rows].max():,.0f}"), "role": english, "role_zh": chinese, "id": few(units, len(rows))}
    facts["row"] = int(draft.frame["row"].iloc[rows[0]])
    return [Finding("point_position", draft.spec.level, units, length_m=1000 * float(away[rows].max()), facts=facts)]


def _crs_error(draft: Draft, geometry: np.ndarray, district: Extent | None, what: str, what_zh: str) -> CrsError:
    x_min, y_min, x_max, y_max = (float(v) for v in shapely.total_bounds(geometry))
    options = fitting(geometry, draft.crs, district)
    where = f"x {x_min:.6g} … {x_max:.6g}, y {y_min:.6g} … {y_max:.6g}"
    authority = draft.crs.to_authority() if draft.crs is not None else None
    advice, advice_zh = hint(options, ":".join(authority or ()))
    return CrsError(
        f"{draft.file}: {what} ({where}); {advice}",
        f"{draft.file}：{what_zh}（{where}）；{advice_zh}",
        file=draft.file,
        layer=draft.layer,
        fits=[option.crs for option in options],
        swap=bool(options) and options[0].swap,
    )


def without(geometry: np.ndarray, bad: Mapping[int, Reason]) -> np.ndarray:
    """Return the geometries with None for those that are bad, by position."""
    made = geometry.copy()
    made[list(bad)] = None
    return made


def faults_of(draft: Draft, bad: Mapping[int, Reason]) -> list[Fault]:
    """Return the faults of rows whose geometry is bad, by position."""
    rows = draft.frame["row"].to_numpy()
    return [Fault(int(rows[i]), reason, reason_zh, "geometry") for i, (reason, reason_zh) in sorted(bad.items())]
