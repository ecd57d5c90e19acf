"""A recipe read as a build would read it, with nothing built: what comes in, what does not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.findings import to_frame
from geogrid.reading.sources import read_sources
from geogrid.recipe import read_recipe


@dataclass(frozen=True, eq=False)
class Review:
    """`rows`: by role `file layer read usable rejected crs encoding columns` (ours → theirs); `rejected` has the columns of `REJECTED_COLUMNS`."""

    rows: Mapping[str, Mapping[str, Any]]
    rejected: pd.DataFrame
    findings: gpd.GeoDataFrame


def review(recipe_path: str | Path) -> Review:
    """Read all inputs of a recipe as a build does. Raises what stops a build for sure: InputError for a file, column or CRS that can not be used."""
    recipe = read_recipe(recipe_path)
    sources = read_sources(recipe, accept_rejects=True)
    rejected = sources.rejected.groupby("role").size()
    rows = {}
    for role, read in sources.read.items():
        counts = {"read": read["rows"], "usable": len(sources.frames[role]), "rejected": int(rejected.get(role, 0))}
        rows[role] = {"file": read["file"], "layer": read["layer"], **counts, **{name: read[name] for name in ("crs", "encoding", "columns")}}
    return Review(rows, sources.rejected, to_frame(sources.findings, sources.crs))
