"""Findings that follow from some roles of a project: found anew when these are delivered anew, and which of the former ones go then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import numpy as np

from geogrid import sites
from geogrid.findings import Finding
from geogrid.organisation import Moment
from geogrid.organisation.cover import find_no_organisation
from geogrid.organisation.duties_found import find_no_staff
from geogrid.organisation.source import roster_of
from geogrid.report import compare_declared, find_declared
from geogrid.store.contents import TABLE_ROLES

_OF_READING = frozenset(
    ["row_rejected", "point_duplicate", "datum_shift", "text_control", "crs_mismatch", "crs_missing", "geometry_invalid", "point_position"]
)
"""Rules of what is found while a file is read: the findings of a file go with it."""
_OF_POINTS = frozenset(["point_unmatched", "point_position", "point_duplicate"])


def find_concerning(project: Any, roles: Collection[str], moment: Moment | None = None) -> list[Finding]:
    """Find what follows from roles of a project: lost points, units without a station, figures that do not hold; at a moment also who lacks."""
    frames = {role: project.sites(role) for role in roles if role in project.site_roles}
    for frame in frames.values():
        frame.attrs["levels"] = project.levels
    found = [each for role, frame in frames.items() for each in sites.find_unmatched(frame, role)]
    if "stations" in frames:
        found += sites.find_missing(frames["stations"], project.plan())
    if moment is not None and set(roles).intersection(TABLE_ROLES):
        found += _lacking(project, moment)
    return [*found, *find_declared(compare_declared(project), project.scheme, found)]


def find_people(project: Any, now: datetime) -> list[Finding]:
    """Find the units that lack people, posts, duties or an organisation which the scheme wants there."""
    return _lacking(project, roster_of(project).at(now))


def _lacking(project: Any, moment: Moment) -> list[Finding]:
    units = {level: project.units(level) for level in project.levels}
    return [*find_no_staff(moment, project.scheme, units), *find_no_organisation(moment, project.scheme, units)]


def of_files(project: Any, roles: Collection[str]) -> set[tuple[str, str]]:
    """Return the findings of reading that name the file which a role came from, where no other role came from it."""
    files = project.meta.get("files", {})
    names = {files[role]["file"] for role in roles if role in files} - {told["file"] for role, told in files.items() if role not in roles}
    found = project.findings()
    found = found[found["rule"].isin(_OF_READING)]
    return {(rule, message) for rule, message in zip(found["rule"], found["message"], strict=True) if any(name in message for name in names)}


def of_rules(project: Any, roles: Collection[str]) -> set[tuple[str, str]]:
    """Return the findings of rules that rest on the roles alone, and those of their points."""
    rules = ({"no_station"} if "stations" in roles else set()) | ({"no_staff", "no_organisation"} if set(roles).intersection(TABLE_ROLES) else set())
    found, points = project.findings(), _points(project, roles)
    named = np.array([bool(units) and points.issuperset(units) for units in found["units"]], dtype=bool)
    of_point = found["rule"].isin(_OF_POINTS) & named
    found = found[found["rule"].isin(rules) | of_point]
    return set(zip(found["rule"], found["message"], strict=True))


def _points(project: Any, roles: Collection[str]) -> set[str]:
    """Return the ids of the points of some roles that no point of another role has."""
    ids = {role: set(project.sites(role)["id"].astype(str)) for role in project.site_roles if "id" in project.sites(role)}
    mine, others = (set().union(*(names for role, names in ids.items() if (role in roles) == here)) for here in (True, False))
    return mine - others
