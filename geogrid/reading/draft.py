"""One role's rows with canonical columns and types, before they have a place in the working CRS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.crs import WGS84, parse_crs, shifted_name
from geogrid.errors import CrsError, InputError
from geogrid.findings import Finding
from geogrid.reading.convert import Converted, convert
from geogrid.reading.coordinates import PAIRS, convert_places, place_notes
from geogrid.reading.happenings import closed_early
from geogrid.reading.headings import Recognised, recognise_columns
from geogrid.reading.layer import read_layer
from geogrid.reading.placement import exchange
from geogrid.reading.raw import Fault, RawLayer, find_notes, refuse
from geogrid.recipe import InputSpec
from geogrid.schema import RoleSpec, nearest, spec_of

_NAMES_OF_PEOPLE = {"patrols": ("officer",)}
"""Columns of which no value is told, wherever it may go."""


@dataclass(frozen=True, eq=False)
class Draft:
    """A role on its way in: `frame` has `row` and the canonical columns given; `geometry` (or None) is in `crs`, or in the datum `shifted`.

    `columns` are those of the file that are used, ours → theirs; `taken` of them went by a heading; `doubtful` are ours that were left because
    several of theirs could be meant.
    """

    role: str
    spec: RoleSpec
    file: str
    layer: str
    frame: pd.DataFrame
    geometry: np.ndarray | None
    crs: CRS | None
    shifted: str
    rows_n: int
    faults: list[Fault] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)
    taken: Mapping[str, str] = field(default_factory=dict)
    doubtful: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    encoding: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """Say where a finding comes from."""
        return {"role": self.role, "file": self.file, "layer": self.layer}

    def with_geometry(self, geometry: np.ndarray, crs: CRS, faults: list[Fault]) -> Draft:
        """Return the draft with checked geometries in `crs` and more faults."""
        return replace(self, geometry=geometry, crs=crs, faults=[*self.faults, *faults])

    def units(self, position: int) -> tuple[str, ...]:
        """Return the code or id of one row, for a finding."""
        name = next((name for name in ("code", "id") if name in self.frame), None)
        return (self.frame[name].iloc[position],) if name else ()


def draft_role(spec: InputSpec, folder: Path) -> Draft:
    """Read a role's file and convert its columns; findings name the file as seen from `folder`.

    Raises InputError for a file, column or geometry that is not there.
    """
    is_track = spec.role == "patrols" and spec.path.suffix.lower() == ".gpx"
    layer = spec.layer or ("track_points" if is_track else None)  # a track as a line has no times
    return draft_layer(read_layer(spec.path, layer=layer, encoding=spec.encoding, crs=spec.crs), spec, folder)


def draft_layer(raw: RawLayer, spec: InputSpec, folder: Path) -> Draft:
    """Convert the columns of a layer that was read as `spec` says (its CRS included). Raises InputError as `draft_role` does."""
    role = spec_of(spec.role)
    file = _shown(raw.file, folder)
    if raw.frame.empty and not raw.faults:
        raise refuse(raw.file, "holds no row", "没有任何行", layer=raw.layer, role=spec.role)
    has_geometry = isinstance(raw.frame, gpd.GeoDataFrame) and raw.frame.active_geometry_name is not None
    known = _columns(raw, spec, role, has_geometry)
    names = known.columns
    places = convert_places(raw.frame, names, swap=spec.swap, dms=spec.dms)
    plain = {ours: theirs for ours, theirs in names.items() if ours not in places.columns}
    converted = {**{ours: convert(raw.frame[theirs], theirs, role.columns[ours], spec.zone_s) for ours, theirs in plain.items()}, **places.columns}
    converted |= {name: _unnamed(converted[name]) for name in _NAMES_OF_PEOPLE.get(spec.role, ()) if name in converted}
    geometry, crs = _geometry(raw, spec, role, converted, has_geometry)
    frame = _frame(raw, role, converted)
    faults = [*raw.faults, *(fault for made in converted.values() for fault in made.faults), *_early(converted, names, raw.frame.index)]
    notes = [_control_note(file, raw.layer, spec.role, names[ours], made.cleaned_n) for ours, made in converted.items() if made.cleaned_n]
    notes += [_zone_note(file, raw.layer, spec, names[ours], made.local_n) for ours, made in converted.items() if made.local_n]
    notes += find_notes(raw, file, role.level, may_quote=spec.role not in _NAMES_OF_PEOPLE, role=spec.role)
    notes += place_notes(places, spec, file, raw.layer)
    rows_n = len(raw.frame) + len(raw.faults)
    shifted = shifted_name(spec.crs)
    headings = (names, known.taken, known.doubtful)
    return Draft(spec.role, role, file, raw.layer, frame, geometry, crs, shifted, rows_n, faults, notes, *headings, raw.encoding)


def _shown(file: str, folder: Path) -> str:
    """Name a file as seen from the recipe, so that a project says the same wherever it was built."""
    path = Path(file)
    inside = path.is_relative_to(folder) and ".." not in path.relative_to(folder).parts
    return path.relative_to(folder).as_posix() if inside else path.name


def _columns(raw: RawLayer, spec: InputSpec, role: RoleSpec, has_geometry: bool) -> Recognised:
    """Map canonical names to the file's: as the recipe says, else a column that bears the canonical name, else a known heading."""
    there = [str(name) for name in raw.frame.columns if name != "geometry"]
    for ours, theirs in spec.columns.items():
        if theirs and theirs not in there:
            hint, hint_zh = nearest(theirs, there)
            message = f"{raw.file}: no column {theirs!r} (wanted as {ours}); {hint}"
            raise InputError(message, f"{raw.file}：没有字段 {theirs!r}（用作 {ours}）；{hint_zh}", file=raw.file, layer=raw.layer, field=theirs)
    places = {name for pair in PAIRS for name in pair} if has_geometry else set()
    known = recognise_columns(spec.role, there, spec.columns, places)
    for ours, column in role.columns.items():
        if column.required and ours not in known.columns:
            raise _needed(raw, spec.role, ours, known.doubtful.get(ours, ()), there)
    return known


