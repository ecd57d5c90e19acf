"""UPDATE: a recipe's points and people take the place of those in a project, or are merged with them; the plan is not touched.

files → read beside the project's district → merged → joined to main → what follows from them found anew → one transaction
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid import sites
from geogrid.errors import InputError, RecipeError
from geogrid.findings import to_frame
from geogrid.organisation import Roster
from geogrid.organisation.faults import Fault
from geogrid.organisation.source import roster_of
from geogrid.pipeline.concerning import find_concerning, of_files, of_rules
from geogrid.pipeline.merging import Changes, compared, merged
from geogrid.pipeline.placed import placed_events
from geogrid.reading.draft import Draft, draft_role
from geogrid.reading.sources import Sources, sources_of
from geogrid.recipe import Recipe
from geogrid.report import compare_declared, count_verdicts
from geogrid.schema import nearest
from geogrid.store import Project, open_project
from geogrid.store.contents import SITE_ROLES, TABLE_ROLES
from geogrid.store.delivery import MERGE, REPLACE, ROLES, Delivery, deliver


@dataclass(frozen=True, eq=False)
class Update:
    """What a delivery makes of a project: `changes` by role, `rejected` rows, `findings` of what came; `roster` is
    that of the project as it will be, `faults` its rows that can not be used; `left` are roles of the recipe not taken.
    """

    changes: Mapping[str, Changes]
    rejected: pd.DataFrame
    findings: gpd.GeoDataFrame
    delivery: Delivery
    roster: Roster
    left: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def chosen_roles(recipe: Recipe, only: Sequence[str] = ()) -> tuple[list[str], tuple[str, ...]]:
    """Return the roles of a recipe that an update takes (all it may, or `only` some), and those that it leaves. Raises RecipeError."""
    for role in only:
        if role not in ROLES:
            raise _not_taken(role)
        if role not in recipe.inputs:
            hint, hint_zh = nearest(role, recipe.inputs)
            message = f"the recipe has no [inputs.{role}]; {hint}"
            raise RecipeError(message, f"配方中没有 [inputs.{role}]；{hint_zh}", field="only", value=role)
    roles = [role for role in recipe.inputs if role in (only or ROLES)]
    if not roles:
        raise _not_taken(next(iter(recipe.inputs), ""))
    return roles, tuple(role for role in recipe.inputs if role not in roles)


def read_beside(project: Project, drafts: Sequence[Draft], recipe: Path, *, accept_rejects: bool = False) -> Sources:
    """Put drafts beside a project's district, in its CRS; `recipe` is named where they lack something. Raises InputError, CrsError."""
    west, south, east, north = gpd.GeoSeries([project.district], crs=project.crs).to_crs(4326).total_bounds.tolist()
    return sources_of(drafts, recipe, accept_rejects=accept_rejects, crs=project.crs, district=(west, south, east, north))


def plan_update(project: Project, sources: Sources, *, mode: str = REPLACE, now: datetime) -> Update:
    """Work out what a delivery makes of a project (its plan `main`, as it is); nothing is written. Raises InputError."""
    check_named(sources)
    plan, sources = project.plan(), replace(sources, frames=_placed(project, sources.frames))
    had = {role: _former(project, role) for role in sources.frames}
    whole = {role: merged(had[role], frame, role) if mode == MERGE else frame for role, frame in sources.frames.items()}
    changes = {role: compared(had[role], frame, role) for role, frame in whole.items()}
    frames = {role: sites.join(frame, plan) if isinstance(frame, gpd.GeoDataFrame) else frame for role, frame in whole.items()}
    after = After(project, frames)
    roster = roster_of(after)
    old, new = find_concerning(project, frames), find_concerning(after, frames, roster.at(now))
    stale = {(found.rule, found.message) for found in old} | of_files(project, frames) | of_rules(project, frames)
    found = to_frame([*sources.findings, *new], project.crs, project.scheme.severity)
    meta = {**_files(project, sources), **_declared(after)}
    told = {role: {"rows": len(frames[role]), **change.counts} for role, change in changes.items()}
    delivery = Delivery(frames, project.version, mode, frozenset(stale), found, sources.rejected, meta, told)
    return Update(changes, sources.rejected, found, delivery, roster)


