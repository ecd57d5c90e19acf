"""Outlines of the seed districts and the names and codes of their streets and communities. See README.md for source and licence."""

from __future__ import annotations

import json
from importlib import resources

import pandas as pd
import shapely
from shapely import Polygon

from geogrid.errors import NotFoundError

__all__ = ["communities", "districts", "outline", "streets"]


def districts() -> pd.DataFrame:
    """Return code, name, city and province of the districts, by code."""
    return pd.DataFrame([feature["properties"] for feature in _features()])


def outline(code: str) -> Polygon:
    """Return the outline of district `code` in longitude and latitude (CGCS2000, within a metre of WGS 84); raises NotFoundError."""
    for feature in _features():
        if feature["properties"]["code"] == code:
            return shapely.from_geojson(json.dumps(feature["geometry"]))
    known = ", ".join(feature["properties"]["code"] for feature in _features())
    raise NotFoundError(f"no outline of district {code!r}; known: {known}", f"没有行政区 {code!r} 的边界；可用：{known}", value=code)


def streets(code: str) -> pd.DataFrame:
    """Return code and name of the streets and towns of district `code`, by code; empty where none are known."""
    return _table("streets.csv", code)[["code", "name"]]


def communities(code: str) -> pd.DataFrame:
    """Return code, name and streetCode of the residents' and villagers' committees of district `code`, by code."""
    return _table("communities.csv", code)[["code", "name", "streetCode"]]


def _features() -> list[dict]:
    return json.loads(resources.files(__name__).joinpath("districts.geojson").read_text("utf-8"))["features"]


def _table(name: str, code: str) -> pd.DataFrame:
    with resources.files(__name__).joinpath(name).open("rb") as file:
        table = pd.read_csv(file, dtype=str)
    return table[table.areaCode == code].sort_values("code").reset_index(drop=True)
