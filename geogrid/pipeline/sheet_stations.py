"""The stations that serve a unit: those in it, then the nearest of each other kind in the unit that such a station is for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.maps.data import all_sites, shown_sites
from geogrid.maps.kinds import kinds_of
from geogrid.sheets.ground import window
from geogrid.sheets.scene import Spot
from geogrid.sheets.values import Station

MOST = 8
"""So many stations are listed; of more the number is told."""
_WAYS = {"zh": ["东", "东北", "北", "西北", "西", "西南", "南", "东南"], "en": ["E", "NE", "N", "NW", "W", "SW", "S", "SE"]}


class StationGathering:
    """The stations of a project that may be shown."""

    def __init__(self, project: Any, lang: str) -> None:
        self._project, self._lang = project, lang

    def of(self, chain: Mapping[str, str], own: Any, ratio: float) -> tuple[tuple[Station, ...], list[Spot], str]:
        """Return the stations of a unit with their numbers, those of them that its map shows as spots, and how many more are in it in words."""
        columns, x, y = self._columns
        level, code = list(chain.items())[-1]
        if not len(x):
            return (), [], ""
        inside = np.flatnonzero(columns[level] == code)
        centre = shapely.get_coordinates(shapely.centroid(own))[0]
        away = np.hypot(x - centre[0], y - centre[1])
        rows = [*inside[np.argsort(away[inside], kind="stable")], *self._nearest(chain, set(columns["kind"][inside]), away)]
        kept, (west, south, east, north) = rows[:MOST], window(own, ratio)
        stations, spots = [], []
        for at, row in enumerate(kept, 1):
            station = self._station(row, str(at), row in set(inside), centre, away[row])
            stations.append(station)
            if west < x[row] < east and south < y[row] < north:
                spots.append(Spot(float(x[row]), float(y[row]), str(at), station.colour))
        left = max(len(inside) - MOST, 0)
        more = "" if not left else (f"and {left} more in it" if self._lang == "en" else f"范围内另有 {left} 处")
        return tuple(stations), spots, more

    def _nearest(self, chain: Mapping[str, str], known: set[str], away: np.ndarray) -> list[int]:
        """Return the nearest station of each kind that the unit has not, among those of the unit that the kind is for, the nearest first."""
        columns = self._columns[0]
        out: list[int] = []
        levels = list(chain)
        for kind, rows in self._rows_by_kind.items():
            if kind in known:
                continue
            rule = self._project.scheme.stations.get(kind)
            level = next((each for each in ((rule.one_per, rule.radiates) if rule else ()) if each in chain), levels[max(len(levels) - 2, 0)])
            mine = rows[columns[level][rows] == chain[level]]
            out += [int(mine[np.argmin(away[mine])])] if len(mine) else []
        return sorted(out, key=lambda row: (away[row], row))

    def _station(self, row: int, sign: str, is_inside: bool, centre: np.ndarray, away_m: float) -> Station:
        columns, x, y = self._columns
        given, zh = columns["kind"][row], self._lang != "en"
        look = self._looks.get(given)
        kind = look["zh" if zh else "en"] if look else given
        way = _WAYS["zh" if zh else "en"][round(math.atan2(y[row] - centre[1], x[row] - centre[0]) / (math.pi / 4)) % 8]
        metres = f"{max(10, round(away_m, -1)):,.0f}"
        how = ("在范围内" if zh else "inside") if is_inside else (f"{way}约 {metres} 米" if zh else f"about {metres} m {way}")
        return Station(sign, kind, columns["name"][row], columns["address"][row], how, look["colour"] if look else "#17324d")

    @cached_property
    def _columns(self) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
        """Texts by column (kind, name, address and the levels), x and y."""
        frame = shown_sites(self._project, "stations")
        texts = {
            name: frame[name].fillna("").astype(str) if name in frame else pd.Series("", index=frame.index) for name in ("kind", "name", "address")
        }
        frame = frame.assign(**texts)
        if "host" in frame and (addresses := self._addresses):
            found = frame["host"].map(addresses).fillna("").astype(str)
            frame = frame.assign(address=frame["address"].where(frame["address"] != "", found))
        for level in self._project.levels:
            frame = frame if level in frame else frame.assign(**{level: ""})
        at = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy())) if len(frame) else np.zeros((0, 2))
        named = ("kind", "name", "address", *self._project.levels)
        return {name: frame[name].to_numpy(dtype=object) for name in named}, at[:, 0], at[:, 1]

    @cached_property
    def _addresses(self) -> dict[str, str]:
        if "buildings" not in self._project.layers:
            return {}
        frame: gpd.GeoDataFrame = self._project.layer("buildings")
        if "address" not in frame or "id" not in frame:
            return {}
        return dict(zip(frame["id"].astype(str), frame["address"].fillna("").astype(str), strict=True))

    @cached_property
    def _rows_by_kind(self) -> dict[str, np.ndarray]:
        kinds = self._columns[0]["kind"]
        return {kind: np.flatnonzero(kinds == kind) for kind in sorted(set(kinds))}

    @cached_property
    def _looks(self) -> dict[str, dict[str, Any]]:
        return {kind["id"]: kind for kind in kinds_of(self._project.scheme, "stations", all_sites(self._project, "stations"))}
