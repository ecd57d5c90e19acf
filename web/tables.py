"""What pages say about units, as one frame per level: name, parent, children, households against bounds, sites. Computed once per project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from geogrid.errors import InputError, NotFoundError
from web.served import Served

STATUSES = ("above", "in", "below", "dedicated")
SITES = ("stations", "cameras")
# A level with more units is not the first that a page lists; it is listed when asked for.
ROWS_FIRST_MAX = 5000


def levels(served: Served) -> list[str]:
    """Return the levels that have units, top-down; all of them where none has."""
    project = served.project
    return served.keep("levels", lambda: [level for level in project.levels if len(project.units(level))] or list(project.levels))


def unit_rows(served: Served, level: str) -> pd.DataFrame:
    """Return the units of `level`, index code, in order of code.

    Columns: `name parent kind households persons area_m2 stacked floor_from floor_to reason status`, `parent_name`, `above_name` (of the nearest
    unit above that has a name), `children` (units of the next level), `out` (units out of bounds of the first level at or below this one that
    has bounds), `stations`, `cameras`.
    """
    return served.keep(("rows", level), lambda: _unit_rows(served, level))


def _unit_rows(served: Served, level: str) -> pd.DataFrame:
    project = served.project
    if level not in project.levels:
        known = ", ".join(project.levels)
        raise NotFoundError(f"no level {level!r}; there are: {known}", f"没有层级“{level}”；可用：{known}", value=level)
    frame = pd.DataFrame(project.units(level).drop(columns="geometry"))
    frame["status"] = frame["status"].astype(object).where(frame["status"].notna(), "")
    frame["parent_name"], frame["above_name"] = _names_above(served, level)
    frame["children"] = _count_children(served, level, frame.index)
    frame["out"] = _count_out(served, level, frame)
    for role in SITES:
        counts = site_counts(served, role, level)
        frame[role] = counts.sum(axis=1).reindex(frame.index).fillna(0).astype("int64") if len(counts.columns) else 0
    return frame


def _names_above(served: Served, level: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the names of the parent and of the nearest unit above that has a name, "" where there is none, str (n,) each."""
    chain = lineage(served, level)
    parent = nearest = np.full(len(chain), "", dtype=object)
    for upper in chain.columns[:-1]:
        units = served.project.units(upper)
        names = chain[upper].map(units["name"]).astype(object).fillna("").to_numpy(dtype=object)  # of no units at all the map gives numbers
        parent = np.where(chain[upper].to_numpy() == served.project.units(level)["parent"].to_numpy(), names, parent)
        nearest = np.where(names != "", names, nearest)
    return parent, nearest


def lineage(served: Served, level: str) -> pd.DataFrame:
    """Return, for the units of `level`, the code of their unit on every level above and their own (column per level, "" where none)."""
    return served.keep(("lineage", level), lambda: _lineage(served, level))


def _lineage(served: Served, level: str) -> pd.DataFrame:
    order = served.project.levels[: served.project.levels.index(level) + 1]
    units = served.project.units(level)
    out = pd.DataFrame("", index=units.index, columns=list(order), dtype=object)
    out[level] = units.index
    at = units["parent"].to_numpy(dtype=object)
    for upper in reversed(order[:-1]):
        above = served.project.units(upper)
        here = np.isin(at.astype(str), above.index.to_numpy().astype(str)) if len(above) else np.zeros(len(at), bool)
        out[upper] = np.where(here, at, "")
        parents = above["parent"].to_dict()
        at = np.array([parents[code] if inside else code for code, inside in zip(at, here, strict=True)], dtype=object)
    return out


def bound_levels(served: Served) -> list[str]:
    """Return the levels whose households have bounds, top-down."""
    return [level for level in levels(served) if served.project.scheme.level(level).households]


def next_level(served: Served, level: str) -> str:
    """Return the next level below that has units, "" where none has."""
    order = list(served.project.levels)
    return next((name for name in order[order.index(level) + 1 :] if name in levels(served)), "")


def _count_children(served: Served, level: str, index: pd.Index) -> pd.Series:
    following = next_level(served, level)
    if not following:
        return pd.Series(0, index=index)
    counts = lineage(served, following)[level].value_counts()
    return counts.reindex(index).fillna(0).astype("int64")


