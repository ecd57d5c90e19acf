"""Given area layers of an import: what is wrong with their borders, and, where somebody asks for it, a mended copy in `files/mended/`.

The file that was dropped stays as it is; the recipe reads the copy until the choice is taken back. Kept as mending.json, by the layer's key.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from geogrid.errors import GeogridError
from geogrid.schema import ROLES
from web.importing_files import safe_name, with_parts
from web.importing_store import Place, State, write_whole

Report = Any
"""A `geogrid.inspection.LayerReport`."""
FOLDER = "mended"
RULES = ("geometry_invalid", "overlap", "gap", "not_edge_matched")
"""What is told and offered to be mended; crumbs go with it, but a unit in several pieces may well be meant."""
_TEXTS = ("geojson", "geojsonl", "kml", "gpx")


def mend_layers(place: Place, state: State, reports: Sequence[Report]) -> dict[str, dict[str, Any]]:
    """Check the given levels, mend those that are asked for, take away copies that nobody wants any more.

    Returns by layer `made_of`, `faults` (rule → how many) and, where it was mended, `mended`: `file report layer crs width_m`, `units` and how
    many of them `changed`, `gained_m2 lost_m2` in all, and the faults that are `left`.
    """
    kept, made, names = place.load("mending") or {}, {}, copy_names(reports)
    for report in reports:
        choice = state["layers"].get(report.key, {})
        if not _is_given_level(report, choice):
            continue
        made_of = _made_of(place, report, choice)
        known = kept.get(report.key, {})
        made[report.key] = (
            known if known.get("made_of") == made_of and _is_there(place, known) else _looked(place, report, choice, made_of, names[report.key])
        )
    wanted = {name for known in made.values() if "mended" in known for name in (known["mended"]["file"], known["mended"]["report"])}
    for path in (place.files / FOLDER).glob("*"):
        if path.name not in wanted:
            path.unlink(missing_ok=True)
    place.save("mending", made)
    return made


def copy_names(reports: Sequence[Report]) -> dict[str, str]:
    """Name the copy of each layer, by its key; where two would bear one name, a word of their own goes first."""
    named = {one.key: safe_name(" ".join(dict.fromkeys((Path(one.file).stem, one.layer, one.format))) + ".gpkg") for one in reports}
    times = Counter(name.casefold() for name in named.values())
    own = {key: hashlib.sha256(key.encode()).hexdigest()[:8] for key in named}
    return {key: name if times[name.casefold()] == 1 else f"{own[key]} {name}" for key, name in named.items()}


def as_mended(
    reports: Sequence[Report], choices: Mapping[str, Any], mending: Mapping[str, Mapping[str, Any]], place: Place
) -> tuple[list[Report], dict[str, Any]]:
    """Return the layers and choices that the recipe is written of: the copies in the place of what was mended."""
    layers, chosen = [], dict(choices)
    for report in reports:
        done = mending.get(report.key, {}).get("mended")
        if done:
            choice = chosen.pop(report.key, {})
            report = _copied(report, str(place.files / FOLDER / done["file"]), done)
            chosen[report.key] = {name: choice[name] for name in ("role", "columns") if name in choice}
        layers.append(report)
    return layers, chosen


def _copied(report: Report, file: str, done: Mapping[str, Any]) -> Report:
    """Return what inspection would say of the copy: the same columns, in a file that says its CRS and holds UTF-8."""
    told = {"file": file, "layer": done["layer"], "format": "gpkg", "crs": done["crs"], "crs_stated": True}
    return replace(report, **told, crs_options=(), asked_crs="", asked_encoding="", encoding="", dms=False)


def copy_of(place: Place, name: str) -> Path | None:
    """Return a mended copy or its report by name, None where there is none."""
    return next((path for path in (place.files / FOLDER).glob("*") if path.name == name and path.is_file()), None)


def _is_given_level(report: Report, choice: Mapping[str, Any]) -> bool:
    """Tell whether a layer is one of the levels, in coordinates that stand as they are meant."""
    role = choice.get("role", report.role)
    swapped = choice.get("swap") or (not report.crs and not choice.get("crs") and report.crs_options and report.crs_options[0].swap)
    level = bool(role) and bool(ROLES[role].area_role) and role not in ("district", "compounds")
    return level and report.geometry == "area" and report.has_geometry and not report.dms and not swapped


def _made_of(place: Place, report: Report, choice: Mapping[str, Any]) -> str:
    parts = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(with_parts(place.files, Path(report.file).name))]
    told = (report.layer, _crs(report, choice), choice.get("encoding"), _code(report, choice), choice.get("mend"))
    return json.dumps([parts, told], ensure_ascii=False)


def _is_there(place: Place, known: Mapping[str, Any]) -> bool:
    return "mended" not in known or copy_of(place, known["mended"]["file"]) is not None


def _crs(report: Report, choice: Mapping[str, Any]) -> str:
    """Return the CRS that a layer is read with: chosen, the file's own, or the only one that fits; "" where nobody knows."""
    if choice.get("crs"):
        return choice["crs"]
    return report.crs or (report.crs_options[0].crs if report.crs_is_plain else "")


