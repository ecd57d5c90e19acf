"""Changes that follow each other as one: first before, last after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geogrid.edit.change import Change
from geogrid.edit.state import Unit


def merged(changes: Sequence[Change]) -> Change:
    """Return the one change that several lead to, made on grounds that only grew between them; what comes back to where it was is left out."""
    if len(changes) == 1:
        return changes[0]
    leaf: dict[int, tuple[int, int]] = {}
    units: dict[int, tuple[Unit | None, Unit | None]] = {}
    for change in changes:
        for position, before, after in zip(change.positions.tolist(), change.before.tolist(), change.after.tolist(), strict=True):
            leaf[position] = (leaf.get(position, (before, 0))[0], after)
        for old, new in change.units:
            number = _id(old, new)
            units[number] = (units.get(number, (old, None))[0], new)
    moved = np.array([(p, *leaf[p]) for p in sorted(leaf) if leaf[p][0] != leaf[p][1]], dtype=np.int64).reshape(-1, 3)
    pairs = tuple(units[i] for i in sorted(units) if units[i][0] != units[i][1])
    forth = dict(pair for change in changes for pair in change.lineage)
    back = dict(pair for change in reversed(changes) for pair in change.lineage_back)
    return Change(moved[:, 0], moved[:, 1].astype(np.int32), moved[:, 2].astype(np.int32), pairs, tuple(forth.items()), tuple(back.items()))


def _id(old: Unit | None, new: Unit | None) -> int:
    unit = new or old
    assert unit is not None
    return unit.id
