"""What the layer `finding` says of the units that an edit concerns: the rules that an edit may break are asked again, the rest stays as it was found.

What no longer exists is not complained of: findings of a code that is not in force any more go, whatever their rule.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

import pandas as pd

from geogrid.edit.change import Change
from geogrid.edit.check import RULES
from geogrid.edit.state import State
from geogrid.findings import Finding, to_frame
from geogrid.store.frames import insert_rows


def write_findings(con: sqlite3.Connection, before: State, state: State, change: Change, ids: Iterable[int], found: Sequence[Finding]) -> None:
    """Replace what `RULES` had found of some units (ids) by what they find now, and what any rule had found of codes that are gone."""
    codes = {units[i].code for i in ids for units in (before.units, state.units) if i in units}
    gone = {old.code for old, new in change.units if old and (new is None or new.code != old.code)} - state.ids.keys()
    stale = []
    for fid, rule, units in con.execute("SELECT fid, rule, units FROM finding WHERE NOT note"):
        named = set(json.loads(units))
        if named & gone or (rule in RULES and (named & codes or rule == "unassigned")):
            stale.append((fid,))
    con.executemany("DELETE FROM finding WHERE fid = ?", stale)
    if found:
        frame = to_frame(found, state.ground.crs, state.scheme.severity)
        lists = {name: pd.Series([json.dumps(list(each), ensure_ascii=False) for each in frame[name]], dtype="str") for name in ("units", "rows")}
        insert_rows(con, "finding", frame.assign(**lists, note=False))