def _needed(raw: RawLayer, role: str, ours: str, doubtful: tuple[str, ...], there: list[str]) -> InputError:
    """Make the error of a required column that no heading tells, or several do."""
    which = f"; it could be {' or '.join(doubtful)}" if doubtful else f"; the file has {', '.join(there[:20])}"
    which_zh = f"；可能是 {'、'.join(doubtful)} 之一" if doubtful else f"；文件有 {'、'.join(there[:20])}"
    return InputError(
        f'{raw.file}: {role} need a column {ours}: columns = {{ {ours} = "…" }}{which}',
        f'{raw.file}：{role} 需要字段 {ours}，请写 columns = {{ {ours} = "…" }}{which_zh}',
        file=raw.file,
        layer=raw.layer,
        field=ours,
    )


def _geometry(
    raw: RawLayer, spec: InputSpec, role: RoleSpec, converted: Mapping[str, Converted], has_geometry: bool
) -> tuple[np.ndarray | None, CRS | None]:
    """Return the file's geometries, or points of its coordinate columns, with their CRS as far as somebody says it."""
    if role.geometry == "none":
        return None, None
    if has_geometry:
        geometry = np.asarray(raw.frame.geometry.array, dtype=object)
        return exchange(geometry) if spec.swap else geometry, raw.crs
    pair = next((pair for pair in PAIRS if all(name in converted for name in pair)), None)
    if pair is None and role.place_optional:
        return None, None
    if pair is None:
        wanted = "columns lon and lat, or x and y" if role.geometry == "point" else "a format with geometries"
        wanted_zh = "字段 lon、lat 或 x、y" if role.geometry == "point" else "带几何的格式"
        raise refuse(raw.file, f"{spec.role} have no geometry; give {wanted}", f"{spec.role} 没有几何，请提供{wanted_zh}", layer=raw.layer)
    crs = None if spec.crs is None or shifted_name(spec.crs) else parse_crs(spec.crs)
    if pair == ("lon", "lat"):
        if crs is not None and not crs.is_geographic:
            message = f"{raw.file}: columns lon and lat can not be in {spec.crs}; map them as x and y"
            raise CrsError(message, f"{raw.file}：字段 lon、lat 不可能是 {spec.crs}，请写作 x、y", file=raw.file, layer=raw.layer)
        crs = crs or WGS84
    x, y = (converted[name].values for name in pair)
    points = shapely.points(np.where(np.isnan(x) | np.isnan(y), 0, x), np.where(np.isnan(x) | np.isnan(y), 0, y))
    return np.where(np.isnan(x) | np.isnan(y), None, points), crs


