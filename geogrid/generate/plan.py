"""The plan of a ground: all levels made, numbered and tied together; every atom points to its deepest unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geogrid.generate.levels import Ground, LevelUnits, make_levels
from geogrid.plan import NO_UNIT, UNIT_COLUMNS, Plan


def make_plan(ground: Ground, *, until: str = "", done: Sequence[LevelUnits] = (), previous: Plan | None = None) -> Plan:
    """Make the plan `main`, a draft of version 1. Units are numbered level by level in order of their codes.

    With `until` the levels below that one stay without units; levels in `done`, made before, are taken as they are. With `previous`, a plan on
    another base of the same place, units stay as they are wherever they can, with their ids, codes and names; new ones are numbered on.
    """
    levels = make_levels(replace(ground, previous=previous) if previous else ground, until=until, done=done)
    divided = levels[-1].division if levels else None
    base = divided.base if divided else ground.base
    frames, leaf = [], np.full(len(base.atoms), NO_UNIT)
    above_ids: np.ndarray | None = None
    start = 1 if previous is None else int(previous.units.index.max()) + 1
    for units in levels:
        ids = np.array([units.kept.get(i, 0) for i in range(len(units.code))], dtype=np.int64)
        fresh = sorted(np.flatnonzero(ids == 0).tolist(), key=lambda i: (units.code[i], i))
        ids[fresh] = np.arange(start, start + len(fresh))
        frames.append(_rows(units, ids, above_ids))
        has = units.label >= 0
        leaf[has] = ids[units.label[has]]
        above_ids, start = ids, start + len(fresh)
    table = pd.concat(frames).sort_index() if frames else pd.DataFrame(columns=list(UNIT_COLUMNS))
    return Plan(base, ground.scheme, table, leaf)


def _rows(units: LevelUnits, ids: np.ndarray, above_ids: np.ndarray | None) -> pd.DataFrame:
    parent = [int(above_ids[a]) if above_ids is not None and a >= 0 else NO_UNIT for a in units.above]
    return pd.DataFrame(
        {
            "level": units.level.id,
            "parent": parent,
            "code": units.code,
            "name": units.name,
            "kind": units.kind,
            "reason": units.reason,
            "note": "",
            "cure": [units.cure.get(u, ("", 0.0))[0] for u in range(len(ids))],
            "cure_m": [units.cure.get(u, ("", 0.0))[1] for u in range(len(ids))],
            "link_m": [units.link_m.get(u, 0.0) for u in range(len(ids))],
            "valid_from": "",
            "valid_to": "",
        },
        index=pd.Index(ids, name="unit"),
    )
