"""Codes of the units of one level, in reading order of the places where their people live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geogrid.codes import issue
from geogrid.scheme import Level

if TYPE_CHECKING:
    from geogrid.generate.levels import Ground, LevelUnits

NONE = -1


def issue_codes(ground: Ground, level: Level, label: np.ndarray, above_numbers: list[int], above: LevelUnits | None) -> list[str]:
    """Issue codes in each parent, in reading order of the units' middles; without a code rule, 1, 2, … over the whole level."""
    n = len(above_numbers)
    middle = _middles(ground, label, n)
    codes = [""] * n
    groups: dict[int, list[int]] = {}
    for unit in np.lexsort((np.arange(n), middle[:, 2])):  # stacked units share a place: the lower floors come first
        groups.setdefault(above_numbers[unit] if level.code and above else NONE, []).append(int(unit))
    for parent, members in groups.items():
        prefix = above.code[parent] if above and parent >= 0 else ""
        for unit, code in zip(members, issue(prefix, middle[members, :2], level.code), strict=True):
            codes[unit] = code
    return codes


def _middles(ground: Ground, label: np.ndarray, n: int) -> np.ndarray:
    """Where each unit's people live: mean x, y (to 1 cm) and floor, (n, 3); the middle of its land where nobody does."""
    atoms, mesh, cell = ground.base.atoms, ground.mesh, ground.base.cell_position
    weight = atoms["households"].to_numpy() + 1e-9 * mesh.area_m2[cell]
    ok = label >= 0
    total = np.maximum(np.bincount(label[ok], weight[ok], minlength=n), 1e-12)
    parts = [mesh.xy[cell, 0], mesh.xy[cell, 1], atoms["floor_from"].to_numpy()]
    sums = [np.bincount(label[ok], (weight * part)[ok], minlength=n) / total for part in parts]
    return np.round(np.column_stack(sums), 2)
