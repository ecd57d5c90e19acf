"""A recipe read as a build would read it, with nothing built: what comes in, what does not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.crs import parse_crs
from geogrid.findings import Finding, to_frame
from geogrid.reading.sources import read_sources
from geogrid.recipe import read_recipe


@dataclass(frozen=True, eq=False)
class Review:
    """What a build would read.

    `rows`: by role `file layer read usable rejected crs encoding columns` (ours → theirs); `rejected` has the columns of `REJECTED_COLUMNS`.
    `origins`: for each of `findings`, in their order, `role file layer` where it is about a layer, `datum` where that could be converted from one.
    """

    rows: Mapping[str, Mapping[str, Any]]
    rejected: pd.DataFrame
    findings: gpd.GeoDataFrame
    origins: tuple[Mapping[str, str], ...]


def review(recipe_path: str | Path) -> Review:
    """Read all inputs of a recipe as a build does. Raises what stops a build for sure: InputError for a file, column or CRS that can not be used."""
    recipe = read_recipe(recipe_path)
    sources = read_sources(recipe, accept_rejects=True)
    rejected = sources.rejected.groupby("role").size()
    rows = {}
    for role, read in sources.read.items():
        counts = {"read": read["rows"], "usable": len(sources.frames[role]), "rejected": int(rejected.get(role, 0))}
        rows[role] = {"file": read["file"], "layer": read["layer"], **counts, **{name: read[name] for name in ("crs", "encoding", "columns")}}
    return Review(rows, sources.rejected, to_frame(sources.findings, sources.crs), tuple(_origin(found, rows) for found in sources.findings))


def _origin(found: Finding, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    role, file, layer, datum, stated = (str(found.facts.get(name, "")) for name in ("role", "file", "layer", "datum", "stated"))
    crs = rows.get(role, {}).get("crs", "")
    suspected = "expected" in found.facts and not stated and not (crs and parse_crs(crs).is_projected)
    return {"role": role, "file": file, "layer": layer, "datum": datum if suspected else ""}
