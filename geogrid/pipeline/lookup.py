"""From a place or an address to its unit of every level and who is responsible there, at any moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from cachetools import LRUCache
from pyproj import CRS, Transformer

from geogrid.errors import InputError, NotFoundError
from geogrid.organisation.duties import Duties
from geogrid.organisation.moment import Moment
from geogrid.organisation.roster import Roster
from geogrid.organisation.times import ZONE, is_day, starts
from geogrid.pipeline.roster import roster_of
from geogrid.scheme import Scheme
from geogrid.sites import TOUCH_M
from geogrid.store import Project
from geogrid.store.addresses import AddressBook, Place
from geogrid.store.locate import Locator

NEAR_M = 50.0
"""So near a shop its officer is named too."""
MOST = 20
"""So many places that an address may mean are told."""


class Located(Protocol):
    """The part of `geogrid.store.Project` that a look-up reads; `web.visible.Visible` has it too."""

    crs: CRS
    scheme: Scheme
    levels: list[str]
    layers: list[str]
    site_roles: list[str]

    def units(self, level: str) -> gpd.GeoDataFrame: ...  # noqa: D102
    def layer(self, name: str) -> gpd.GeoDataFrame: ...  # noqa: D102
    def sites(self, role: str) -> gpd.GeoDataFrame: ...  # noqa: D102
    def locator(self) -> Locator: ...  # noqa: D102


class Lookup:
    """The indexes behind look-ups in one project: made when first asked for, then kept. Safe from several threads."""

    def __init__(self, project: Located, roster: Roster | None, *, has_staff: bool = False) -> None:
        """Make the look-up of a project, or of a part of one; `has_staff`: of one that has people, though none may be in this part."""
        self.roster, self._has_staff = roster, has_staff
        self._project, self._lock = project, threading.RLock()
        self._duties: LRUCache[Moment, Duties] = LRUCache(8)
        self._gaps: LRUCache[Moment, pd.DataFrame] = LRUCache(8)
        self._to_degrees = Transformer.from_crs(project.crs, "EPSG:4326", always_xy=True)
        self._to_working = Transformer.from_crs("EPSG:4326", project.crs, always_xy=True)

    def duties(self, when: datetime) -> Duties:
        """Return the posts of a moment, indexed; the project must have staff."""
        assert self.roster is not None, "nobody works here"
        moment = self.roster.at(when)
        with self._lock:
            if moment not in self._duties:
                self._duties[moment] = Duties(moment, self._project.scheme, has_staff=self._has_staff)
            return self._duties[moment]

    def gaps(self, when: datetime) -> pd.DataFrame:
        """Return what is missing at a moment (`Duties.gaps`) in the project's units."""
        duties, moment = self.duties(when), self.roster.at(when) if self.roster else None
        with self._lock:
            if moment not in self._gaps:
                self._gaps[moment] = duties.gaps({level: self._project.units(level) for level in self._project.levels})
            return self._gaps[moment]

    def at(self, lon: float, lat: float, *, floor: int | None = None, when: datetime, more: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the JSON of `geogrid locate`: the unit of every level at a place (degrees, WGS 84), and who is responsible there.

        `more`: other columns of `Duties.posts` that are told of them.
        """
        answer = self._project.locator().locate(lon, lat, floor)
        return answer | {"responsible": self._responsible(answer["units"], lambda: self.near(lon, lat), when, more)}

    def of_unit(self, level: str, code: str, *, when: datetime, more: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the units that a unit is part of, and itself (`units`, null below it), and who is responsible there (`responsible`)."""
        units = {each: code if each == level else None for each in self._project.levels}
        units |= self.roster.places.above(level, code) if self.roster else {}
        return {"units": units, "responsible": self._responsible(units, list, when, more)}

    def of_address(self, text: str, *, floor: int | None = None, when: datetime, more: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the same for an address, with `address` as it is written in the data and `candidates`.

        Where it may mean several places, `candidates` lists them (`kind id address lon lat`), and nothing else is told. A building with stairwells in
        several units belongs to those that all of it shares; `candidates` are then its entrances. Raises NotFoundError for an address of nothing.
        """
        with self._lock:
            found = self._book.find(text, MOST)
        if not found:
            message = f"no building, entrance or station here has the address {text[:100]!r}; give less of it, or lon and lat"
            raise NotFoundError(
                message, f"没有找到地址“{text[:100]}”对应的楼栋、单元门或站点；请写短一些，或给出经纬度", value=text[:100], field="address"
            )
        if len(found) > 1:
            return self.nowhere(text, floor) | {"candidates": [self._told(place) for place in found]}
        return self._of_place(found[0], floor, when, more)

    def nowhere(self, text: str, floor: int | None) -> dict[str, Any]:
        """Return what is told of an address that is no place, or may be several."""
        units = {level.id: None for level in self._project.scheme.levels}
        return {"address": text, "lon": None, "lat": None, "floor": floor, "units": units, "stack": [], "responsible": [], "candidates": []}

    def addresses(self, text: str, most: int = MOST) -> list[dict[str, Any]]:
        """Return the places that an address may mean, as `candidates` of `of_address`."""
        with self._lock:
            return [self._told(place) for place in self._book.find(text, most)]

    def name_of(self, kind: str, target: str) -> str:
        """Return what a target of a membership is called: its address or name, "" where it has none."""
        with self._lock:
            if kind in ("building", "entrance", "site"):
                return self._book.address_of(kind, target)
            return self._names.get((kind, target), "")

    def near(self, lon: float, lat: float) -> list[tuple[str, str]]:
        """Return what stands at a place, the smallest first: (kind of target, id) of entrances, stations, buildings and compounds."""
        cells = self._project.locator().cells_at(lon, lat)
        point = shapely.Point(self._to_working.transform(lon, lat))
        shapes, names = self._cells
        doors = [at for cell in cells for at in self._entrances[0].query(shapes[cell], predicate="dwithin", distance=TOUCH_M).tolist()]
        found = [("entrance", name, building) for name, building in (self._entrances[1][at] for at in doors)]
        buildings = {names[cell] for cell in cells if names[cell]}
        out = [("entrance", name) for _, name, building in found if not buildings or building in buildings]
        out += [("site", name) for name in self._named(self._sites, point, NEAR_M)]
        out += [("building", name) for name in sorted(buildings)]
        out += [("compound", name) for name in self._named(self._compounds, point, 0.0)]
        return list(dict.fromkeys(out))

    def _of_place(self, place: Place, floor: int | None, when: datetime, more: tuple[str, ...]) -> dict[str, Any]:
        told = self._told(place)
        answer = self._project.locator().locate(told["lon"], told["lat"], floor)
        own: list[tuple[str, str]] = [(place.kind, place.id)] if place.id else []
        candidates = []
        if place.kind == "building":
            answer, candidates = self._of_building(place, answer, floor)
        elif place.building:
            own.append(("building", place.building))

        def near() -> list[tuple[str, str]]:
            return [*own, *(each for each in self.near(told["lon"], told["lat"]) if each[0] in ("site", "compound") and each not in own)]

        return {"address": place.address, **answer, "responsible": self._responsible(answer["units"], near, when, more), "candidates": candidates}

    def _responsible(
        self, codes: Mapping[str, str | None], near: Callable[[], list[tuple[str, str]]], when: datetime, more: tuple[str, ...]
    ) -> list[dict[str, Any]]:
        """Return who is responsible in units and at places, and in the units above the part of the district that is seen."""
        if not self.roster:
            return []
        lowest = next(((level, code) for level, code in reversed(codes.items()) if code), None)
        above = self.roster.places.above(*lowest) if lowest else {}
        return self.duties(when).responsible({**above, **{level: code for level, code in codes.items() if code}}, near(), more)

    def _of_building(self, place: Place, answer: dict[str, Any], floor: int | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the answer for the whole of a building, and its entrances where they lie in different units."""
        cells = self._cells_of.get(place.id, [])
        if len(cells) < 2:
            return answer, []
        shared = self._project.locator().shared(cells, floor)
        if shared == answer["units"]:
            return answer, []
        with self._lock:
            doors = self._book.entrances_of(place.id)
        return {**answer, "units": shared, "stack": []}, [self._told(door) for door in doors]

    def _told(self, place: Place) -> dict[str, Any]:
        lon, lat = self._to_degrees.transform(place.x, place.y)
        return {"kind": place.kind, "id": place.id, "address": place.address, "lon": round(lon, 7), "lat": round(lat, 7)}

    @cached_property
    def _book(self) -> AddressBook:
        stations = self._project.sites("stations") if "stations" in self._project.site_roles else None
        return AddressBook(self._layer("buildings"), self._layer("entrances"), stations)

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        """Names of compounds, workplaces and organisations."""
        compounds = self._layer("compounds")
        frames = {"compound": (compounds, "code")} if compounds is not None and {"code", "name"} <= set(compounds) else {}
        if self.roster:
            frames |= {"workplace": (self.roster.workplaces, "id"), "organisation": (self.roster.organisations, "id")}
        named = ((kind, zip(frame[key].astype(str), frame["name"].fillna(""), strict=True)) for kind, (frame, key) in frames.items())
        return {(kind, name): str(called) for kind, pairs in named for name, called in pairs}

    @cached_property
    def _cells(self) -> tuple[np.ndarray, list[str]]:
        """The polygon and the building of each cell."""
        cells = self._project.locator().plan.base.cells
        return cells.geometry.to_numpy(), cells["building"].fillna("").astype(str).tolist()

    @cached_property
    def _cells_of(self) -> dict[str, list[int]]:
        out: dict[str, list[int]] = {}
        for row, name in enumerate(self._cells[1]):
            out.setdefault(name, []).append(row)
        return out

    @cached_property
    def _entrances(self) -> tuple[shapely.STRtree, list[tuple[str, str]]]:
        frame = self._layer("entrances")
        if frame is None or "id" not in frame:
            return shapely.STRtree([]), []
        buildings = frame["building"].fillna("").astype(str) if "building" in frame else [""] * len(frame)
        return shapely.STRtree(frame.geometry.to_numpy()), list(zip(frame["id"].astype(str), buildings, strict=True))

    @cached_property
    def _sites(self) -> tuple[shapely.STRtree, list[str]]:
        frames = [self._project.sites(role) for role in ("stations",) if role in self._project.site_roles]
        return _indexed(frames[0] if frames else None, "id")

    @cached_property
    def _compounds(self) -> tuple[shapely.STRtree, list[str]]:
        return _indexed(self._layer("compounds"), "code")

    def _layer(self, name: str) -> gpd.GeoDataFrame | None:
        return self._project.layer(name) if name in self._project.layers else None

    def _named(self, index: tuple[shapely.STRtree, list[str]], point: shapely.Point, within_m: float) -> list[str]:
        tree, names = index
        return sorted({names[at] for at in tree.query(point, predicate="dwithin", distance=within_m).tolist()} - {""})


def lookup_of(project: Project) -> Lookup:
    """Return the look-up of a project; of one without staff nothing of people is read."""
    return Lookup(project, roster_of(project) if "staff" in project.tables else None)


def _indexed(frame: gpd.GeoDataFrame | None, column: str) -> tuple[shapely.STRtree, list[str]]:
    if frame is None or column not in frame:
        return shapely.STRtree([]), []
    return shapely.STRtree(frame.geometry.to_numpy()), frame[column].fillna("").astype(str).tolist()


def parse_when(text: str, clock: Callable[[], datetime]) -> datetime:
    """Return the moment that a text names, now for none; a day means its noon. Raises InputError.

    >>> parse_when("2026-03-01", datetime.now).isoformat(), parse_when("2026-03-01 08:30", datetime.now).isoformat()
    ('2026-03-01T12:00:00+08:00', '2026-03-01T08:30:00+08:00')
    """
    if not text.strip():
        return clock().astimezone(ZONE)
    try:  # no number, or a moment that in universal time lies before the year 1
        return datetime.fromtimestamp(float(starts([text])[0]), ZONE) + (timedelta(hours=12) if is_day(text) else timedelta())
    except (ValueError, OverflowError):
        message = f"{text[:60]!r} is no moment; write 2026-03-01 or 2026-03-01T08:30"
        raise InputError(message, f"“{text[:60]}”不是日期或时刻，请写 2026-03-01 或 2026-03-01T08:30", value=text[:60]) from None