def check_named(sources: Sources) -> None:
    """Raise InputError where a register has neither an id nor a name of anybody: then it is another table, which would replace the register."""
    for role in ("staff", "organisations", "workplaces"):
        frame = sources.frames.get(role)
        if frame is not None and len(frame) and not _is_named(frame):
            file = sources.read[role]["file"]
            message = f"{file}: no column of {role} holds an id or a name; give columns = {{ id = … }} under [inputs.{role}], or another file"
            said = f"{file}：没有任何一列是{role}的编号或名称；请在 [inputs.{role}] 写 columns = {{ id = … }}，或换一个文件"
            raise InputError(message, said, file=file, role=role)


def _is_named(frame: pd.DataFrame) -> bool:
    """Tell whether any row has a name, or an id other than its row, which stands for an id where a file has none."""
    return bool(("name" in frame and (frame["name"] != "").any()) or (frame["id"] != frame["row"].astype(str)).any())


def update(
    path: Path,
    recipe: Recipe,
    *,
    only: Sequence[str] = (),
    mode: str = REPLACE,
    author: str = "",
    clock: Callable[[], datetime],
    is_trial: bool = False,
    accept_rejects: bool = False,
) -> Update:
    """Bring points and people of a recipe into a project; with `is_trial` only tell what would change.

    Raises InputError, StoreError, ConflictError.
    """
    roles, left = chosen_roles(recipe, only)
    with open_project(path) as project:
        drafts = [draft_role(recipe.inputs[role], recipe.path.parent) for role in roles]
        sources = read_beside(project, drafts, recipe.path, accept_rejects=accept_rejects)
        planned = plan_update(project, sources, mode=mode, now=clock())
        planned = replace(planned, left=left, faults=planned.roster.faults)  # found while the project is open
    if not is_trial:
        deliver(path, planned.delivery, author=author, clock=clock)
    return planned


class After:
    """A project as it will be: some of its points and tables are others."""

    def __init__(self, project: Project, frames: Mapping[str, pd.DataFrame]) -> None:
        self._project, self._frames = project, frames
        self.site_roles = [*dict.fromkeys([*project.site_roles, *(role for role in frames if role in SITE_ROLES)])]
        self.tables = [*dict.fromkeys([*project.tables, *(role for role in frames if role in TABLE_ROLES)])]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._project, name)

    def sites(self, role: str) -> Any:
        """Return joined points."""
        return self._frames[role] if role in self._frames else self._project.sites(role)

    def table(self, role: str) -> Any:
        """Return a table."""
        return self._frames[role] if role in self._frames else self._project.table(role)


def _placed(project: Project, frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the frames with events placed by the addresses of the project's buildings."""
    homes = {role: project.layer(role) for role in ("buildings", "entrances") if "events" in frames and role in project.layers}
    placed = placed_events({**homes, **frames}, project.crs)
    return {role: placed[role] for role in frames}


def _former(project: Project, role: str) -> pd.DataFrame | None:
    if role in SITE_ROLES:
        return project.sites(role) if role in project.site_roles else None
    return project.given_table(role) if role in project.tables else None


def _files(project: Project, sources: Sources) -> dict[str, Any]:
    """Return which files and columns the roles came from now."""
    read = {role: {"file": told["file"], "layer": told["layer"]} for role, told in sources.read.items()}
    taken = {role: dict(columns) for role, columns in sources.taken.items()}
    doubtful = {role: {ours: list(theirs) for ours, theirs in columns.items()} for role, columns in sources.doubtful.items()}
    return {key: {**project.meta.get(key, {}), **new} for key, new in (("files", read), ("columns", taken), ("doubtful", doubtful))}


def _declared(after: Any) -> dict[str, Any]:
    declared = after.meta.get("declared")
    return {"declared": {**declared, "counts": count_verdicts(compare_declared(after))}} if declared else {}


def _not_taken(role: str) -> RecipeError:
    listed = ", ".join(ROLES)
    message = f"an update takes {listed}; {role or 'nothing'!r} is not among them: buildings and areas need a new build"
    return RecipeError(message, f"update 只接收 {'、'.join(ROLES)}；“{role or '无'}”不在其中：楼栋和区划面须重新 build", field="only", value=role)
