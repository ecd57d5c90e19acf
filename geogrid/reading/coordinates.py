"""Coordinate columns of a table: numbers, or degrees, minutes and seconds where the recipe says so; exchanged where it says so.

What lies beyond the globe in a single row is a fault of that row; where most rows do, the columns are not what they are called, and all values are
left to those who know where the district is (`geogrid.reading.placement`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geogrid.findings import Finding
from geogrid.reading.angles import parse_dms, why_no_number
from geogrid.reading.convert import Converted, convert
from geogrid.reading.geometry import Reason
from geogrid.reading.raw import Fault
from geogrid.recipe import InputSpec
from geogrid.schema import Column, spec_of

PAIRS = (("lon", "lat"), ("x", "y"))
"""Our names of coordinate columns, the eastern one first."""
_LIMIT = {"lon": 180.0, "lat": 90.0}
_OTHER = {"lon": "lat", "lat": "lon"}
_FINITE = Column("number")


@dataclass(frozen=True)
class Places:
    """Coordinate columns by our names, and how many values were converted from degrees, minutes and seconds."""

    columns: Mapping[str, Converted]
    dms_n: int = 0


def convert_places(frame: pd.DataFrame, names: Mapping[str, str], *, swap: bool = False, dms: bool = False) -> Places:
    """Convert the coordinate columns among `names` (ours → theirs) of a raw frame (index = rows).

    `dms` takes texts like 117°06′30″ for what they say, else they are faults that tell so; `swap` exchanges the two columns of a pair.
    """
    there = [ours for pair in PAIRS for ours in pair if ours in names]
    made, dms_n = {}, 0
    for ours in there:
        made[ours], count = _column(frame[names[ours]], names[ours], ours, dms=dms, axis=_OTHER.get(ours, ours) if swap else ours)
        dms_n += count
    for a, b in PAIRS:
        if swap and a in made and b in made:
            made[a], made[b] = made[b], made[a]
    if "lon" in made and "lat" in made:
        turned = {ours: names[_OTHER[ours] if swap else ours] for ours in _LIMIT}
        made |= _on_globe(frame, made["lon"], made["lat"], turned)
    return Places(made, dms_n)


def place_notes(places: Places, spec: InputSpec, file: str, layer: str) -> list[Finding]:
    """Say what was done to coordinates because the recipe wants it."""
    said: list[Reason] = []
    if places.dms_n:
        said.append((f"{places.dms_n} values of degrees, minutes and seconds were converted", f"{places.dms_n} 个度分秒坐标已换算为十进制度"))
    if spec.swap:
        said.append(("x and y were exchanged, as the recipe says", "已按配方交换 x 和 y（经度和纬度）"))
    facts = {"role": spec.role, "file": file, "layer": layer}
    return [Finding("file_note", spec_of(spec.role).level, facts={**facts, "reason": reason, "reason_zh": zh}) for reason, zh in said]


def _column(series: pd.Series, name: str, ours: str, *, dms: bool, axis: str) -> tuple[Converted, int]:
    """Convert one column. `axis`: what its values are, "lon" or "lat", which the side of an angle must not contradict."""
    found = convert(series, name, _FINITE)
    values, faults, dms_n = found.values.copy(), [], 0
    position = {int(row): i for i, row in enumerate(series.index)} if found.faults else {}
    for fault in found.faults:
        i = position[fault.row]
        text = str(series.iloc[i])
        angle = parse_dms(text) if ours in _LIMIT else None
        if angle is None or not dms:
            reason = fault.reason, fault.reason_zh
            faults.append(_with(fault, why_no_number(text) if reason[0] == "is not a number" else reason))
        elif angle[1] not in ("", axis):
            faults.append(_with(fault, _WRONG_SIDE[angle[1]]))
        else:
            values[i], dms_n = angle[0], dms_n + 1
    return Converted(values, faults), dms_n


_WRONG_SIDE: dict[str, Reason] = {
    "lon": ("is a longitude in the column of latitudes: longitude and latitude look swapped", "是经度，却在纬度列：经度和纬度似乎写反了"),
    "lat": ("is a latitude in the column of longitudes: longitude and latitude look swapped", "是纬度，却在经度列：经度和纬度似乎写反了"),
}


def _on_globe(frame: pd.DataFrame, lon: Converted, lat: Converted, names: Mapping[str, str]) -> dict[str, Converted]:
    """Make faults of the few values beyond ±180 and ±90; most values beyond are left as they are."""
    with np.errstate(invalid="ignore"):
        off = {"lon": np.abs(lon.values) > _LIMIT["lon"], "lat": np.abs(lat.values) > _LIMIT["lat"]}
        turned = (np.abs(lon.values) <= _LIMIT["lat"]) & (np.abs(lat.values) <= _LIMIT["lon"])
    if 2 * (off["lon"] | off["lat"]).sum() > len(frame):
        return {"lon": lon, "lat": lat}
    made = {}
    for ours, found in (("lon", lon), ("lat", lat)):
        limit, faults = _LIMIT[ours], list(found.faults)
        for i in np.flatnonzero(off[ours]):
            said, said_zh = f"lies outside {-limit:g} … {limit:g}", f"不在 {-limit:g} … {limit:g} 之内"
            if turned[i]:
                said, said_zh = f"{said}: longitude and latitude look swapped", f"{said_zh}：经度和纬度似乎写反了"
            faults.append(Fault(int(frame.index[i]), said, said_zh, names[ours], f"{found.values[i]:.9g}"))
        made[ours] = Converted(np.where(off[ours], np.nan, found.values), faults)
    return made


def _with(fault: Fault, reason: Reason) -> Fault:
    return replace(fault, reason=reason[0], reason_zh=reason[1])
