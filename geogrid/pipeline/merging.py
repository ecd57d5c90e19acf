"""A new delivery of a table beside the one that is there: what is added, changed and removed, and both in one where they are merged.

Rows are known by their key: an id, for a membership its member and target, for an overlay its id with all its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.errors import InputError
from geogrid.schema import ROLES

KEYS: dict[str, tuple[str, ...]] = {"memberships": ("member", "target_kind", "target")}
"""By what the rows of a role are known, where it is not their id."""
_TEXT = ("text", "code", "amount", "dated", "when", "state")


@dataclass(frozen=True)
class Changes:
    """How a role changes: keys in words, in order, and how many rows stay as they are."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    same: int = 0

    @property
    def any(self) -> bool:
        """Whether anything changes."""
        return bool(self.added or self.changed or self.removed)

    @property
    def counts(self) -> dict[str, int]:
        """How many are added, changed and removed."""
        return {"added": len(self.added), "changed": len(self.changed), "removed": len(self.removed)}


def compared(old: pd.DataFrame | None, new: pd.DataFrame, role: str) -> Changes:
    """Tell what a whole new table would change of the one that is there (None for none)."""
    before, after = (_by_key(frame, role) if frame is not None else {} for frame in (old, new))
    added = tuple(sorted(key for key in after if key not in before))
    changed = tuple(sorted(key for key, rows in after.items() if key in before and before[key] != rows))
    removed = tuple(sorted(key for key in before if key not in after))
    return Changes(added, changed, removed, len(after) - len(added) - len(changed))


def merged(old: pd.DataFrame | None, new: pd.DataFrame, role: str) -> pd.DataFrame:
    """Return the table that is there with the rows of the new one in it: those of a known key take the place of the former ones.

    What a file has no column for stays as it was in a row that is known. Raises InputError for an id that several rows have which are there.
    """
    if old is None or not len(old):
        return new
    _check_one_each(old, new, role)
    new = _completed(old, new, role)
    taken = set(_keys(new, role))
    kept = old[[key not in taken for key in _keys(old, role)]]
    columns = list(dict.fromkeys([*(name for name in new if name in _known(role)), *(name for name in old if name in _known(role))]))
    parts = [_filled(part, columns, role) for part in (kept, new) if len(part)]
    if not any(isinstance(part, gpd.GeoDataFrame) for part in (old, new)):
        return pd.concat(parts, ignore_index=True)
    placed = next(part for part in (new, old) if isinstance(part, gpd.GeoDataFrame))
    known = _shapes(old, role)
    shapes = [part["geometry"].tolist() if "geometry" in part else [known.get(key) for key in _keys(part, role)] for part in (kept, new)]
    geometry = np.array([shape for part in shapes for shape in part] + [None], dtype=object)[:-1]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry=geometry, crs=placed.crs)


def _check_one_each(old: pd.DataFrame, new: pd.DataFrame, role: str) -> None:
    """Raise InputError where a row of the new table would take the place of several: nobody knows which of them is meant, and one would be lost."""
    if role in (*KEYS, "overlays"):
        return
    there = pd.Series(_keys(old, role)).value_counts()
    for key in _keys(new, role):
        if (n := int(there.get(key, 0))) > 1:
            message = f"{role}: {n} rows of the project have the id {key}, so nobody knows which one is meant; give each its own id and bring the"
            said = f"{role}：项目中有 {n} 行编号都是 {key}，无法判断要改哪一行；请先更正编号，并整表导入（不用 --merge）"
            raise InputError(f"{message} whole table, without --merge", said, role=role, field="id", value=key)


def _completed(old: pd.DataFrame, new: pd.DataFrame, role: str) -> pd.DataFrame:
    """Give the new rows of known keys the columns that only the old table has."""
    lacking = [name for name in old if name in ROLES[role].columns and name not in new]
    keys, had = pd.Index(_keys(new, role)), pd.Index(_keys(old, role))
    if not lacking or had.has_duplicates:
        return new
    at = had.get_indexer(keys)
    blank = _filled(new[[]], lacking, role)
    return new.assign(
        **{name: np.where(at >= 0, old[name].to_numpy(dtype=object)[at], blank[name].to_numpy(dtype=object)) for name in lacking}
    ).astype({name: old[name].dtype for name in lacking})


def _shapes(frame: pd.DataFrame, role: str) -> dict[str, object]:
    """Return the place of each row by its key, for rows that a file without places brings again."""
    return dict(zip(_keys(frame, role), frame["geometry"], strict=True)) if "geometry" in frame else {}


def _known(role: str) -> tuple[str, ...]:
    return (*ROLES[role].columns, "row")


def _keys(frame: pd.DataFrame, role: str) -> list[str]:
    names = KEYS.get(role, ("id",))
    columns = [frame[name].fillna("").astype(str) if name in frame else [""] * len(frame) for name in names]
    keys = [" → ".join(part for part in parts if part) for parts in zip(*columns, strict=True)]
    return [key or f"#{at}" for at, key in enumerate(keys, 1)]


def _by_key(frame: pd.DataFrame, role: str) -> Mapping[str, list[tuple]]:
    """Return the rows of each key, in order, without what the pipeline adds to them; what is missing is as good as empty."""
    columns = [_plain(frame[name]) if name in frame else [""] * len(frame) for name in ROLES[role].columns if name not in ("lon", "lat", "x", "y")]
    if isinstance(frame, gpd.GeoDataFrame):
        columns.append(shapely.to_wkt(frame.geometry.to_numpy(), rounding_precision=3).tolist())
    out: dict[str, list[tuple]] = {}
    for key, *row in zip(_keys(frame, role), *columns, strict=True):
        out.setdefault(key, []).append(tuple(row))
    return {key: sorted(rows, key=repr) for key, rows in out.items()}


def _plain(column: pd.Series) -> list[object]:
    return ["" if value is None or value is pd.NA or value != value or value is False else value for value in column.tolist()]


def _filled(frame: pd.DataFrame, columns: list[str], role: str) -> pd.DataFrame:
    """Return columns of a frame, those that it lacks empty."""
    types = {**ROLES[role].types, "row": "number"}
    told = {}
    for name in columns:
        if name in frame:
            told[name] = frame[name].to_numpy()
        else:
            told[name] = np.full(len(frame), "" if types[name] in _TEXT else False if types[name] in ("flag", "presence") else np.nan)
    return pd.DataFrame(told)
