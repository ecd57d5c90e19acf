"""WHAT IF: a recipe read and prepared once, its level cut with each of the bounds; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd

from geogrid.generate.whatif import Outcome, compare, level_to_vary
from geogrid.pipeline.parallel import worker_count
from geogrid.pipeline.sourced import scheme_of, sourced
from geogrid.pipeline.stages import Progress, Stages, silent
from geogrid.recipe import read_recipe
from geogrid.scheme import Level


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked: the level, its cuts in the order of the bounds (computed as they are read), and what maps of them need."""

    name: str
    meta: Mapping[str, Any]
    level: Level
    outcomes: Iterator[Outcome]
    layers: Mapping[str, gpd.GeoDataFrame]


def whatif(
    recipe: str | Path, bounds: Sequence[tuple[int, int]], *, level: str = "", accept_rejects: bool = False, progress: Progress = silent
) -> Question:
    """Prepare the recipe for the comparison of `bounds` (inclusive) of `level`, else of the lowest level that has bounds.

    Raises InputError as `build` does, and for a level that is not made by bounds.
    """
    asked = read_recipe(recipe)
    sources, prepared = sourced(asked, scheme_of(asked), Stages(progress), workers=worker_count(), accept_rejects=accept_rejects)
    ground = prepared.ground
    varied = level_to_vary(ground, level)
    layers = {role: frame for role, frame in sources.frames.items() if isinstance(frame, gpd.GeoDataFrame)}
    meta = {"simulated": asked.simulated, "source": asked.source, "date": asked.date, "seed": asked.seed}
    return Question(asked.name, meta, varied, compare(ground, varied.id, bounds), layers)
