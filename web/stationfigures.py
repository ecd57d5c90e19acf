"""What the stations page answers, as plain data: the kinds, who is not served within so many minutes, unit by unit and home by home.

Homes are counted by households, land without homes by its hectares. A visitor who sees a part of the district is told of that part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from flask_babel import gettext as _
from pyproj import CRS

from geogrid.errors import InputError, NotFoundError
from geogrid.maps.data import WGS84, geojson
from geogrid.maps.kinds import kinds_of
from geogrid.maps.project import to_crs
from web import data, reached, tables, words
from web.language import language
from web.served import Served

if TYPE_CHECKING:
    from geogrid.reach.station_reach import StationReach

HECTARE_M2 = 10_000


def kinds(now: Served) -> list[dict[str, Any]]:
    """Return the kinds of stations that the project has or its scheme wants: `key name n`, the map's sign, and `layers`: what the map calls them."""
    return now.whole.keep(("station kinds", language()), lambda: _kinds(now.whole))


def _kinds(now: Served) -> list[dict[str, Any]]:
    from geogrid.reach.station_kinds import kinds_in, stations_of

    frame, scheme = tables.sites(now, "stations"), now.project.scheme
    if frame is None or not len(frame):
        return []
    stations = stations_of(frame, scheme)
    found = kinds_in(stations, scheme)
    signs = {kind["id"]: kind for kind in kinds_of(scheme, "stations", pd.DataFrame({"kind": [kind.key for kind in found]}))}
    signs |= {kind["id"]: kind for kind in kinds_of(scheme, "stations", frame)}
    out = []
    for kind in found:
        layers = sorted(set(stations.frame["kind"][stations.kind == kind.key]))
        look = {name: signs[(layers or [kind.key])[0]][name] for name in ("shape", "colour", "sign")}
        out.append({"key": kind.key, "name": kind.name.say(language()), "n": kind.n, "layers": layers, **look})
    return out


def minutes(now: Served) -> list[float]:
    """Return the times that the scheme asks about, the shortest first."""
    return sorted(now.project.scheme.defaults["minutes"])


def check_asked(now: Served, kind: str, limit: float) -> None:
    """Raise NotFoundError for a kind that is not there, InputError for a time that is none."""
    known = [each["key"] for each in kinds(now)]
    if kind not in known:
        message = f"no kind of station {kind!r}; there are: {', '.join(known)}"
        raise NotFoundError(message, f"没有站点种类“{kind}”；可用：{'、'.join(known)}", value=kind, known=known)
    if not 0 < limit <= 600:
        message = f"minutes={limit:g}: write more than 0, at most 600"
        raise InputError(message, f"minutes={limit:g}：应大于 0，不超过 600", field="minutes", value=limit)


def summary(now: Served) -> dict[str, Any]:
    """Return who is served: `what`, `method`, `notes`, `whole`, and `figures` by kind and minutes: `served unserved places unreached`."""
    reach = reached.stations_of(now)
    mine = reached.shown(now, reach.demand.codes)
    weight = amount(reach, reach.demand.weight)
    figures = {kind.key: {f"{limit:g}": _figures(reach, kind.key, limit, weight, mine) for limit in minutes(now)} for kind in reach.kinds}
    return {
        "what": reach.demand.what,
        "method": reach.method,
        "notes": [{"key": note["key"], "text": note[language()]} for note in reach.notes],
        "whole": whole_number(weight[mine].sum()),
        "figures": figures,
    }


def _figures(reach: StationReach, kind: str, limit: float, weight: np.ndarray, mine: np.ndarray) -> dict[str, Any]:
    has = reach.serves(kind, limit)
    lost = mine & ~np.isfinite(reach.walks(kind).walk_m)
    return {
        "served": whole_number(weight[mine & has].sum()),
        "unserved": whole_number(weight[mine & ~has].sum()),
        "places": int((mine & ~has).sum()),
        "unreached": whole_number(weight[lost].sum()),
    }


def amount(reach: StationReach, weight: Any) -> np.ndarray:
    """Return households as they are, square metres as hectares."""
    return np.asarray(weight, dtype=float) / (HECTARE_M2 if reach.demand.what == "land" else 1)


def whole_number(value: Any) -> float | int:
    """Return a whole number as such, another with one digit."""
    return int(value) if value == int(value) else round(float(value), 1)


def table(now: Served, level: str, kind: str) -> dict[str, Any]:
    """Return the table of a level for a kind, as `web.data.table` has it: values `all`, `median`, and for each time `unserved:10` and `share:10`."""
    reach, rows = reached.stations_of(now), tables.unit_rows(now, level)
    told = reach.station_units()
    told = told[(told["level"] == level) & (told["kind"] == kind)]
    values: dict[str, Any] = {}
    for limit in minutes(now):
        one = told[told["minutes"] == limit].set_index("code").reindex(rows.index)
        whole, served = amount(reach, one["total"].fillna(0)), amount(reach, one["served"].fillna(0))
        values[f"unserved:{limit:g}"] = _rounded(whole - served)
        values[f"share:{limit:g}"] = _numbers(1 - one["served_share"].astype(float), 4)
        values |= {"all": _rounded(whole), "median": _numbers(one["median_walk_min"], 1), "nearest": _names(reach, one["nearest"])}
    columns = [
        data.name_column(now, level),
        {"key": "unserved", "title": _("unserved ha") if reach.demand.what == "land" else _("unserved"), "kind": "number"},
        {"key": "share", "title": _("share"), "kind": "number"},
        {"key": "median", "title": _("median min"), "kind": "number"},
    ]
    return {"columns": columns, **data.unit_columns(now, level), "values": values}


