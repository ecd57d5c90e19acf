"""What the cameras page says in figures: seen surely, perhaps, blind, by unit; what is assumed; where cameras see too much."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask_babel import gettext as _

from geogrid.crs import to_wgs84
from geogrid.scheme_values import place_level
from web import data, reached, tables
from web.language import language, pick
from web.served import Served, to_bytes

SHARES = ("street_share", "street_perhaps_share", "entrance_share", "entrance_perhaps_share", "ground_share", "ground_perhaps_share")
COUNTS = ("street_m", "entrances", "ground_m2", "cameras")
STEPS = (0.0, 0.1, 0.25, 0.5)
"""Upper limits of the classes of blind share that tint the map; the last has none."""


def levels(now: Served) -> list[str]:
    """Return the levels of which figures are known, top-down."""
    known = set(reached.cameras_of(now).camera_units["level"])
    return [level for level in tables.levels(now) if level in known]


def rows(now: Served, level: str) -> pd.DataFrame:
    """Return the figures of the visible units of a level, index code, in the order of `tables.unit_rows`; NaN where nothing is known of one."""
    return now.keep(("camera rows", level), lambda: _rows(now, level))


def _rows(now: Served, level: str) -> pd.DataFrame:
    units = reached.cameras_of(now).camera_units
    found = units[units["level"] == level].set_index("code").reindex(tables.unit_rows(now, level).index)
    found["blind_share"] = 1 - found["street_perhaps_share"]
    found["blind_m"] = found["street_m"] * found["blind_share"]
    found["doors_seen"] = (found["entrances"] * found["entrance_share"]).round()
    return found


def table(now: Served, level: str) -> bytes:
    """Return the table of a level as `web.data.table` lays one out; shares are parts of 1, null where there is nothing to share."""
    found = rows(now, level)
    columns = [
        ("sure", _("seen streets"), "bar"),
        ("blind", _("blind"), "share"),
        ("doors", _("doors seen"), "doors"),
        ("ground", _("ground"), "share"),
    ]
    values = {
        "sure": found["street_share"],
        "perhaps": found["street_perhaps_share"] - found["street_share"],
        "blind": found["blind_share"],
        "doors": found["entrance_share"],
        "ground": found["ground_share"],
        **{name: found[name] for name in ("street_m", "blind_m", "entrances", "doors_seen", "cameras")},
    }
    body = {
        "columns": [data.name_column(now, level), *({"key": key, "title": title, "kind": kind} for key, title, kind in columns)],
        **data.unit_columns(now, level),
        "values": {key: plain(column, 4) for key, column in values.items()},
    }
    return to_bytes(body)


def answer(now: Served) -> bytes:
    """Return what the page says first: totals of what is visible and of each place that can be chosen, notes, over-reach, steps of the tint."""
    known = levels(now)
    place = place_level(known[:-1]) if len(known) > 1 else ""
    body = {
        "levels": known,
        "steps": STEPS,
        "totals": {**totals(now), "domes": int(shown_cameras(now)["is_dome"].sum())},
        "place": place,
        "places": _places(now, place) if place else [],
        "notes": [{"key": note["key"], "n": note["n"], "text": pick(note, "text")} for note in notes(now)],
        "over": len(shown_over_reach(now)),
    }
    return to_bytes(body)


def totals(now: Served) -> dict[str, Any]:
    """Return the sums of the district, or over the units that the visitor sees."""
    if not reached.is_cut(now):
        whole = reached.cameras_of(now).whole
        return _sums(pd.DataFrame([{name: whole[name] for name in (*COUNTS, *SHARES)}], dtype=float))
    known = [level for level in levels(now) if len(rows(now, level))]
    return _sums(rows(now, known[0]) if known else pd.DataFrame(columns=[*COUNTS, *SHARES], dtype=float))


def _sums(found: pd.DataFrame) -> dict[str, Any]:
    def part(whole: str, share: str) -> float:
        return float((found[whole] * found[share]).sum())

    return {
        "cameras": int(found["cameras"].sum()),
        "street_m": round(float(found["street_m"].sum()), 1),
        "sure_m": round(part("street_m", "street_share"), 1),
        "seen_m": round(part("street_m", "street_perhaps_share"), 1),
        "entrances": int(found["entrances"].sum()),
        "doors_seen": round(part("entrances", "entrance_share")),
        "doors_perhaps": round(part("entrances", "entrance_perhaps_share")),
        "ground_m2": round(float(found["ground_m2"].sum())),
        "ground_sure_m2": round(part("ground_m2", "ground_share")),
    }


def _places(now: Served, level: str) -> list[dict[str, Any]]:
    found, cameras = rows(now, level), shown_cameras(now)
    domes = cameras.loc[cameras["is_dome"], level].value_counts()
    named = zip(found.index, data.labels(now, level), strict=True)
    return [{"code": code, "label": label, **_sums(found.loc[[code]]), "domes": int(domes.get(code, 0))} for code, label in named]


def units(now: Served, level: str, parent: str) -> list[dict[str, Any]]:
    """Return the figures of the visible units of a level, of those in a unit above where one is named."""
    chosen = tables.select(tables.unit_rows(now, level), now, level, {"parent": parent})
    found = rows(now, level).loc[chosen.index]
    columns = {name: plain(found[name], 4) for name in (*COUNTS, *SHARES, "mean_cameras", "blind_m", "blind_share")}
    names = {"code": found.index.tolist(), "name": chosen["name"].fillna("").tolist(), "parent": chosen["parent"].tolist()}
    return [dict(zip((*names, *columns), values, strict=True)) for values in zip(*names.values(), *columns.values(), strict=True)]


def notes(now: Served) -> list[dict[str, Any]]:
    """Return what was assumed, as the reach says it: `key`, `n`, `text`, `text_zh`. Who sees a part only is told the whole district's."""
    return [{"key": note["key"], "n": note["n"], "text": note["en"], "text_zh": note["zh"]} for note in reached.cameras_of(now).notes]


