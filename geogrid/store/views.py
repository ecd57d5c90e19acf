"""The frames of one version from those of another: only the rows that differ are derived."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from geogrid.edit.change import Change
from geogrid.edit.check import RULES, find_touched
from geogrid.edit.derive import affected, frame_rows
from geogrid.edit.state import State
from geogrid.findings import to_frame


def find_differing(have: State, want: State) -> list[int]:
    """List the units (ids, of either) whose rows differ between two states of one file."""
    ground = max(have.ground, want.ground, key=lambda ground: len(ground.atoms))
    a, b = have.on(ground), want.on(ground)
    return affected(a, b, Change.between(a, b))


def find_level(state: State, code: str, level: str = "") -> str:
    """Return the level on which a code is in force: the given one, else the topmost; "" for none."""
    known = [unit for unit in state.ids.get(code, ()) if level in ("", state.units[unit].level)]
    return state.units[min(known, key=state.depth)].level if known else ""


def find_inside(state: State, level: str, code: str) -> list[int]:
    """Return the ids, ascending, of the units of a level that lie in a unit, of any level above, with a code."""
    depth = state.depths[level]
    above = [unit for unit in state.ids.get(code, ()) if state.depth(unit) < depth]
    return sorted({each for unit in above for each in state.below(unit) if state.units[each].level == level})


def patched(frame: gpd.GeoDataFrame, want: State, level: str, ids: Iterable[int]) -> gpd.GeoDataFrame:
    """Return the units of a level (index `code`, sorted) as a state has them; `frame` is right but for the units `ids`."""
    listed = set(ids)
    mine = [unit for unit in listed if unit in want.units and want.units[unit].level == level]
    kept = frame[~frame["unit"].isin(listed)]
    if len(kept) == len(frame) and not mine:
        return frame
    new = frame_rows(want, mine).reindex(columns=frame.columns)
    parts = [part for part in (kept, new) if len(part)]
    joined = pd.concat(parts) if parts else kept
    typed = joined.astype({name: kind for name, kind in frame.dtypes.items() if name != frame.geometry.name})
    return gpd.GeoDataFrame(typed, geometry=frame.geometry.name, crs=frame.crs).sort_index(kind="stable")


def patched_findings(found: gpd.GeoDataFrame, have: State, want: State, ids: Iterable[int]) -> gpd.GeoDataFrame:
    """Return the findings of a state; `found` (with a column `note`) are those of another that differs in the units `ids`."""
    listed = list(ids)
    codes = {state.units[i].code for i in listed for state in (have, want) if i in state.units}
    gone = codes - want.ids.keys()
    asked = found["rule"].isin(RULES) & (found["units"].map(lambda units: bool(codes.intersection(units))) | (found["rule"] == "unassigned"))
    stale = ~found["note"].astype(bool) & (asked | found["units"].map(lambda units: bool(gone.intersection(units))))
    new = to_frame(find_touched(want, [i for i in listed if i in want.units]), found.crs, want.scheme.severity).assign(note=False)
    parts = [part for part in (found[~stale], new) if len(part)]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=found.crs) if parts else found[~stale]
