"""What the page of an import says: five steps with their state, layers with what they were taken for, rows that can not be used, the draft."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from geogrid.crs import SHIFTED
from geogrid.inspection.homes import likely_homes
from geogrid.pipeline.stages import STAGES
from geogrid.schema import ROLES
from geogrid.scheme import built_in, read_scheme
from geogrid.scheme_values import HOME_USES
from web import words
from web.importing_api import told
from web.importing_choices import ENCODINGS, GROUPED
from web.importing_mending import FOLDER
from web.importing_service import Importing
from web.importing_store import Place
from web.importing_words import column_name, role_name
from web.language import language, pick

TEXTUAL = ("shapefile", "zip", "csv")
"""Formats whose text may be in any encoding."""
GROUPS_SHOWN = 200
Layer = dict[str, Any]
_GAP = "\ufffc"
_VALUE = re.compile(r"(?<=[\w ])'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
"""A value as `repr` writes it."""
_ORDER = {role: i for i, role in enumerate(ROLES)}


def view(mine: Importing, place: Place) -> dict[str, Any]:
    """Return what the template of an import is filled with."""
    state = told(mine, place)
    layers = sorted((_layer(report, state) for report in state["layers"]), key=lambda layer: (_ORDER.get(layer["role"], len(_ORDER)), layer["key"]))
    rejected = place.load("rejected") or [] if state["rejected"] else []
    read = sum(layer["read"] for layer in layers if layer["role"])
    usable = sum(layer["usable"] for layer in layers if layer["role"])
    made = {
        "id": place.id,
        "state": state,
        "layers": layers,
        "bytes": sum(file["bytes"] for file in state["files"]),
        "undecided": [layer for layer in layers if layer["asks_crs"]],
        "shifts": [_shift(found, layers) for found in state["findings"] if found["rule"] in ("datum_shift", "crs_mismatch")],
        "stated": [layer for layer in layers if layer["placed"] and not layer["may_choose_crs"]],
        "notes": _notes([found for found in state["findings"] if found["rule"] not in ("datum_shift", "crs_mismatch")]),
        "dropped": sum(layer["dropped"] for layer in layers if layer["role"]),
        "groups": grouped(rejected),
        "read": read,
        "usable": usable,
        "schemes": [_scheme(name) for name in built_in()],
        "bounds": _bounds(state),
        "roles": [(role, role_name(role)) for role in ROLES],
        "encodings": ENCODINGS,
        "stages": _stages(state["busy"]),
        "pick": pick,
    }
    return {**made, "steps": _steps(made)}


def _layer(report: Mapping[str, Any], state: Mapping[str, Any]) -> Layer:
    """Return one layer with what was chosen laid over what was found."""
    key, choice = report["key"], state["choices"].get(report["key"], {})
    role = "" if key in state["twins"] else choice.get("role", report["role"])
    mending = state["mending"].get(key, {})
    counts = next((row for row in state["rows"].values() if _is_of(row, report, mending)), None) if role else None
    ours = _ours(report, choice)
    crs = choice.get("crs") or report["crs"]
    placed = bool(role) and ROLES[role].geometry != "none" and (report["has_geometry"] or report["geometry"] != "none")
    automatic = not crs and report["crs_is_plain"]
    return {
        **report,
        "role": role,
        "twin": role_name(state["twins"].get(key, "")),
        "role_name": role_name(role),
        "by_hand": "role" in choice,
        "read": counts["read"] if counts else report["rows"],
        "usable": counts["usable"] if counts else report["usable"],
        "rejected": counts["rejected"] if counts else report["rejected"],
        "counted": counts is not None,
        "crs": crs or (report["crs_options"][0]["crs"] if automatic else ""),
        "chosen_crs": choice.get("crs", ""),
        "swap": choice.get("swap", bool(automatic and report["crs_options"][0]["swap"])),
        "placed": placed,
        "options": _options(report, choice),
        "asks_crs": placed and not crs and not automatic,
        "may_choose_crs": placed and bool(report["crs_options"]),
        "textual": report["format"] in TEXTUAL,
        "encoding": choice.get("encoding") or report["encoding"],
        "columns": [{**column, "ours": ours.get(column["name"], "")} for column in report["columns"]],
        "known": [(name, column_name(name), spec.required) for name, spec in ROLES[role].columns.items()] if role else [],
        "dropped": counts["read"] - counts["usable"] - counts["rejected"] if counts else 0,
        "title": report["file"] if report["layer"] in report["file"] else f"{report['file']} {report['layer']}",
        **_homes(report if role == "buildings" else {}, choice),
        "shapes": words_of_geometry(report["geometry"]),
        "mended": mending.get("mended"),
        "faults": _faults(mending.get("faults", {})),
        "left": _faults(mending.get("mended", {}).get("left", {})),
        "problems": [found for found in report["findings"] if found["rule"] not in ("row_rejected", "crs_missing")],
    }


def _is_of(row: Mapping[str, Any], report: Mapping[str, Any], mending: Mapping[str, Any]) -> bool:
    """Tell whether a row of the review is about a layer, or about its mended copy."""
    copy = f"{FOLDER}/{mending['mended']['file']}" if "mended" in mending else ""
    return row["file"] in (report["file"], copy) and row["layer"] in ("", report["layer"])


def _faults(counts: Mapping[str, int]) -> str:
    return _(", ").join(f"{words.rule_title(rule)} {words.number(n)}" for rule, n in counts.items())


def _shift(found: Mapping[str, Any], layers: Sequence[Layer]) -> dict[str, Any]:
    """Return a finding on where a layer lies, with the layer and the datum that it could be converted from, "" where there is nothing to convert."""
    key = next((layer["key"] for layer in layers if layer["role"] == found["role"]), "") if found["role"] else ""
    return {**found, "key": key, "datum": found["datum"] if key else ""}


def _homes(report: Mapping[str, Any], choice: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the buildings' use, which of them are homes, and whether somebody must say it."""
    uses = report.get("uses", [])
    values = [value for value, _n in uses]
    known = [value for value in values if value in HOME_USES] or likely_homes(values)
    counted = any(column["ours"] == "households" for column in report.get("columns", []))
    return {"uses": uses, "homes": choice.get("homes") or known, "asks_homes": bool(uses) and not (choice.get("homes") or known or counted)}


