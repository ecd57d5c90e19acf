"""The layers of reach that interface promises, from what the pipeline computed: names, columns and order of the rows are those of every export.

stations   `entrances` (a row per home and kind), `station_units` (a row per unit, kind and minutes, no place), `unserved`
cameras    `regions` and `perhaps` (what is seen), `camera_units`, `blind_streets`, `blind_entrances`, `over_reach`
patrols    `patrol_units`, `unwalked`
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import geopandas as gpd
import pandas as pd

from geogrid.exchange.reach import laid_out


class Stations(Protocol):
    """The part of `geogrid.pipeline.reach_stations.StationReach` that is written."""

    @property
    def entrances(self) -> pd.DataFrame: ...  # noqa: D102
    def station_units(self, minutes: Sequence[float] | None = None) -> pd.DataFrame: ...  # noqa: D102
    def unserved(self, kind: str, minutes: float) -> gpd.GeoDataFrame: ...  # noqa: D102


class Cameras(Protocol):
    """The part of `geogrid.pipeline.reach_cameras.CameraReach` that is written."""

    regions: gpd.GeoDataFrame
    perhaps: gpd.GeoDataFrame
    camera_units: pd.DataFrame
    blind_streets: gpd.GeoDataFrame
    blind_entrances: gpd.GeoDataFrame
    over_reach: gpd.GeoDataFrame


class Patrols(Protocol):
    """The part of `geogrid.pipeline.reach_patrols.PatrolReach` that is written."""

    patrol_units: pd.DataFrame
    unwalked: gpd.GeoDataFrame


def station_layers(reach: Stations, kinds: Sequence[str], minutes: Sequence[float]) -> dict[str, pd.DataFrame]:
    """Return the layers of stations for some kinds and minutes."""
    entrances, units = reach.entrances, reach.station_units(minutes)
    unserved = [reach.unserved(kind, limit).assign(kind=kind, minutes=limit) for kind in kinds for limit in minutes]
    return {
        "entrances": laid_out(entrances[entrances["kind"].isin(kinds)]),
        "station_units": laid_out(units[units["kind"].isin(kinds)]),
        "unserved": laid_out(_joined(unserved)),
    }


def camera_layers(reach: Cameras) -> dict[str, pd.DataFrame]:
    """Return the layers of cameras. The reach is one that was made without the secret ones."""
    names = ("regions", "perhaps", "camera_units", "blind_streets", "blind_entrances", "over_reach")
    return {name: laid_out(getattr(reach, name)) for name in names}


def patrol_layers(reach: Patrols) -> dict[str, pd.DataFrame]:
    """Return the layers of patrols; no officer and no track is in them."""
    return {name: laid_out(getattr(reach, name)) for name in ("patrol_units", "unwalked")}


def _joined(parts: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return parts that are alike as one; those without a row keep the columns."""
    filled = [part for part in parts if len(part)] or list(parts[:1])
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), geometry="geometry", crs=parts[0].crs)
