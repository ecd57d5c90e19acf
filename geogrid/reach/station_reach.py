"""Who is served by stations of each kind, and what one more would change: every part computed once, when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.findings import Finding
from geogrid.plan import Plan
from geogrid.reach.demand import HOUSEHOLDS, Demand, demand_of
from geogrid.reach.network import Network
from geogrid.reach.next_sites import NextSites
from geogrid.reach.served import COLUMNS, Units, served_in, unit_columns, walking_m
from geogrid.reach.snapping import Blocks, Snapped, snap
from geogrid.reach.station_area import served_area
from geogrid.reach.station_kinds import Kind, Stations, kinds_in, stations_of
from geogrid.reach.station_notes import station_notes
from geogrid.reach.station_room import StationRoom
from geogrid.reach.station_sites import best, capacity, checks
from geogrid.reach.station_tried import tried
from geogrid.reach.walking import Ground, Pairs, nearest
from geogrid.sites import find_missing


@dataclass(frozen=True, eq=False)
class Walks:
    """The way from each row of the demand to the nearest station of a kind: `station` its row or -1; `walk_m` and `walk_min`, inf for none."""

    station: np.ndarray
    walk_m: np.ndarray
    walk_min: np.ndarray


@dataclass(frozen=True, eq=False)
class StationReach:
    """Who is served; frames are in the working CRS, in order, and shared: copy one to change it.

    It rests on the `demand`, the `stations`, the `ground` that is walked on, and `doors`: the distinct places of the demand, set on it.
    """

    plan: Plan
    demand: Demand
    stations: Stations
    ground: Ground
    doors: Snapped
    addresses: Callable[[], Mapping[str, str]] = dict
    _made: dict[tuple[Any, ...], Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, plan: Plan, stations: gpd.GeoDataFrame, roads: gpd.GeoDataFrame | None, addresses: Callable[[], Mapping[str, str]] = dict
    ) -> StationReach:
        """Return the reach of stations (joined to the plan, its CRS) along roads; `addresses` gives the address of buildings, by id."""
        demand = demand_of(plan)
        network, blocks = Network.of(roads), Blocks.of(plan.base.cells)
        doors = snap(network, demand.places[0], blocks)
        ground = Ground.under(network, float(plan.scheme.defaults["detour"]), doors, blocks)
        return cls(plan, demand, stations_of(stations, plan.scheme), ground, doors, addresses)

    @property
    def crs(self) -> CRS:
        """The working CRS, metres."""
        return self.plan.base.crs

    @property
    def method(self) -> str:
        """How walks are measured: "network", or "straight" (times the scheme's detour)."""
        return self.ground.method

    @property
    def walking_km_h(self) -> float:
        """The scheme's walking speed."""
        return float(self.plan.scheme.defaults["walking_km_h"])

    @property
    def minutes(self) -> list[float]:
        """The scheme's times that are asked about, the shortest first."""
        return sorted(self.plan.scheme.defaults["minutes"])

    @cached_property
    def kinds(self) -> list[Kind]:
        """The kinds of stations: key, name (zh, en), number."""
        return kinds_in(self.stations, self.plan.scheme)

    @cached_property
    def notes(self) -> list[dict[str, Any]]:
        """What the figures rest on: key, n, en, zh."""
        rooms = [(kind.name, room.note) for kind in self.kinds if (room := self.capacity(kind.key)) is not None]
        full = [{**note, "en": f"{name.en}: {note['en'][:1].lower()}{note['en'][1:]}", "zh": f"{name.zh}：{note['zh']}"} for name, note in rooms]
        return station_notes(self.ground, self.demand, self.stations, self.doors) + full

    def limit_m(self, minutes: float) -> float:
        """Metres that are walked in so many minutes."""
        return walking_m(minutes, self.walking_km_h)

    def walks(self, kind: str) -> Walks:
        """Return the way to the nearest station of a kind for each row of the demand."""
        return self._once(("walks", kind), lambda: self._walks(kind))

    def _walks(self, kind: str) -> Walks:
        places, place = self.demand.places
        rows = self.stations.rows_of(kind)
        pairs = nearest(self.ground, places, self.stations.xy[rows], snapped=self.doors)
        station, walk = np.full(len(places), -1, dtype="int64"), np.full(len(places), np.inf)
        station[pairs.demand], walk[pairs.demand] = rows[pairs.station], pairs.walk_m
        return Walks(station[place], walk[place], walk[place] / walking_m(1, self.walking_km_h))

    def pairs(self, kind: str, k: int = 10, limit_m: float = np.inf) -> Pairs:
        """Return the `k` nearest stations of a kind, within `limit_m`, of each row of the demand: rows of `demand` and of `stations`, metres."""
        places, place = self.demand.places
        rows = self.stations.rows_of(kind)
        found = nearest(self.ground, places, self.stations.xy[rows], k=k, limit_m=limit_m, snapped=self.doors)
        start, end = (np.searchsorted(found.demand, place, side=side) for side in ("left", "right"))
        pair = np.repeat(start - np.concatenate([[0], np.cumsum(end - start)[:-1]]), end - start) + np.arange((end - start).sum())
        return Pairs(np.repeat(np.arange(len(place)), end - start), rows[found.station[pair]], found.walk_m[pair])

    def serves(self, kind: str, minutes: float) -> np.ndarray:
        """Tell which rows of the demand have a station of a kind within so many minutes, bool (n,)."""
        return self.walks(kind).walk_m <= self.limit_m(minutes)

    @cached_property
    def entrances(self) -> gpd.GeoDataFrame:
        """Each row of the demand and kind: unit codes, cell households kind station walk_m walk_min, Point geometry; no station: "" and NaN."""
        parts = [self._entrances_of(kind.key) for kind in self.kinds]
        frame = pd.concat(parts, ignore_index=True) if parts else self._entrances_of("").iloc[:0]
        return gpd.GeoDataFrame(frame, geometry="geometry", crs=self.crs)

    def _entrances_of(self, kind: str) -> gpd.GeoDataFrame:
        demand, walks = self.demand, self.walks(kind)
        known = np.isfinite(walks.walk_m)
        names = np.concatenate([self.stations.id, [""]]).astype(object)
        columns = {
            "cell": demand.cell,
            demand.what if demand.what == HOUSEHOLDS else "area_m2": demand.weight,
            "kind": kind,
            "station": names[walks.station],
            "walk_m": np.where(known, walks.walk_m, np.nan).round(1),
            "walk_min": np.where(known, walks.walk_min, np.nan).round(2),
        }
        frame = pd.concat([demand.codes, pd.DataFrame(columns, index=demand.codes.index)], axis=1)
        return gpd.GeoDataFrame(frame, geometry=shapely.points(demand.xy), crs=self.crs)

    def station_units(self, minutes: Sequence[float] | None = None) -> pd.DataFrame:
        """Return rows of `COLUMNS` for every level, kind and time; units without demand have none. `minutes`: others than the scheme's."""
        times = tuple(self.minutes if minutes is None else minutes)
        return self._once(("units", times), lambda: self._tables(times, self._units))

    def totals(self, minutes: Sequence[float] | None = None) -> pd.DataFrame:
        """Return the same for the district: level "district", code "district", one row per kind and time; who lives in no unit counts too."""
        times = tuple(self.minutes if minutes is None else minutes)
        everyone = Units.of(np.full(len(self.demand), "district", dtype=object))
        return self._once(("totals", times), lambda: self._tables(times, {"district": everyone}))

    def _tables(self, times: tuple[float, ...], levels: Mapping[str, Units]) -> pd.DataFrame:
        kinds, limits = [kind.key for kind in self.kinds], [self.limit_m(minute) for minute in times]
        names = np.concatenate([units.code for units in levels.values()])
        parts, first = [], 0
        for level, units in enumerate(levels.values()):
            for kind, word in enumerate(kinds):
                walks = self.walks(word)
                sums = served_in(self.demand.weight, units, walks.walk_m, walks.station, limits)
                columns = unit_columns(self.demand.what, sums, times, self.walking_km_h)
                rows = len(columns["code"])
                columns["left_over"] = np.concatenate([self._left_over(word, minute, units) for minute in times])
                parts.append({**columns, "code": columns["code"] + first, "level": np.full(rows, level), "kind": np.full(rows, kind)})
            first += len(units.code)
        if not parts:
            return pd.DataFrame(columns=list(COLUMNS))
        frame = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
        words = {"level": list(levels), "kind": kinds, "code": names, "nearest": [*self.stations.id, ""]}
        named = {column: pd.Series(known, dtype="str").array.take(frame[column] % len(known)) for column, known in words.items()}
        return frame.assign(**named, what=self.demand.what, left_over=frame["left_over"].round().astype("Int64"))[list(COLUMNS)]

    def _left_over(self, kind: str, minutes: float, units: Units) -> np.ndarray:
        """Households of each unit that find no place within so many minutes; NaN where no capacity is known."""
        room = self.capacity(kind, minutes)
        if room is None:
            return np.full(len(units.code), np.nan)
        return np.bincount(units.row, room.left_over[units.kept], minlength=len(units.code)).astype(float)

    @cached_property
    def _units(self) -> dict[str, Units]:
        return {level: Units.of(codes.to_numpy(dtype=object)) for level, codes in self.demand.codes.items()}

    def unserved(self, kind: str, minutes: float) -> gpd.GeoDataFrame:
        """Return the rows of the demand without a station of a kind within so many minutes, the most households first.

        Unit codes, `cell address households walk_m walk_min station` (the nearest one; NaN and "" where no path leads to one), Point geometry.
        """
        frame = self._entrances_of(kind)[~self.serves(kind, minutes)]
        if self.demand.what == HOUSEHOLDS:
            known, building = self.addresses(), self.plan.base.cells["building"].loc[frame["cell"]]
            frame.insert(frame.columns.get_loc("cell") + 1, "address", [known.get(one, "") for one in building])
            frame = frame.sort_values(["households", "walk_m", "cell"], ascending=[False, False, True], kind="stable", na_position="first")
        return frame.reset_index(drop=True)

    def tried(self, kind: str, x: float, y: float, minutes: float) -> dict[str, Any]:
        """Tell what one more station of a kind at a place (metres) would change; see `geogrid.reach.station_tried`."""
        return tried(self, kind, x, y, minutes)

    def area(self, kind: str, minutes: float) -> BaseGeometry:
        """Return the area within so many minutes of a station of a kind: a decoration, see `geogrid.reach.station_area`."""
        stations = self.stations.xy[self.stations.rows_of(kind)]
        return self._once(("area", kind, minutes), lambda: served_area(self.ground, self.doors, stations, self.limit_m(minutes)))

    def capacity(self, kind: str, minutes: float | None = None) -> StationRoom | None:
        """Tell who finds a place at a kind within so many minutes (the longest) when stations fill up; None where no capacity is known."""
        minutes = self.minutes[-1] if minutes is None else minutes
        return self._once(("capacity", kind, minutes), lambda: capacity(self, kind, minutes))

    def best(self, kind: str, minutes: float, k: int, candidates: np.ndarray | None = None) -> NextSites:
        """Choose the k places, of candidates (c, 2) or of its own, where more stations of a kind would serve most within so many minutes."""
        return best(self, kind, minutes, k, candidates)

    def checked(self, kind: str | None = None, minutes: float | None = None) -> list[dict[str, Any]]:
        """Check a kind, or all, at a time, the middle one if none is said; see `geogrid.reach.station_checks`."""
        return checks(self, kind, minutes)

    @cached_property
    def checks(self) -> list[dict[str, Any]]:
        """All kinds checked at the middle time: one per unit, all communities reached, all five directions, hub and spokes."""
        return self.checked()

    @cached_property
    def findings(self) -> list[Finding]:
        """The units without the station that the scheme wants in each."""
        return find_missing(self.stations.frame, self.plan)

    def _once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]