def _count_out(served: Served, level: str, frame: pd.DataFrame) -> pd.Series:
    order = list(served.project.levels)
    below = [name for name in bound_levels(served) if order.index(name) > order.index(level)]
    if not below:
        return frame["status"].isin(["above", "below"]).astype("int64")
    units = served.project.units(below[0])
    out = lineage(served, below[0])[level][units["status"].isin(["above", "below"]).to_numpy()]
    return out.value_counts().reindex(frame.index).fillna(0).astype("int64")


def site_counts(served: Served, role: str, level: str) -> pd.DataFrame:
    """Return sites per unit of `level` (index code) and kind (columns, the commonest first); units without any are not in it."""
    return served.keep(("sites", role, level), lambda: _site_counts(served, role, level))


def sites(served: Served, role: str) -> pd.DataFrame:
    """Return all points of a role, to be counted: `kind` as text, `secret` as bool. A number is no secret, a place is: see `shown_sites`."""
    return served.keep(("points", role), lambda: _sites(served, role))


def shown_sites(served: Served, role: str) -> Any:
    """Return the points of a role whose places may be told, without the column that says so."""
    frame = sites(served, role)
    return None if frame is None else frame[~frame["secret"]].drop(columns="secret")


def _sites(served: Served, role: str) -> Any:
    if role not in served.project.site_roles:
        return None
    frame = served.project.sites(role)
    kind = frame["kind"] if "kind" in frame.columns else pd.Series("", index=frame.index)
    secret = frame["secret"] if "secret" in frame.columns else pd.Series(False, index=frame.index)
    return frame.assign(kind=kind.fillna("").astype(str), secret=secret.fillna(False).astype(bool))


def _site_counts(served: Served, role: str, level: str) -> pd.DataFrame:
    frame = sites(served, role)
    if frame is None or not len(frame) or level not in frame.columns:
        return pd.DataFrame()
    inside = frame[frame[level] != ""]
    counts = inside.groupby([level, "kind"]).size().unstack(fill_value=0)
    order = sorted(counts.columns, key=lambda kind: (-int(counts[kind].sum()), kind))
    return counts[order]


def select(rows: pd.DataFrame, served: Served, level: str, arguments: Mapping[str, str]) -> pd.DataFrame:
    """Filter rows as a page's address says: `status` (out: either side), `q` (part of name or code), `parent` (a unit of any level above),
    `none` (role: units that have no site of it, of kind `kind` where given)."""
    keep = np.ones(len(rows), bool)
    if status := arguments.get("status", ""):
        if status not in (*STATUSES, "out"):
            raise InputError(f"status {status!r}: write one of {', '.join(STATUSES)}, out", f"status “{status}” 不可用", field="status", value=status)
        keep &= rows["status"].isin(["above", "below"] if status == "out" else [status]).to_numpy()
    if text := arguments.get("q", "").strip().lower():
        words = rows["name"].fillna("").str.lower() + "\n" + rows["above_name"].str.lower() + "\n" + rows.index.str.lower()
        keep &= words.str.contains(text, regex=False).to_numpy()
    if parent := arguments.get("parent", ""):
        keep &= (lineage(served, level).drop(columns=level) == parent).any(axis=1).to_numpy()
    if role := arguments.get("none", ""):
        keep &= ~rows.index.isin(_having(served, role, level, arguments.get("kind", "")))
    return rows[keep]


def _having(served: Served, role: str, level: str, kind: str) -> pd.Index:
    if role not in SITES:
        raise InputError(f"none={role!r}: write stations or cameras", f"none=“{role}” 应为 stations 或 cameras", field="none", value=role)
    counts = site_counts(served, role, level)
    if kind:
        return counts.index[counts[kind] > 0] if kind in counts.columns else pd.Index([])
    return counts.index


def find_unit(served: Served, code: str, level: str = "") -> str:
    """Return the level on which `code` stands: the given one, else the topmost.

    Raises NotFoundError; for a code that is retired with the facts `retired` and `successors`: the codes in force that the visitor may see.
    """
    if found := served.project.find_level(code, level):
        return found
    if not served.project.is_retired(code):
        raise NotFoundError(f"no unit has the code {code!r}", f"没有编码为“{code}”的单元", value=code)
    after = served.project.successors(code)
    then, then_zh = (f"; its land is now in {', '.join(after)}", f"，现为 {'、'.join(after)}") if after else ("", "")
    raise NotFoundError(f"unit {code} is retired{then}", f"单元 {code} 已撤销{then_zh}", value=code, retired=True, successors=list(after))
