"""What a project holds before it is a file: the plan, what was given, the sites, the base map and what was found.

The pipeline makes `Contents`, `geogrid.store.write` writes them, `geogrid.store.project` reads them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.plan import Plan

SITE_ROLES = ("stations", "cameras", "events")
TABLE_ROLES = ("staff", "organisations", "memberships", "workplaces", "overlays")
META_DEFAULTS: dict[str, Any] = {"name": "", "seed": 0, "simulated": False, "source": "", "date": "", "seconds": {}, "peak_rss_mb": None}


@dataclass(frozen=True, eq=False)
class Contents:
    """All of one project, every frame in the working CRS of the plan.

    `given`: polygons as they came, by level id, with a column `code`. `sites`: joined points by role, with a column of unit codes per level id
    ("" for none) and `outside_m`. `layers`: base map and sources by role. `notes`: findings of the input; `findings`: those and the plan's, both
    as `geogrid.findings.to_frame` makes them. `rejected`: role file layer row field value reason reason_zh.
    `tables`: people and organisations by role (`TABLE_ROLES`), as they were given.
    `meta`: JSON-able facts; `META_DEFAULTS` lists those that pages ask for, others are kept as they are.
    """

    plan: Plan
    given: Mapping[str, gpd.GeoDataFrame]
    sites: Mapping[str, gpd.GeoDataFrame]
    layers: Mapping[str, gpd.GeoDataFrame]
    notes: gpd.GeoDataFrame
    findings: gpd.GeoDataFrame
    rejected: pd.DataFrame
    meta: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=lambda: MappingProxyType({}))