def _code(report: Report, choice: Mapping[str, Any]) -> str:
    return choice.get("columns", {}).get("code", report.used.get("code", ""))


def _looked(place: Place, report: Report, choice: Mapping[str, Any], made_of: str, name: str) -> dict[str, Any]:
    """Check one layer, and mend it where that is chosen, in a copy of that name."""
    from geogrid.rules import validate_layer

    none = {"made_of": made_of, "faults": {}}
    try:
        frame = _frame(place, report, choice)
    except GeogridError:
        return none  # what is wrong with it is told where it is read
    if frame is None:
        return none
    code = _code(report, choice)
    asked = {"code": code if code in frame else None, "tolerance_m": 0.02 if report.format in _TEXTS else 0.001}
    if not choice.get("mend"):
        return {**none, "faults": _counted(validate_layer(frame, **asked))}
    return {**none, **_mended(place, report, frame, asked, float(choice["mend"]), name)}


def _frame(place: Place, report: Report, choice: Mapping[str, Any]) -> Any:
    """Return a layer as it stands in its file, in WGS 84 where it is said to be shifted; None where a row would be lost or nobody knows its CRS."""
    from geogrid.crs import shifted_name, unshift
    from geogrid.reading.layer import read_layer

    crs = _crs(report, choice)
    raw = read_layer(place.files / Path(report.file).name, layer=report.layer or None, encoding=choice.get("encoding"), crs=crs or None)
    if raw.faults or not crs:
        return None
    shift = shifted_name(crs)
    return raw.frame.set_geometry(unshift(raw.frame.geometry.to_numpy(), shift), crs=4326) if shift else raw.frame  # type: ignore[union-attr]


def _mended(place: Place, report: Report, frame: Any, asked: Mapping[str, Any], width_m: float, name: str) -> dict[str, Any]:
    from geogrid.exchange.layer import write_layer
    from geogrid.exchange.sheet import rows_to_csv
    from geogrid.mending import repair_layer

    done = repair_layer(frame, **asked, max_gap_m=width_m, max_overlap_m=width_m)
    (place.files / FOLDER).mkdir(exist_ok=True)
    write_layer(done.frame, place.files / FOLDER / name, report.layer or name.removesuffix(".gpkg"))
    table = name.removesuffix(".gpkg") + ".csv"
    write_whole(place.files / FOLDER / table, rows_to_csv(done.report.round(3)))
    sums = {size: round(float(done.report[size].sum()), 2) for size in ("gained_m2", "lost_m2")}
    told = {"file": name, "report": table, "layer": report.layer or name.removesuffix(".gpkg"), "crs": str(done.frame.crs), "width_m": width_m}
    counts = {"units": len(done.frame), "changed": int(done.report["changed"].sum()), "left": _counted(done.left)}
    return {"faults": _counted(done.found), "mended": {**told, **counts, **sums}}


def _counted(found: Any) -> dict[str, int]:
    counts = found["rule"].value_counts()
    return {rule: int(counts[rule]) for rule in RULES if rule in counts}