def _notes(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return findings that stop nothing, by rule: how many, the first few of them."""
    rules = dict.fromkeys((note["rule"], note["severity"]) for note in found)
    made = {pair: [pick(note) for note in found if (note["rule"], note["severity"]) == pair] for pair in rules}
    return [
        {"title": words.rule_title(rule), "severity": severity, "n": len(made[rule, severity]), "says": made[rule, severity][:5]}
        for rule, severity in made
    ]


def words_of_geometry(kind: str) -> str:
    """Return what a layer's shapes are, in words."""
    return {"area": _("areas"), "line": _("lines"), "point": _("points"), "any": _("mixed shapes")}.get(kind, _("table"))


def _ours(report: Mapping[str, Any], choice: Mapping[str, Any]) -> dict[str, str]:
    """Return theirs → ours: what was found, with what was chosen laid over it."""
    found = {column["ours"]: column["name"] for column in report["columns"] if column["ours"]}
    chosen = choice.get("columns", {})
    kept = {ours: theirs for ours, theirs in found.items() if ours not in chosen and theirs not in chosen.values()}
    return {theirs: ours for ours, theirs in {**kept, **chosen}.items() if theirs}


def _options(report: Mapping[str, Any], choice: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the CRS to choose from, in words, the likeliest first; one that somebody chose though it is not listed stands at the end."""
    named = "name_zh" if language() == "zh" else "name"
    made = []
    for i, option in enumerate(report["crs_options"]):
        plain = option["crs"] not in SHIFTED
        made.append({**option, "title": option[named], "recommended": i == 0 and plain, "says": _where(option), "chosen": _is(option, choice)})
    if choice.get("crs") and not any(option["chosen"] for option in made):
        given = choice["crs"]
        made.append({"crs": given, "title": given, "swap": bool(choice.get("swap")), "recommended": False, "says": _("as you chose"), "chosen": True})
    return made


def _is(option: Mapping[str, Any], choice: Mapping[str, Any]) -> bool:
    return choice.get("crs") == option["crs"] and bool(choice.get("swap")) == option["swap"]


def _where(option: Mapping[str, Any]) -> str:
    """Say where a CRS would put a layer: how much of it inside the others, and how far off."""
    said = [_("with x and y exchanged")] if option["swap"] else []
    if option["inside_share"] is not None:
        said.append(_("%(share)s inside the other layers", share=words.share(option["inside_share"], 1) if option["inside_share"] else "0\u2009%"))
    if option["distance_km"]:
        said.append(_("%(km)s km away from them", km=words.number(option["distance_km"]) if option["distance_km"] >= 10 else option["distance_km"]))
    return _(", ").join(said)


def _scheme(name: str) -> dict[str, Any]:
    scheme = read_scheme(name)
    levels = [words.level_name(level) + (f" {words.bounds(level)}" if level.households else "") for level in scheme.levels]
    return {"id": name, "name": scheme.name.say(language()), "levels": " → ".join(levels)}


def _bounds(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the levels whose bounds may be overridden, with the scheme's own and what was chosen."""
    if not state["scheme"]:
        return []
    levels = [level for level in read_scheme(state["scheme"]).levels if level.make in GROUPED and level.households]
    return [{"id": level.id, "name": words.level_name(level), "own": level.households, "pair": state["bounds"].get(level.id)} for level in levels]


def grouped(rejected: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows that can not be used as groups of one file and one reason: how many, the first of them, and up to three values."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for line in rejected:
        why = {name: _without_values(line[name]) for name in ("reason", "reason_zh")}
        key = (line["file"], line["layer"], line["role"], line["field"], why["reason"])
        named = {name: line[name] for name in ("file", "role", "field", "row")}
        group = found.setdefault(key, {**why, **named, "n": 0, "values": []})
        group["n"] += 1
        if line["value"] and line["value"] not in group["values"] and len(group["values"]) < 3:
            group["values"].append(line["value"])
    made = sorted(found.values(), key=lambda group: (group["file"], group["row"]))
    return [{**group, "why": _with_values(pick(group, "reason"), group["values"]), "cure": cure(group)} for group in made[:GROUPS_SHOWN]]


def _with_values(reason: str, values: Sequence[str]) -> str:
    """Put the values of a group where a reason had its row's."""
    shown = _(", ").join(f"“{value[:40]}”" for value in values)
    return reason.replace(_GAP, shown, 1).replace(_GAP, "…")


def _without_values(reason: str) -> str:
    """Take the values out of a reason, so that rows with the same fault stand together; a mark keeps their place.

    >>> _without_values("floors 'x9' is not a number").replace(_GAP, "…")
    'floors … is not a number'
    >>> _without_values(f"name {chr(10)!r} and {'it' + chr(39) + 's'!r} are read").replace(_GAP, "…")
    'name … and … are read'
    """
    return _VALUE.sub(_GAP, reason)


def cure(group: Mapping[str, Any]) -> str:
    """Say what to do with rows of one fault."""
    if group["field"] == "geometry":
        return _("Correct the shape or its position in the file, then drop the file again.")
    if group["field"] in ("lon", "lat", "x", "y"):
        return _("Check the coordinates; often another coordinate system is meant.")
    return _("Correct the value in the file, then drop the file again.")


def _stages(busy: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the stages of a build with their state: done, now, to come."""
    if not busy or busy["what"] != "build":
        return []
    done = set(busy["done"])
    at = {stage: "done" if stage in done else "now" if stage == busy["stage"] else "todo" for stage in STAGES}
    return [{"name": name[language()], "state": at[stage]} for stage, name in STAGES.items()]


def _steps(made: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the five steps: title, what there is to say, and `done`, `now`, `todo` or `wrong`."""
    state, layers = made["state"], made["layers"]
    files = len(layers) and bool(state["files"])
    unnamed = sum(not layer["role"] for layer in layers)
    shifted = any(found["datum"] for found in made["shifts"])
    homeless = any(layer["asks_homes"] for layer in layers)
    used, asks = [layer for layer in layers if layer["role"]], len(made["undecided"])
    sized = words.number(max(1, made["bytes"] // 1000)) + "\u2009kB" if made["bytes"] < 1e6 else f"{made['bytes'] / 1e6:,.1f}\u2009MB"
    says = [
        ngettext("%(n)s file, %(size)s", "%(n)s files, %(size)s", len(state["files"]), n=len(state["files"]), size=sized)
        if state["files"]
        else _("nothing yet"),
        "" if not layers else _("say which uses are homes") if homeless else _("%(n)s not used", n=unnamed) if unnamed else _("all recognised"),
        "" if not used else _("%(n)s for you to decide", n=asks) if asks else _("a layer may be shifted") if shifted else _("all clear"),
        "" if not used else _("something must be mended") if state["problem"] else _rows_said(state["rejected"], layers),
        _("draft is ready") if state["current"] else _("being built") if made["stages"] else "",
    ]
    used_well = bool(used) and not asks
    whole = used_well and not state["problem"] and (not state["rejected"] or state["current"])
    finished = [bool(files), bool(used) and not homeless, used_well and not shifted, whole, bool(state["current"])]
    titles = [_("Choose files"), _("Roles and columns"), _("Coordinate system"), _("Check every row"), _("Make the grids")]
    now = next((i for i, ok in enumerate(finished) if not ok), 4)
    marks = ["now" if i == now else "done" if ok else "todo" for i, ok in enumerate(finished)]
    anchors = ("files", "columns", "crs", "rows", "build")
    return [{"title": t, "says": s, "state": m, "anchor": a} for t, s, m, a in zip(titles, says, marks, anchors, strict=True)]


def _rows_said(rejected: int, layers: Sequence[Layer]) -> str:
    if rejected:
        return _("%(n)s rows can not be used", n=words.number(rejected))
    misfit = any(layer["role"] and layer["faults"] and not layer["mended"] for layer in layers)
    return _("borders could be mended") if misfit else _("every row can be used")
