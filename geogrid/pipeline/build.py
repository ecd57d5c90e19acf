"""BUILD: a recipe becomes a project. Each step is a call; nothing here computes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import geopandas as gpd

from geogrid import rules, sites
from geogrid.findings import Finding, to_frame
from geogrid.generate import make_plan
from geogrid.pipeline.ground import Prepared, prepare
from geogrid.pipeline.order import in_order
from geogrid.pipeline.stages import Progress, Stages, peak_rss_mb, silent
from geogrid.plan import Plan
from geogrid.reading import Sources, read_sources
from geogrid.recipe import Recipe, read_recipe
from geogrid.scheme import Scheme, read_scheme
from geogrid.store import Contents, Project, check_target, open_project, write_project

SITE_ROLES = ("stations", "cameras")
LAYER_ROLES = ("buildings", "entrances", "roads", "railways", "water", "walls", "green", "compounds", "prohibited")


def build(
    recipe: str | Path,
    out: str | Path,
    *,
    progress: Progress = silent,
    accept_rejects: bool = False,
    force: bool = False,
    today: datetime.date | None = None,
) -> Project:
    """Build the project file `out` from the recipe file and open it. `today` is noted as the day on which it was built.

    Raises InputError (file, layer, row, field, value and what to do) when the input can not be used, StoreError when `out` may not be replaced; then
    nothing is written.
    """
    check_target(Path(out), force=force)
    stages = Stages(progress)
    contents = assemble(read_recipe(recipe), stages, accept_rejects=accept_rejects)
    with stages("store"):
        meta = {**contents.meta, "built": today.isoformat() if today else "", "seconds": dict(stages.seconds), "peak_rss_mb": peak_rss_mb()}
        write_project(replace(contents, meta=meta), Path(out), force=force)
    return open_project(out, is_whole=True)


def assemble(recipe: Recipe, stages: Stages, *, accept_rejects: bool = False) -> Contents:
    """Make the contents of a project of a recipe, in memory."""
    scheme = read_scheme(recipe.scheme, recipe.path.parent).with_levels(recipe.levels)
    with stages("read"):
        sources = read_sources(recipe, accept_rejects=accept_rejects)
        sources = replace(sources, frames=in_order(sources.frames))
    homes = recipe.inputs["buildings"].homes if "buildings" in recipe.inputs else ()
    prepared = prepare(sources.frames, scheme, sources.crs, stages, name=recipe.name, seed=recipe.seed, home_uses=homes)
    with stages("units"):
        plan = make_plan(prepared.ground)
    with stages("sites"):
        joined = {role: sites.join(sources.frames[role], plan) for role in SITE_ROLES if role in sources.frames}
    with stages("rules"):
        given = _given(sources, prepared, scheme)
        lost = [f for role, frame in joined.items() for f in sites.find_unmatched(frame, role)]
        lost += sites.find_missing(joined["stations"], plan) if "stations" in joined else []
        found = rules.find_plan(plan, given=given)
    return _contents(recipe, scheme, sources, prepared, plan, joined, given, lost, found)


def _contents(
    recipe: Recipe,
    scheme: Scheme,
    sources: Sources,
    prepared: Prepared,
    plan: Plan,
    joined: Mapping[str, gpd.GeoDataFrame],
    given: Mapping[str, gpd.GeoDataFrame],
    lost: list[Finding],
    found: list[Finding],
) -> Contents:
    noted = [*sources.findings, *(_with_file(found, recipe) for found in prepared.findings), *lost]
    notes = to_frame(noted, sources.crs, scheme.severity)
    findings = to_frame([*noted, *found], sources.crs, scheme.severity)
    layers = {role: frame for role, frame in sources.frames.items() if role in LAYER_ROLES and isinstance(frame, gpd.GeoDataFrame)}
    if "buildings" in layers:
        layers["buildings"] = _with_households(prepared)
    return Contents(plan, given, joined, layers, notes, findings, sources.rejected, _meta(recipe, sources))


def _given(sources: Sources, prepared: Prepared, scheme: Scheme) -> dict[str, gpd.GeoDataFrame]:
    """Polygons as they came: of the levels, by level id, and the outline as `district`, which they are held against."""
    levels = {level.id for level in scheme.levels}
    given = {name: frame for name, frame in prepared.ground.given.items() if name in levels}
    district = sources.frames.get("district")
    if isinstance(district, gpd.GeoDataFrame):
        codes = district["code"] if "code" in district else district["row"].astype(str)
        given["district"] = district.assign(code=codes)
    return given


def _with_households(prepared: Prepared) -> gpd.GeoDataFrame:
    """Buildings as read, parts of one united, with the figures that were counted and `households_source`."""
    homes = prepared.homes
    return prepared.buildings.assign(households=homes.households, persons=homes.persons, floors=homes.floors, households_source=homes.source)


def _with_file(found: Finding, recipe: Recipe) -> Finding:
    """Name the file that a row came from, which those who counted it do not know."""
    source = recipe.inputs.get(str(found.facts.get("role", "")))
    if source is None or "row" not in found.facts:
        return found
    return replace(found, facts={"file": source.path.name, "layer": source.layer or source.path.stem, **found.facts})


def _meta(recipe: Recipe, sources: Sources) -> dict[str, Any]:
    return {
        "name": recipe.name,
        "seed": recipe.seed,
        "simulated": recipe.simulated,
        "source": recipe.source,
        "date": recipe.date,
        "version": metadata.version("geogrid"),
        "rejected": {role: int(n) for role, n in sources.rejected.groupby("role").size().items()},
    }
