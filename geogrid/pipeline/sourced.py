"""The first half of every road: a recipe's scheme, its sources in order, and the ground that they make."""

from __future__ import annotations

from dataclasses import replace

from geogrid.pipeline.ground import Prepared, prepare
from geogrid.pipeline.order import in_order
from geogrid.pipeline.placed import placed_events
from geogrid.pipeline.stages import Stages
from geogrid.reading import Sources, read_sources
from geogrid.recipe import Recipe
from geogrid.scheme import Scheme, read_scheme


def scheme_of(recipe: Recipe) -> Scheme:
    """Return the recipe's scheme with its overrides. Raises SchemeError."""
    return read_scheme(recipe.scheme, recipe.path.parent).with_levels(recipe.levels)


def sourced(recipe: Recipe, scheme: Scheme, stages: Stages, *, workers: int, accept_rejects: bool) -> tuple[Sources, Prepared]:
    """Read the recipe's files and make their ground, on so many threads. Raises InputError."""
    with stages("read"):
        sources = read_sources(recipe, accept_rejects=accept_rejects)
        sources = replace(sources, frames=in_order(placed_events(sources.frames, sources.crs)))
    homes = recipe.inputs["buildings"].homes if "buildings" in recipe.inputs else ()
    return sources, prepare(sources.frames, scheme, sources.crs, stages, name=recipe.name, seed=recipe.seed, home_uses=homes, workers=workers)