def over_reach(now: Served) -> list[dict[str, Any]]:
    """Return where cameras see what they should not: `camera what metres text at` (degrees), what is sure first, then the most metres."""
    return now.keep(("over-reach", language()), lambda: _over_reach(now))


def _over_reach(now: Served) -> list[dict[str, Any]]:
    found = shown_over_reach(now).sort_values(["class", "metres", "camera"], ascending=[False, False, True], kind="stable")  # "sure" before "perhaps"
    places = shapely.point_on_surface(to_wgs84(found).geometry.to_numpy()) if len(found) else []
    texts = found["message_zh" if language() == "zh" else "message"]
    rows = zip(found["camera"], found["what"], found["metres"], texts, places, strict=True)
    return [
        {"camera": camera, "what": what, "metres": round(float(metres), 1), "text": text, "at": [round(at.x, 6), round(at.y, 6)] if at else None}
        for camera, what, metres, text, at in rows
    ]


def shown_over_reach(now: Served) -> gpd.GeoDataFrame:
    """Return the over-reach of cameras that the visitor may see."""
    found = reached.cameras_of(now).over_reach
    return now.keep("over-reach", lambda: found[found["camera"].isin(set(shown_cameras(now)["id"]))])


def shown_cameras(now: Served) -> gpd.GeoDataFrame:
    """Return the cameras in units that the visitor may see, secret ones left out."""
    cameras = reached.cameras_of(now).cameras
    return now.keep("shown cameras", lambda: cameras[reached.shown(now, cameras)])


def plain(column: Any, digits: int) -> list[Any]:
    """Return numbers as Python's own, None for what is missing."""
    values = np.round(np.asarray(column, dtype=float), digits)
    return [None if np.isnan(value) else int(value) if value.is_integer() else value for value in values.tolist()]
