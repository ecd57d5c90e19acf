"""What the layer `finding` says of the units that an edit concerns: the rules that an edit may break are asked again, the rest stays as it was found.

What no longer exists is not complained of: findings of a code that is not in force any more go, whatever their rule.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np

from geogrid.edit.check import RULES
from geogrid.edit.state import State
from geogrid.findings import Finding, severity_of
from geogrid.store.effect import Effect
from geogrid.store.frames import srs_id_of
from geogrid.store.gpkg import encode

_OF_LEVELS = "unassigned"
_SEVERAL = ("overlap", "splits_building", _OF_LEVELS)
_COLUMNS = "geom, rule, severity, level, units, area_m2, length_m, value, width_m, rows, message, message_zh, note"


def write_findings(con: sqlite3.Connection, effect: Effect) -> None:
    """Replace what `RULES` had found of the units concerned by what they find now, and what any rule had found of codes that are gone."""
    before, state, found = effect.before, effect.after, effect.found
    codes = {units[i].code for i in effect.ids for units in (before.units, state.units) if i in units}
    gone = {old.code for old, new in effect.change.units if old and (new is None or new.code != old.code) and old.code not in state.ids}
    stale = _of_one(con, codes) | _of_several(con, codes, _SEVERAL if effect.of_levels else _SEVERAL[:-1])
    if gone:
        rows = con.execute("SELECT fid, units FROM finding WHERE NOT note")
        stale |= {fid for fid, units in rows if gone.intersection(json.loads(units))}
    con.executemany("DELETE FROM finding WHERE fid = ?", [(fid,) for fid in sorted(stale)])
    blobs = encode(np.array([finding.geometry for finding in found], dtype=object), srs_id_of(con, "finding"))
    rows = [(blob, *_row(finding, state)) for blob, finding in zip(blobs, found, strict=True)]
    con.executemany(f"INSERT INTO finding ({_COLUMNS}) VALUES ({', '.join('?' * 13)})", rows)


def _of_one(con: sqlite3.Connection, codes: Iterable[str]) -> set[int]:
    """Return the findings of `RULES` (their fids) that name one of some codes and no other, by index."""
    query = f"SELECT fid FROM finding WHERE units = ? AND NOT note AND rule IN ({', '.join('?' * len(RULES))})"
    return {fid for code in codes for (fid,) in con.execute(query, (_list([code]), *RULES))}


def _of_several(con: sqlite3.Connection, codes: set[str], rules: Sequence[str]) -> set[int]:
    """Return the findings of some rules that name one of some codes among others, and those of levels as a whole."""
    query = f"SELECT fid, rule, units FROM finding WHERE rule IN ({', '.join('?' * len(rules))}) AND NOT note"
    return {fid for fid, rule, units in con.execute(query, rules) if rule == _OF_LEVELS or codes.intersection(json.loads(units))}


def _row(finding: Finding, state: State) -> tuple:
    severity = finding.severity or severity_of(finding.rule, state.scheme.severity)
    sizes = (finding.area_m2, finding.length_m, finding.value, finding.width_m)
    said = (_list(finding.rows), finding.message, finding.message_zh, False)
    return finding.rule, severity, finding.level, _list(finding.units), *sizes, *said


def _list(values: Iterable[object]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
