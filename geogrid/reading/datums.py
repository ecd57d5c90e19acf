"""What a recipe's layers say of their datum, and what they look like beside one another: converted, old, or shifted without saying so.

Layers that fit each other as they are share a datum; a layer that fits another only when moved as GCJ-02 or BD-09 lies beside WGS 84 is in that
datum. One clear measurement is enough; where measurements contradict each other nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geogrid.catalogue import why
from geogrid.catalogue.places import ROLE_WORDS, compass
from geogrid.crs import is_old_datum, mean_distance_m, unshift
from geogrid.findings import Finding
from geogrid.reading.draft import Draft
from geogrid.reading.shifts import TRUE, Trace, Verdict, compare, lies_in_china, moved, trace
from geogrid.schema import ROLES, spec_of

_AREAS = tuple(role for role, spec in ROLES.items() if spec.area_role and role != "compounds")
_LINES = ("roads", "water", "railways")
_BESIDE: dict[str, tuple[str, ...]] = {
    **{role: (*reversed(_AREAS[:i]), *_LINES) for i, role in enumerate(_AREAS)},
    "roads": (*reversed(_AREAS), "water", "railways"),
    "water": (*reversed(_AREAS), "roads"),
    "railways": ("roads", *reversed(_AREAS)),
    "buildings": ("roads", *reversed(_AREAS), "water"),
    "entrances": ("buildings", "roads"),
    "stations": ("buildings", "roads", *reversed(_AREAS)),
    "cameras": ("roads", *reversed(_AREAS), "buildings"),
    "events": ("roads", "buildings"),
    "patrols": ("roads", "buildings"),
    "compounds": ("roads", *reversed(_AREAS), "buildings"),
}
"""Which layers a role is held against, the most telling first; the roles themselves in the order in which they are taken up."""
SURE = 8.0
"""How clear one measurement must be before it speaks against most layers rather than for one."""
_TRIES = 2
"""With how many layers a role is compared before it stays without a verdict."""


@dataclass(frozen=True)
class Suspect:
    """A layer that looks to be in `datum`, or, where `is_stated`, not to be in it though the recipe says so: it lies `shift_m` metres east and north
    of the layer `beside`, or agrees with one that does."""

    role: str
    datum: str
    shift_m: tuple[float, float]
    beside: str
    is_stated: bool = False
    clear: float = 0.0


@dataclass
class _Known:
    """What was measured so far; layers that agree have the same group."""

    crs: CRS
    frames: Mapping[str, gpd.GeoDataFrame]
    traces: dict[str, Trace | None] = field(default_factory=dict)
    group: dict[str, str] = field(default_factory=dict)
    apart: list[tuple[str, str, Verdict]] = field(default_factory=list)

    def trace(self, role: str) -> Trace | None:
        if role not in self.traces:
            kind = "solids" if role == "buildings" else "points" if spec_of(role).geometry == "point" else "lines"
            self.traces[role] = trace(self.frames[role].geometry.to_numpy(), kind)
        return self.traces[role]

    def measure(self, role: str, other: str) -> bool:
        """Compare two layers; tell whether there was a verdict."""
        a, b = self.trace(role), self.trace(other)
        verdict = compare(a, b, self.crs) if a is not None and b is not None else None
        if verdict is None:
            return False
        if verdict.is_same:
            mine, theirs = self.group[role], self.group[other]
            self.group = {name: theirs if group == mine else group for name, group in self.group.items()}
        else:
            self.apart.append((role, other, verdict))
        return True


def find_shifted(frames: Mapping[str, gpd.GeoDataFrame], crs: CRS, stated: Mapping[str, str] = {}) -> list[Suspect]:
    """Measure layers by role, in `crs` (metres), against one another; return those that lie as a shifted datum would put them.

    `stated` says which of them were converted from a shifted datum because a recipe said so.
    """
    roles = [role for role in _BESIDE if role in frames and len(frames[role])]
    if len(roles) < 2 or not lies_in_china(frames[roles[0]].total_bounds, crs):
        return []
    known = _Known(crs, frames, group={role: role for role in roles})
    for i, role in enumerate(roles):
        earlier = [other for other in _BESIDE[role] if other in roles[:i]]
        for other in earlier[:_TRIES]:
            if known.measure(role, other):
                break
    claims = [claim for hit in known.apart for claim in _claims(*hit, _doubted(known.group, stated))]
    return [suspect for role in roles for suspect in _agreed(role, known.group, claims)]


def _doubted(group: Mapping[str, str], stated: Mapping[str, str]) -> dict[str, str]:
    """Return the stated datums that no layer bears out which was not converted itself."""
    borne_out = {name for role, name in group.items() if role not in stated}
    return {role: datum for role, datum in stated.items() if group.get(role) not in borne_out}


def _claims(role: str, other: str, verdict: Verdict, doubted: Mapping[str, str]) -> list[Suspect]:
    """Say what one measurement says of its two layers.

    What a recipe converted and was not shifted lies as far to the other side as the shift: where its datum is doubted, that is what is meant.
    """
    (east_m, north_m), (a, b), clear = verdict.shift_m, verdict.datums, verdict.clear
    if b != TRUE and doubted.get(role) == b:
        return [Suspect(role, b, (east_m, north_m), other, True, clear)]
    if a != TRUE and doubted.get(other) == a:
        return [Suspect(other, a, (-east_m, -north_m), role, True, clear)]
    return [Suspect(role, a, (east_m, north_m), other, False, clear), Suspect(other, b, (-east_m, -north_m), role, False, clear)]


def _agreed(role: str, group: Mapping[str, str], claims: list[Suspect]) -> list[Suspect]:
    """Return what is known of a layer from the measurements of all layers that agree with it: nothing where they contradict each other."""
    mates = [claim for claim in claims if group[claim.role] == group[role]]
    if not mates or len({(claim.datum, claim.is_stated) for claim in mates}) > 1 or mates[0].datum == TRUE:
        return []
    most = 2 * list(group.values()).count(group[role]) > len(group)
    if most and len(mates) == 1 and mates[0].clear < SURE:
        return []
    own = next((claim for claim in mates if claim.role == role), mates[0])
    return [replace(own, role=role)]


def shift_notes(drafts: list[Draft], frames: Mapping[str, gpd.GeoDataFrame], crs: CRS) -> list[Finding]:
    """Report layers that look shifted, with the measured shift; nothing is converted."""
    by_role = {draft.role: draft for draft in drafts}
    stated = {draft.role: draft.shifted for draft in drafts if draft.shifted}
    return [_shift_note(suspect, by_role[suspect.role], frames[suspect.role], crs) for suspect in find_shifted(frames, crs, stated)]


def _shift_note(suspect: Suspect, draft: Draft, frame: gpd.GeoDataFrame, crs: CRS) -> Finding:
    (east_m, north_m), beside = suspect.shift_m, suspect.beside
    key = "datum_stated" if suspect.is_stated else "datum_suspected" if draft.crs is None or draft.crs.is_geographic else "datum_projected"
    facts = {"datum": suspect.datum, "stated": draft.shifted, "cure": f'crs = "{suspect.datum}"', "length": f"{math.hypot(east_m, north_m):,.0f}"}
    facts["expected"] = f"{expected_m(frame, crs, suspect.datum):,.0f}"
    ways = compass(east_m, north_m)
    english, chinese = (why(key, **facts, beside=name, way=way) for name, way in zip(ROLE_WORDS.get(beside, (beside, beside)), ways, strict=True))
    said = {"why": english["why"], "why_zh": chinese["why_zh"], "beside": beside, "east_m": east_m, "north_m": north_m}
    length_m = math.hypot(east_m, north_m)
    return Finding("datum_shift", draft.spec.level, length_m=length_m, severity="warning", facts={**draft.facts, **facts, **said})


def expected_m(frame: gpd.GeoDataFrame, crs: CRS, datum: str) -> float:
    """Return how far a datum lies from WGS 84 in the middle of a layer, metres."""
    box = np.asarray(frame.total_bounds)
    middle = ((box[:2] + box[2:]) / 2)[None]
    return float(np.hypot(*(moved(middle, crs, TRUE, datum) - middle)[0]))


def datum_notes(draft: Draft) -> list[Finding]:
    """Say that a shifted datum was undone, by how much on average; or that an old datum may be metres off."""
    if draft.shifted and draft.geometry is not None:
        here = draft.geometry[~shapely.is_missing(draft.geometry)]
        there = unshift(here, draft.shifted)
        moved_m = mean_distance_m(shapely.get_coordinates(here), shapely.get_coordinates(there))
        facts = {**draft.facts, "datum": draft.shifted, "count": len(here)}
        facts |= why("datum_converted", datum=draft.shifted, length=f"{moved_m:,.0f}")
        return [Finding("datum_shift", draft.spec.level, length_m=moved_m, facts=facts)]
    if draft.crs is not None and is_old_datum(draft.crs):
        # nobody knows the local parameters: up to 150 m is what such coordinates are off when taken for CGCS2000
        facts = {**draft.facts, **why("datum_old", file=draft.file, crs=draft.crs.name)}
        return [Finding("crs_mismatch", draft.spec.level, severity="warning", facts=facts)]
    return []
