"""BUILD: a recipe becomes a project. Each step is a call; nothing here computes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid import report, rules, sites
from geogrid.barriers import barrier_lines
from geogrid.findings import Finding, to_frame
from geogrid.generate import make_plan
from geogrid.organisation.times import ZONE
from geogrid.pipeline.concerning import find_people
from geogrid.pipeline.division import find_derived
from geogrid.pipeline.ground import Prepared
from geogrid.pipeline.parallel import side_by_side, without_cycle_search, worker_count
from geogrid.pipeline.reach_patrols import Patrols, find_patrols
from geogrid.pipeline.sourced import scheme_of, sourced
from geogrid.pipeline.stages import Progress, Stages, peak_rss_mb, silent
from geogrid.pipeline.unused import find_unused
from geogrid.plan import Plan
from geogrid.reading import Sources
from geogrid.recipe import Recipe, read_recipe
from geogrid.scheme import Scheme
from geogrid.store import Contents, Project, check_target, open_project, write_project
from geogrid.store.contents import SITE_ROLES, TABLE_ROLES

GROUPED = ("bounds", "count", "seeds")
LAYER_ROLES = ("buildings", "entrances", "roads", "railways", "water", "walls", "green", "compounds", "prohibited")


def build(
    recipe: str | Path,
    out: str | Path,
    *,
    progress: Progress = silent,
    accept_rejects: bool = False,
    force: bool = False,
    today: datetime.date | None = None,
    keep_buildings_whole: bool = False,
    workers: int | None = None,
) -> Project:
    """Build the project file `out` from the recipe file and open it. `today` is noted as the day on which it was built.

    `keep_buildings_whole`: as the scheme's key, for every level that is made or given. `workers`: threads, else one for each usable core, at most
    four; what is built does not depend on them. Raises InputError (file, layer, row, field, value and what to do) when the input can not be used,
    StoreError when `out` may not be replaced; then nothing is written.
    """
    check_target(Path(out), force=force)
    stages, asked = Stages(progress), read_recipe(recipe)
    scheme = _scheme(asked, keep_buildings_whole=keep_buildings_whole)
    threads = worker_count(workers)
    with without_cycle_search(), side_by_side(threads) as pool:
        begun = _begin(asked, scheme, stages, pool, threads, accept_rejects=accept_rejects, today=today)
        with stages("store"):
            write_project(begun.contents, Path(out), force=force, complete=lambda: _completed(begun, stages, today))
    return open_project(out, is_whole=True)


@dataclass(frozen=True, eq=False)
class _Begun:
    """A project but for what the rules find, which are still at it: `noted` was found before."""

    contents: Contents
    noted: list[Finding]
    found: Future[list[Finding]]


def _scheme(recipe: Recipe, *, keep_buildings_whole: bool) -> Scheme:
    scheme = scheme_of(recipe)
    made = [level.id for level in scheme.levels if level.make in (*GROUPED, "given")] if keep_buildings_whole else []
    return scheme.with_levels({level: {"keep_buildings_whole": True} for level in made})


def _begin(
    recipe: Recipe, scheme: Scheme, stages: Stages, pool: Executor, threads: int, *, accept_rejects: bool, today: datetime.date | None
) -> _Begun:
    """Make all of a project, in memory; its rules are checked in the pool."""
    sources, prepared = sourced(recipe, scheme, stages, workers=threads, accept_rejects=accept_rejects)
    given = _given(sources, prepared, scheme)
    proof = pool.submit(rules.find_cells, prepared.ground.base)
    with stages("units"):
        plan = make_plan(prepared.ground)
        list(pool.map(plan.frame, [level.id for level in scheme.levels]))  # rules, sites and store all ask for them
    found = pool.submit(_found, plan, given, proof, barrier_lines(sources.frames, scheme), prepared.buildings, stages)
    with stages("sites"):
        joined = {role: sites.join(sources.frames[role], plan) for role in SITE_ROLES if role in sources.frames}
        lost = [f for role, frame in joined.items() for f in sites.find_unmatched(frame, role)]
        lost += sites.find_missing(joined["stations"], plan) if "stations" in joined else []
        patrols = find_patrols(sources.frames, plan, recipe.inputs["patrols"], today) if "patrols" in sources.frames else Patrols()
    told = [*prepared.findings, *find_derived(plan, prepared.ground.given), *find_unused(sources, scheme, prepared.homes)]
    noted = [*sources.findings, *(_with_file(f, recipe) for f in told), *lost]
    nothing = to_frame([], sources.crs, scheme.severity)
    layers, tables = {**_layers(sources, prepared), **patrols.layers}, {**_tables(sources, plan), **patrols.tables}
    meta = {**_meta(recipe, sources), **patrols.meta}
    contents = Contents(plan, given, joined, layers, nothing, nothing, sources.rejected, meta, tables)
    contents, noted = _with_declared(contents, [*noted, *_lacking(contents, today)], sources, recipe)
    notes = to_frame(noted, sources.crs, scheme.severity)
    return _Begun(replace(contents, notes=notes, findings=notes), noted, found)


def _lacking(contents: Contents, today: datetime.date | None) -> list[Finding]:
    """Find what the scheme wants of people and organisations and units lack, at noon of the day; without one, once all that is dated has come."""
    if not set(contents.tables).intersection(TABLE_ROLES):
        return []
    now = datetime.datetime.combine(today or datetime.date(9000, 1, 1), datetime.time(12), ZONE)
    return find_people(report.Unwritten(contents), now)


def _with_declared(contents: Contents, noted: list[Finding], sources: Sources, recipe: Recipe) -> tuple[Contents, list[Finding]]:
    """Compare what was declared in recipe and files with the contents; return them with the figures and how many hold, and the findings with more."""
    figures = report.to_meta([*recipe.declared, *report.read_rows(sources.frames.get("declared"), recipe)])
    if not figures:
        return contents, noted
    told = replace(contents, meta={**contents.meta, "declared": {"figures": figures}})
    rows = report.compare_declared(report.Unwritten(told))
    noted = [*noted, *report.find_declared(rows, contents.plan.scheme, noted)]
    meta = {**contents.meta, "declared": {"figures": figures, "counts": report.count_verdicts(rows)}}
    return replace(contents, meta=meta), noted


def _tables(sources: Sources, plan: Plan) -> dict[str, pd.DataFrame]:
    """People and organisations as they were given, those with a place with the codes of its units, as sites; and the households that they name."""
    tables = {role: sources.frames[role] for role in TABLE_ROLES if role in sources.frames}
    homes = sources.frames.get("households")
    if homes is not None and "id" in homes:
        named = {name for role in ("memberships", "overlays") if role in tables and "target" in tables[role] for name in tables[role]["target"]}
        kept = homes["id"].isin(named) & (homes["id"] != "")
        tables |= {"households": homes[kept].reset_index(drop=True)} if kept.any() else {}
    return {role: sites.join(table, plan) if isinstance(table, gpd.GeoDataFrame) else table for role, table in tables.items()}


def _found(
    plan: Plan,
    given: Mapping[str, gpd.GeoDataFrame],
    proof: Future[list[Finding]],
    barriers: Mapping[str, np.ndarray],
    buildings: gpd.GeoDataFrame,
    stages: Stages,
) -> list[Finding]:
    cells = proof.result()
    with stages("rules"):
        return rules.find_plan(plan, given=given, cells=cells, barriers=barriers, buildings=buildings)


def _completed(begun: _Begun, stages: Stages, today: datetime.date | None) -> Contents:
    """Return the contents with the findings of the rules, once they are there, and with the facts of the build."""
    contents, found = begun.contents, begun.found.result()
    findings = to_frame([*begun.noted, *found], contents.plan.base.crs, contents.plan.scheme.severity)
    meta = {**contents.meta, "built": today.isoformat() if today else "", "seconds": dict(stages.seconds), "peak_rss_mb": peak_rss_mb()}
    return replace(contents, findings=findings, meta=meta)


def _layers(sources: Sources, prepared: Prepared) -> dict[str, gpd.GeoDataFrame]:
    layers = {role: frame for role, frame in sources.frames.items() if role in LAYER_ROLES and isinstance(frame, gpd.GeoDataFrame)}
    if "buildings" in layers:
        layers["buildings"] = _with_households(prepared)
    return layers


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
    """Buildings as read, parts of one united, with the figures that were counted, `households_source` and `floors_source` ("given", "estimated")."""
    homes = prepared.homes
    figures = {"households": homes.households, "persons": homes.persons, "floors": homes.floors, "households_source": homes.source}
    return prepared.buildings.assign(**figures, floors_source=np.where(homes.floors_counted, "given", "estimated"))


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
        "files": {role: {"file": read["file"], "layer": read["layer"]} for role, read in sources.read.items()},
        "columns": {role: dict(taken) for role, taken in sources.taken.items()},
        "doubtful": {role: {ours: list(theirs) for ours, theirs in columns.items()} for role, columns in sources.doubtful.items()},
    }
