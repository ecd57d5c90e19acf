"""Files of the stations page: `station_units`, its table with the shapes of the units, and `unserved`, the homes without a station."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
from flask import request

from geogrid.exchange.reach import laid_out
from web import reached, stationpage, tables
from web.served import Served

NAMES = ("station_units", "unserved")


def frame(now: Served, name: str) -> gpd.GeoDataFrame:
    """Return what a file holds, of what the visitor sees; `?kind=`, `?minutes=` and the filters of the table are in the address."""
    _now, kind, limit = stationpage.asked()
    return _unserved(now, kind, limit) if name == "unserved" else _units(now, kind, limit)


def _unserved(now: Served, kind: str, limit: float) -> gpd.GeoDataFrame:
    found = reached.stations_of(now).unserved(kind, limit)
    found = found[reached.shown(now, found)]
    hidden = set(reached.kept(now, "stations", "secret", lambda: _secret(reached.stations_of(now))))
    return _laid(found.assign(kind=kind, minutes=limit, station=found["station"].where(~found["station"].isin(hidden), "")))


def _units(now: Served, kind: str, limit: float) -> gpd.GeoDataFrame:
    level = request.args.get("level") or stationpage.first_level(now)
    rows = tables.select(tables.unit_rows(now, level), now, level, request.args)
    reach = reached.stations_of(now)
    told = reach.station_units((limit,))
    told = told[(told["level"] == level) & (told["kind"] == kind) & told["code"].isin(rows.index)]
    hidden = set(reached.kept(now, "stations", "secret", lambda: _secret(reach)))
    told = told.assign(nearest=told["nearest"].where(~told["nearest"].isin(hidden), ""))
    told.insert(2, "name", told["code"].map(rows["name"]).fillna(""))
    shapes = now.project.units(level).geometry
    return _laid(gpd.GeoDataFrame(told, geometry=told["code"].map(shapes).to_numpy(), crs=shapes.crs))


def _secret(reach: Any) -> list[str]:
    """Return the ids of stations whose place may not be told."""
    stations = reach.stations
    return [] if "secret" not in stations.frame else stations.id[stations.frame["secret"].fillna(False).astype(bool).to_numpy()].tolist()


def _laid(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    out = laid_out(found)
    assert isinstance(out, gpd.GeoDataFrame)
    return out
