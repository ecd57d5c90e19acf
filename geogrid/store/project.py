"""A project file, opened: every page, command and script reads through here. Read-only, lazily cached, safe from several threads."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.barriers import BARRIERS, barrier_lines
from geogrid.errors import NotFoundError
from geogrid.findings import to_frame
from geogrid.plan import NO_UNIT, UNIT_DEFAULTS, Base, Plan
from geogrid.rules import find_plan
from geogrid.scheme import Scheme
from geogrid.store.connect import connect
from geogrid.store.frames import read_table
from geogrid.store.locate import Locator
from geogrid.store.schema import quoted
from geogrid.store.scheme_json import scheme_from_dict
from geogrid.store.summary import summarise

_PLAN = 1


def open_project(path: str | Path, *, is_whole: bool = False) -> Project:
    """Open a project file for reading, checked; raises StoreError that says what to do when it is missing, foreign, damaged or too new.

    `is_whole`: the caller has just written it, which checks every page, so that they need not be read again.
    """
    return Project(Path(path), is_whole=is_whole)


class Project:
    """One project file. Frames are in the working CRS `crs`; they are cached and shared: copy before you change one."""

    def __init__(self, path: Path, *, is_whole: bool = False) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._cache: dict[tuple[str, ...], Any] = {}
        self._con = connect(path, is_whole=is_whole)
        self._meta = {key: json.loads(value) for key, value in self._con.execute("SELECT key, value FROM meta ORDER BY key")}

    def __enter__(self) -> Project:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the project can not be read afterwards."""
        with self._lock, suppress(sqlite3.Error):
            self._con.close()

    @property
    def name(self) -> str:
        """The district's name, from the recipe."""
        return str(self._meta["name"])

    @property
    def meta(self) -> dict[str, Any]:
        """Facts of the build: name seed simulated source date seconds peak_rss_mb and what else the pipeline put there."""
        return {key: value for key, value in self._meta.items() if not key.startswith("store.")}

    @cached_property
    def crs(self) -> CRS:
        """The working CRS, metres."""
        return CRS.from_user_input(self._meta["store.crs"])

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme in force, with the recipe's overrides."""
        return scheme_from_dict(self._meta["store.scheme"])

    @cached_property
    def levels(self) -> list[str]:
        """Ids of the levels, from the top down."""
        return [level.id for level in self.scheme.levels]

    @property
    def district(self) -> BaseGeometry:
        """The noded parent of the plan."""
        return self._table("district").geometry.iloc[0]

    @property
    def district_source(self) -> str:
        """How the district came to be: "given" or "derived"."""
        return str(self._meta["store.district_source"])

    def units(self, level: str) -> gpd.GeoDataFrame:
        """Return a level's units, index `code`, columns as `Plan.frame` and `status`; raises NotFoundError for an unknown level."""
        self._check_known("level", "层级", level, self.levels)
        return self._once(("units", level), lambda: _complete(self._table(f"unit_{level}")).set_index("code"))

    def count_units(self, level: str) -> tuple[int, int, int, int]:
        """Count a level's units, their households, the units in bounds and those with a reason, without reading a polygon."""
        self._check_known("level", "层级", level, self.levels)
        figures = "count(*), coalesce(sum(households), 0), coalesce(sum(status = 'in'), 0), coalesce(sum(reason <> ''), 0)"
        with self._lock:
            return self._con.execute(f"SELECT {figures} FROM {quoted(f'unit_{level}')}").fetchone()

    def count_people(self) -> tuple[int, int]:
        """Count the households and persons of all atoms, in units or not, without reading an atom."""
        with self._lock:
            return self._con.execute("SELECT coalesce(sum(households), 0), coalesce(sum(persons), 0) FROM atom").fetchone()

    @cached_property
    def plan_name(self) -> tuple[str, int, str]:
        """Id, version and state of the plan `main`, without reading the plan."""
        with self._lock:
            return self._con.execute("SELECT id, version, state FROM plan WHERE fid = ?", (_PLAN,)).fetchone()

    def cells(self) -> gpd.GeoDataFrame:
        """Return the cells, index `cell`, columns of `Base.cells`."""
        return self._table("cell", "cell")

    def atoms(self) -> pd.DataFrame:
        """Return the atoms, index `atom`, columns of `Base.atoms`, and `leaf`, the id of their unit or NO_UNIT."""
        return self._once(("atoms",), lambda: self._table("atom", "atom").assign(leaf=self._leaf()))

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer of the base map or the sources, as `buildings` or `roads`; raises NotFoundError naming those there are."""
        self._check_known("layer", "图层", name, self.layers)
        return self._table(name)

    @property
    def layers(self) -> list[str]:
        """Names of the layers of base map and sources."""
        return self._meta["store.roles"]["layers"]

    def sites(self, role: str) -> gpd.GeoDataFrame:
        """Return points of a role with a column of unit codes per level and `outside_m`; raises NotFoundError."""
        self._check_known("site role", "点位", role, self.site_roles)
        return self._table(role)

    @property
    def site_roles(self) -> list[str]:
        """Roles of the sites that the project has, as `stations`."""
        return self._meta["store.roles"]["sites"]

    def given(self, level: str) -> gpd.GeoDataFrame:
        """Return the polygons of a level as they were given; raises NotFoundError where none were."""
        self._check_known("given level", "来源层级", level, self.given_levels)
        return self._table(f"given_{level}")

    @property
    def given_levels(self) -> list[str]:
        """Levels of which polygons were given."""
        return self._meta["store.roles"]["given"]

    def table(self, role: str) -> pd.DataFrame:
        """Return a table of people or organisations as it was given, as `memberships`; raises NotFoundError naming those there are."""
        self._check_known("table", "表", role, self.tables)
        return self._table(role)

    @property
    def tables(self) -> list[str]:
        """Roles of the tables of people and organisations that the project has."""
        return self._meta["store.roles"].get("tables", [])

    def findings(self) -> gpd.GeoDataFrame:
        """Return what was found when the project was built, columns of `geogrid.findings.COLUMNS`."""
        return self._once(("findings",), lambda: self._found().drop(columns="note"))

    def rejected(self) -> pd.DataFrame:
        """Return the rows of the input that were not used: role file layer row field value reason reason_zh."""
        return self._table("rejected")

    def plan(self) -> Plan:
        """Return the plan `main`, rebuilt of cells, atoms and assignment."""
        return self._once(("plan",), self._rebuilt)

    def validate(self) -> gpd.GeoDataFrame:
        """Check every rule again on the plan as stored; the notes of the input come first. Returns findings."""
        given = {level: self.given(level) for level in self.given_levels}
        barriers = barrier_lines({role: self.layer(role) for role in BARRIERS if role in self.layers}, self.scheme)
        buildings = self.layer("buildings") if "buildings" in self.layers else None
        found = to_frame(find_plan(self.plan(), given=given, barriers=barriers, buildings=buildings), self.crs, self.scheme.severity)
        notes = self._found()
        notes = notes[notes["note"]].drop(columns="note")
        parts = [part for part in (notes, found) if len(part)]
        return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=self.crs) if parts else found

    def summary(self) -> dict[str, Any]:
        """Return the JSON of `geogrid build`: units, sites, rejected rows, findings, time and memory."""
        return self._once(("summary",), lambda: summarise(self))

    def locate(self, lon: float, lat: float, floor: int | None = None) -> dict[str, Any]:
        """Return the unit of every level at a place (degrees, WGS 84) and floor; see `geogrid.store.locate`."""
        return self._once(("locator",), lambda: Locator(self.plan())).locate(lon, lat, floor)

    def _rebuilt(self) -> Plan:
        base = Base(self.cells(), self._table("atom", "atom"), self.district, self.district_source)
        rows = self._table("unit")
        rows = rows[rows["plan"] == _PLAN].sort_values("id").set_index("id").rename_axis("unit")
        units = _complete(rows.drop(columns="plan")).assign(parent=rows["parent"].fillna(NO_UNIT).astype("int64"))
        return Plan(base, self.scheme, units, self._leaf(), *self.plan_name)

    def _leaf(self) -> np.ndarray:
        """Return the unit id of each atom, in the order of the atoms."""
        with self._lock:
            rows = self._con.execute("SELECT coalesce(unit, ?) FROM assign WHERE plan = ? ORDER BY atom", (NO_UNIT, _PLAN)).fetchall()
        return np.array(rows, dtype="int64").reshape(-1)

    def _found(self) -> gpd.GeoDataFrame:
        found = self._table("finding")
        if "rows" not in found.columns:  # a project of an earlier version
            found = found.assign(width_m=np.nan, rows="[]")
        lists = {name: pd.Series([json.loads(text) for text in found[name]], index=found.index, dtype=object) for name in ("units", "rows")}
        return found.assign(**lists)

    def _table(self, table: str, index: str = "") -> Any:
        return self._once(("table", table), lambda: read_table(self._con, table, self.crs, index=index))

    def _once(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        with self._lock:
            if key not in self._cache:
                self._cache[key] = make()
            return self._cache[key]

    def _check_known(self, what: str, what_zh: str, name: str, known: list[str]) -> None:
        if name not in known:
            listed, listed_zh = ", ".join(known) or "none", "、".join(known) or "无"
            message = f"{self.path}: has no {what} {name!r}; it has: {listed}"
            raise NotFoundError(message, f"{self.path}：没有{what_zh} {name!r}；可用：{listed_zh}", value=name, known=known)


def _complete(units: pd.DataFrame) -> Any:
    """Return units with the columns that files of an earlier version lack."""
    return units.assign(**{name: value for name, value in UNIT_DEFAULTS.items() if name not in units})