def _frame(raw: RawLayer, role: RoleSpec, converted: Mapping[str, Converted]) -> pd.DataFrame:
    """Make the canonical frame: no coordinate columns, one direction in degrees, an id for every row."""
    values = {name: made.values for name, made in converted.items() if name not in ("lon", "lat", "x", "y", "direction")}
    if "direction" in converted:
        compass = converted["direction"].values
        given = values.get("direction_deg", np.full(len(compass), np.nan))
        values["direction_deg"] = np.where(np.isnan(given), compass, given)
        values["direction_is_eighth"] = np.isnan(given) & ~np.isnan(compass)
    rows = raw.frame.index.to_numpy()
    if "id" in role.columns:
        ids = values.get("id", np.full(len(rows), "", dtype=object))
        values["id"] = np.where(ids == "", rows.astype(str).astype(object), ids)
    names = (*role.columns, "direction_is_eighth")  # one of eight directions may be 22.5 degrees off: who looks along it must know
    ordered = {name: values[name] for name in names if name in values}
    return pd.DataFrame({**ordered, "row": rows.astype("int64")})


def _early(converted: Mapping[str, Converted], names: Mapping[str, str], rows: pd.Index) -> list[Fault]:
    """Return the faults of events that were closed before they happened: one of the two times is wrong, and nobody can tell which."""
    if "time" not in converted or "closed_at" not in converted:
        return []
    closed = converted["closed_at"].values
    early = np.flatnonzero(closed_early(converted["time"].values.tolist(), closed.tolist()))
    return [Fault(int(rows[i]), "is before the event", "早于事件发生的时间", names["closed_at"], str(closed[i])) for i in early]


def _unnamed(made: Converted) -> Converted:
    """Return a column whose faults do not tell the value: it names somebody."""
    return replace(made, faults=[replace(fault, value="") for fault in made.faults])


def _control_note(file: str, layer: str, role: str, name: str, count: int) -> Finding:
    reason, reason_zh = f"invisible or control characters taken out of {count} values", f"{count} 个值中的不可见字符已去掉"
    facts = {"role": role, "file": file, "layer": layer, "field": name, "count": count, "reason": reason, "reason_zh": reason_zh}
    return Finding("text_control", spec_of(role).level, facts=facts)


def _zone_note(file: str, layer: str, spec: InputSpec, name: str, count: int) -> Finding:
    sign, minutes = "-" if spec.zone_s < 0 else "+", abs(spec.zone_s) // 60
    zone = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    reason = f'{count} times say no time zone and are taken as {zone}; else write time_zone = "…"'
    reason_zh = f'{count} 个时间没有时区，按 {zone} 理解；否则请写 time_zone = "…"'
    facts = {"role": spec.role, "file": file, "layer": layer, "field": name, "count": count, "reason": reason, "reason_zh": reason_zh}
    return Finding("file_note", spec_of(spec.role).level, facts=facts)
