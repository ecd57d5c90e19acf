"""What a report reads: a project, open or not yet written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import geopandas as gpd
import pandas as pd
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.plan import Plan
from geogrid.scheme import Scheme
from geogrid.store import Contents


class Subject(Protocol):
    """The part of `geogrid.store.Project` that a report reads; every frame is in the working CRS `crs`."""

    meta: Mapping[str, Any]
    crs: CRS
    scheme: Scheme
    district: BaseGeometry
    district_source: str
    levels: list[str]
    layers: list[str]
    site_roles: list[str]
    given_levels: list[str]
    tables: list[str]

    def units(self, level: str) -> gpd.GeoDataFrame: ...  # noqa: D102
    def layer(self, name: str) -> gpd.GeoDataFrame: ...  # noqa: D102
    def sites(self, role: str) -> gpd.GeoDataFrame: ...  # noqa: D102
    def given(self, level: str) -> gpd.GeoDataFrame: ...  # noqa: D102
    def table(self, role: str) -> pd.DataFrame: ...  # noqa: D102
    def rejected(self) -> pd.DataFrame: ...  # noqa: D102
    def count_people(self) -> tuple[int, int]: ...  # noqa: D102
    def plan(self) -> Plan: ...  # noqa: D102
    def successors(self, code: str) -> tuple[str, ...]: ...  # noqa: D102


class Unwritten:
    """Contents that are no file yet, as a `Subject`."""

    def __init__(self, contents: Contents) -> None:
        self._contents, plan = contents, contents.plan
        self.meta, self.crs, self.scheme = contents.meta, plan.base.crs, plan.scheme
        self.district, self.district_source = plan.base.district, plan.base.district_source
        self.levels = [level.id for level in plan.scheme.levels]
        self.layers, self.site_roles = list(contents.layers), list(contents.sites)
        self.given_levels, self.tables = list(contents.given), list(contents.tables)

    def units(self, level: str) -> gpd.GeoDataFrame:
        """Return a level's units, index `code`."""
        return self._contents.plan.frame(level)

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer of the base map or the sources."""
        return self._contents.layers[name]

    def sites(self, role: str) -> gpd.GeoDataFrame:
        """Return joined points."""
        return self._contents.sites[role]

    def given(self, level: str) -> gpd.GeoDataFrame:
        """Return polygons as they were given."""
        return self._contents.given[level]

    def table(self, role: str) -> pd.DataFrame:
        """Return a table of people or organisations."""
        return self._contents.tables[role]

    def rejected(self) -> pd.DataFrame:
        """Return the rows that were not used."""
        return self._contents.rejected

    def count_people(self) -> tuple[int, int]:
        """Count the households and persons of all atoms."""
        atoms = self._contents.plan.base.atoms
        return int(atoms["households"].sum()), int(atoms["persons"].sum())

    def plan(self) -> Plan:
        """Return the plan."""
        return self._contents.plan

    def successors(self, code: str) -> tuple[str, ...]:  # noqa: ARG002
        """Return nothing: in a plan that was just made no unit was retired."""
        return ()
