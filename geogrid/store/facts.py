"""What a project holds that no edit changes: its name, scheme, base map, sources, people and the rows that were not used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from geogrid.errors import NotFoundError
from geogrid.scheme import Scheme
from geogrid.store import overlays
from geogrid.store.reader import Reader
from geogrid.store.scheme_json import scheme_from_dict


class Facts:
    """The part of `geogrid.store.project.Project` that is the same in every plan and version."""

    def __init__(self, reader: Reader) -> None:
        self.path = reader.path
        self._reader = reader
        self._lock = reader.lock
        self._cache: dict[tuple[str, ...], Any] = {}
        self._meta = reader.meta

    @property
    def name(self) -> str:
        """The district's name, from the recipe."""
        return str(self._meta["name"])

    @property
    def meta(self) -> dict[str, Any]:
        """Facts of the build: name seed simulated source date seconds peak_rss_mb and what else the pipeline put there."""
        return {key: value for key, value in self._meta.items() if not key.startswith("store.")}

    @property
    def crs(self) -> CRS:
        """The working CRS, metres."""
        return self._reader.crs

    @property
    def scheme(self) -> Scheme:
        """The scheme in force, with the recipe's overrides."""
        return self._once(("table", "scheme"), lambda: scheme_from_dict(self._meta["store.scheme"]))

    @property
    def levels(self) -> list[str]:
        """Ids of the levels, from the top down."""
        return [level.id for level in self.scheme.levels]

    @property
    def district_source(self) -> str:
        """How the district came to be: "given" or "derived"."""
        return str(self._meta["store.district_source"])

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer of the base map or the sources, as `buildings` or `roads`; raises NotFoundError naming those there are."""
        self._check_known("layer", "图层", name, self.layers)
        return self._table(name)

    @property
    def layers(self) -> list[str]:
        """Names of the layers of base map and sources."""
        return self._meta["store.roles"]["layers"]

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
        """Return a table of people or organisations as it was given, as `memberships`; raises NotFoundError naming those there are.

        With the overlays that were given stand those that were made since; they are as of now, whatever version of the plan is shown.
        """
        self._check_known("table", "表", role, self.tables)
        return self._overlays() if role == "overlays" else self._table(role)

    def given_table(self, role: str) -> pd.DataFrame:
        """Return a table as the last delivery gave it: of overlays none that were made since."""
        return self._table(role)

    @property
    def tables(self) -> list[str]:
        """Roles of the tables of people and organisations that the project has."""
        given = self._meta["store.roles"].get("tables", [])
        return given if "overlays" in given or not self.overlays_stamp else [*given, "overlays"]

    @property
    def overlays_stamp(self) -> int:
        """What tells whether overlays were made or ended since it was asked for last: 0 where none ever were."""
        with self._lock:
            return overlays.last_line(self._reader.con)

    def _overlays(self) -> pd.DataFrame:
        given = self._table("overlays") if "overlays" in self._meta["store.roles"].get("tables", []) else pd.DataFrame()
        with self._lock:
            return self._once(("overlays", str(self.overlays_stamp)), lambda: overlays.merged(self._reader.con, given))

    def rejected(self) -> pd.DataFrame:
        """Return the rows of the input that were not used: role file layer row field value reason reason_zh."""
        return self._table("rejected")

    def _table(self, table: str, index: str = "") -> Any:
        return self._once(("table", table), lambda: self._reader.table(table, index))

    def _once(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        found = self._cache.get(key, self)
        if found is not self:  # nobody need wait for what others read
            return found
        with self._lock:
            if key not in self._cache:
                self._cache[key] = make()
            return self._cache[key]

    def _check_known(self, what: str, what_zh: str, name: str, known: list[str]) -> None:
        if name not in known:
            listed, listed_zh = ", ".join(known) or "none", "、".join(known) or "无"
            message = f"{self.path}: has no {what} {name!r}; it has: {listed}"
            raise NotFoundError(message, f"{self.path}：没有{what_zh} {name!r}；可用：{listed_zh}", value=name, known=known)
