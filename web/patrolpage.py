"""The page /patrols: where nobody patrolled, week by week. For planners and administrators; who walked is nowhere in it."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from geogrid.errors import NotFoundError
from geogrid.exchange.reach import laid_out, write_reach
from geogrid.maps.seen import street_columns
from web import camerafiles, data, files, mapview, reached, scriptdata, tables
from web.camerafigures import plain
from web.language import language
from web.served import Served, kept_bytes, served, to_bytes

blueprint = Blueprint("patrols", __name__)
NAMES = ("patrol_units", "unwalked")
STEPS = (0.0, 0.25, 0.5, 0.75)
"""Upper limits of the classes of the share not walked that tint the map; the last has none."""
SUMS = ("street_m", "walked_m", "entrances", "passed")


@blueprint.get("/patrols")
def page() -> str:
    """哪里没有巡到？"""
    now = served()
    reach = reached.patrols_of(now)
    known, asked = levels(now), request.args.get("level", "")
    level = asked if asked in known else (known or tables.levels(now) or [""])[-1]
    stem = url_for("patrols.answer", version=now.version).removesuffix("answer.json")
    told = scriptdata.told(now, "patrols", level) | {"walked": {"data": stem}, "says": words()}
    return render_template("patrols.html", page="patrols", page_data=lambda: told, map=mapview.parts(now, "patrols"), level=level, weeks=reach.weeks)


@blueprint.get("/data/<version>/reach/patrols/answer.json")
def answer(version: str) -> Response:
    """Serve what the page says first: weeks with their sums, levels with figures, notes."""
    now = served()
    return kept_bytes(("patrol answer", language()), lambda: to_bytes(_answer(now)), "application/json", immutable=version == now.version)


@blueprint.get("/data/<version>/reach/patrols/table/<week>/<level>.json")
def table(version: str, week: str, level: str) -> Response:
    """Serve the page's table of a level in a week."""
    now = served()
    if level not in levels(now) or week not in reached.patrols_of(now).weeks:
        raise NotFoundError(f"no patrols of {week}, {level}", f"没有 {week} {level} 的巡查数据", value=week)
    key = ("patrol table", week, level, language())
    return kept_bytes(key, lambda: to_bytes(_table(now, week, level)), "application/json", immutable=version == now.version)


@blueprint.get("/data/<version>/reach/patrols/unwalked.json")
def drawn(version: str) -> Response:
    """Serve the streets that nobody walked in the newest week, as columns of `geogrid.maps.seen`: never walked stands as blind, else as perhaps."""
    now = served()

    def make() -> bytes:
        found = unwalked(now)
        return to_bytes(street_columns(found.assign(**{"class": ["perhaps" if day else "blind" for day in found["last_visit"]]})))

    return kept_bytes(("patrol unwalked",), make, "application/json", immutable=version == now.version)


@blueprint.get("/download/patrols/<name>.<ending>")
def download(name: str, ending: str) -> Response:
    """Answer with a layer as a file: `?week=` and `?level=` choose among the figures of units."""
    now = served()
    if name not in NAMES or ending not in camerafiles.ENDINGS:
        raise NotFoundError(f"no download {name}.{ending}; there are {', '.join(NAMES)}", f"没有可下载的 {name}.{ending}", value=name)
    frame = unwalked(now) if name == "unwalked" else _units(now, request.args.get("week", ""), request.args.get("level", ""))
    about = files.about(now) | {"notes": " ".join(note["text"] for note in _texts(now))}
    return files.attached(now, files.written(ending, lambda path: write_reach({name: laid_out(frame)}, path, about)), name, ending)


def levels(now: Served) -> list[str]:
    """Return the levels of which figures are known, top-down."""
    return [level for level in tables.levels(now) if level in reached.patrols_of(now).levels]


def unwalked(now: Served) -> gpd.GeoDataFrame:
    """Return the stretches that nobody walked in the newest week, as far as the visitor may see them."""
    found = reached.patrols_of(now).unwalked
    return found[reached.shown(now, found)]


def rows(now: Served, week: str, level: str) -> pd.DataFrame:
    """Return a week's figures of the visible units of a level, index code, in the order of `tables.unit_rows`; NaN where nothing is known of one."""
    units = reached.patrols_of(now).patrol_units
    found = units[(units["week"] == week) & (units["level"] == level)].set_index("code").reindex(tables.unit_rows(now, level).index)
    return found.assign(missed_m=found["street_m"] - found["walked_m"], missed_share=1 - found["street_share"])


def _units(now: Served, week: str, level: str) -> gpd.GeoDataFrame:
    units = reached.patrols_of(now).patrol_units
    units = units[reached.shown(now, units)]
    units = units[(units["week"] == week) | (week == "")]
    units = units[(units["level"] == level) | (level == "")]
    shapes = [now.project.units(each).geometry for each in dict.fromkeys(units["level"])]
    places = {code: shape for series in shapes for code, shape in series.items()}
    return gpd.GeoDataFrame(units, geometry=[places.get(code) for code in units["code"]], crs=now.project.crs)


def _answer(now: Served) -> dict[str, Any]:
    reach, known = reached.patrols_of(now), levels(now)
    top = next((level for level in known if len(tables.unit_rows(now, level))), "")
    never = unwalked(now)
    never = never[never["last_visit"] == ""]
    weeks = [
        {"week": week, "days": days, **_sums(rows(now, week, top) if top else pd.DataFrame(columns=[*SUMS], dtype=float))}
        for week, days in zip(reach.weeks, reach.days, strict=True)
    ]
    return {"levels": known, "steps": STEPS, "weeks": weeks, "never_m": round(float(never["length_m"].sum()), 1), "notes": _texts(now)}


def _texts(now: Served) -> list[dict[str, str]]:
    """Return the notes in this request's language."""
    return [{"key": note["key"], "text": note[language()]} for note in reached.patrols_of(now).notes]


def _sums(found: pd.DataFrame) -> dict[str, float]:
    return {name: round(float(found[name].sum()), 1) for name in SUMS}


def _table(now: Served, week: str, level: str) -> dict[str, Any]:
    found = rows(now, week, level)
    columns = [
        ("walked", _("streets"), "bar"),
        ("missed_m", _("not walked"), "length"),
        ("doors", _("doors"), "doors"),
        ("last", _("last visit"), "day"),
    ]
    values = {
        "walked": plain(found["street_share"], 4),
        "missed": plain(found["missed_share"], 4),
        "missed_m": plain(found["missed_m"], 1),
        "doors": plain(found["entrance_share"], 4),
        "entrances": plain(found["entrances"], 0),
        "passed": plain(found["passed"], 0),
        "last": found["last_visit"].fillna("").tolist(),
    }
    told = [{"key": key, "title": title, "kind": kind} for key, title, kind in columns]
    return {"columns": [data.name_column(now, level), *told], **data.unit_columns(now, level), "values": values}


def words() -> dict[str, str]:
    """Return the words of the page's script."""
    return {
        "base": _("{street} of streets, {doors} building entrances"),
        "missed": _("of streets were not walked in this week, {share}"),
        "all_walked": _("Every street was walked in this week."),
        "no_streets": _("No streets here: only entrances are counted."),
        "doors": _("Building entrances passed: {n} of {all} ({share})"),
        "days": _("tracks of {n} days"),
        "days_one": _("tracks of one day"),
        "week": _("{week}: {share} walked"),
        "of": _("{n} of {all}"),
        "never": _("never"),
        "missed_under": _("not walked {share}"),
        "step": _("≤ {share}"),
        "step_last": _("> {share}"),
        "metres": _("m"),
        "km": _("km"),
    }