def _rounded(values: np.ndarray) -> list[float | int]:
    return [whole_number(value) for value in np.round(values, 1).tolist()]


def _numbers(values: Any, digits: int) -> list[float | None]:
    return [round(value, digits) if np.isfinite(value) else None for value in np.asarray(values, dtype=float).tolist()]


def _names(reach: StationReach, ids: Any) -> list[str]:
    """Return the names of stations; of a secret one none."""
    names = dict(zip(reach.stations.id, station_names(reach), strict=True))
    return [names.get(each, "") for each in ids]


def station_names(reach: StationReach) -> list[str]:
    """Return what each station is called, "" for a secret one."""
    frame = reach.stations.frame
    named = frame["name"].fillna("").astype(str) if "name" in frame else pd.Series("", index=frame.index)
    secret = frame["secret"].fillna(False).astype(bool) if "secret" in frame else pd.Series(False, index=frame.index)
    return ["" if hidden else name or each for name, each, hidden in zip(named, reach.stations.id, secret, strict=True)]


def homes(now: Served) -> dict[str, Any]:
    """Return the places that are served or not, in degrees, with what is counted there: `x y n`."""
    reach = reached.stations_of(now)
    mine = reached.shown(now, reach.demand.codes)
    at = shapely.get_coordinates(to_crs(shapely.points(reach.demand.xy[mine]), reach.crs, WGS84)).round(6)
    return {"what": reach.demand.what, "x": at[:, 0].tolist(), "y": at[:, 1].tolist(), "n": _rounded(amount(reach, reach.demand.weight[mine]))}


def walks(now: Served, kind: str) -> dict[str, Any]:
    """Return the walk of each of `homes` in minutes (None for no path) and its nearest station, a row of `names`, -1 for none."""
    reach = reached.stations_of(now)
    mine = reached.shown(now, reach.demand.codes)
    found = reach.walks(kind)
    used, row = np.unique(found.station[mine], return_inverse=True)
    names = station_names(reach)
    called = [names[each] if each >= 0 else "" for each in used.tolist()]
    return {"minutes": _numbers(found.walk_min[mine], 2), "station": row.tolist(), "names": called}


def tried(now: Served, kind: str, limit: float, lon: float, lat: float) -> dict[str, Any]:
    """Tell what one more station of a kind at a place (degrees) would change: `gained whole before after`, `units` that gain, `area` in degrees."""
    reach = reached.stations_of(now)
    x, y = shapely.get_coordinates(to_crs(shapely.points([[lon, lat]]), CRS.from_epsg(4326), reach.crs.to_wkt()))[0]
    found = reach.tried(kind, float(x), float(y), limit)
    return {
        **change(now, kind, limit, found["units"], found["gained"]),
        "lon": lon,
        "lat": lat,
        "away_m": found["away_m"],
        "area": None if found["area"] is None else shape_in_degrees(reach, found["area"]),
    }


def change(now: Served, kind: str, limit: float, units: Any, gained: float) -> dict[str, Any]:
    """Word what a change gains for what the visitor sees; `units`: level code gained of each unit that gains, as the reach tells them."""
    reach = reached.stations_of(now)
    mine = reached.shown(now, reach.demand.codes)
    weight = amount(reach, reach.demand.weight)
    frame = pd.DataFrame(units, columns=["level", "code", "gained"])
    frame = frame[reached.shown(now, frame)]
    if reached.is_cut(now):
        gained = frame.loc[frame["level"] == tables.levels(now)[0], "gained"].sum()
    before, gained = whole_number(weight[mine & reach.serves(kind, limit)].sum()), whole_number(amount(reach, gained))
    listed: dict[str, list[dict[str, Any]]] = {level: [] for level in tables.levels(now)}
    for level, code, n in frame.itertuples(index=False):
        row = tables.unit_rows(now, level).loc[code]
        name = words.unit_label(code, row["name"] or "", row["parent"], now.project.scheme.level(level))
        listed[level].append({"code": code, "name": name, "gained": whole_number(amount(reach, n))})
    return {"gained": gained, "whole": whole_number(weight[mine].sum()), "before": before, "after": before + gained, "units": listed}


def area(now: Served, kind: str, limit: float) -> dict[str, Any]:
    """Return the area that stations of a kind serve, of the land that the visitor sees."""
    reach = reached.stations_of(now)
    shape = reach.area(kind, limit)
    return shape_in_degrees(reach, shape if now.whole is now else shapely.intersection(shape, now.project.district))


def shape_in_degrees(reach: StationReach, shape: Any) -> dict[str, Any]:
    """Return a shape of a reach as GeoJSON."""
    return geojson(to_crs(np.array([shape], dtype=object), reach.crs, WGS84)[0])
