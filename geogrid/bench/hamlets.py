"""Villages to measure on: courtyard houses in rows along lanes, hamlets on both banks of a river, a few cut off with hardly a household.

Not taken from `geogrid.simulate`: what judges the program must not come from the program's own numbers.
One tile of TILE_M metres holds one grid of some 300 to 500 households:

    quadrant 2 | quadrant 3        a river runs through every third tile between south and north; there is no way across.
    ~~~~~~~~~~~~~~~~~~~~~~~        Hamlets of one bank are joined by a lane. CUT_OFF_EVERY: so many households for each
    quadrant 0 | quadrant 1        hamlet of 3 … 9 or 16 … 19 households alone on the far bank, which no division can help.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from geogrid.bench.rows import along, in_rows

TILE_M = 900.0
GRID_HOUSEHOLDS = 400
CUT_OFF_EVERY = 8_000  # at most 1 of 640 groups is out of bounds on purpose
HOUSE_SHARES = (0.70, 0.22, 0.08)  # houses of one, two, three households
LANE_M, DEPTH_M = 5.0, 18.0
CROSS_LANE_EVERY = 7  # houses between two lanes that lead from row to row
POND_SHARE = 0.05


@dataclass(frozen=True, eq=False)
class Houses:
    """One entry per house: tile, hamlet, row, x0 x1 (m along its row), centre (m), turn (radians) of its hamlet, households; `near` int (p, 2).

    `bank` is 0 south of the tile's river (or where there is none), 1 north of it. `river` bool: the tile has one.
    """

    tile: np.ndarray
    hamlet: np.ndarray
    row: np.ndarray
    x0: np.ndarray
    x1: np.ndarray
    centre: np.ndarray
    turn: np.ndarray
    households: np.ndarray
    bank: np.ndarray
    river: np.ndarray
    near: np.ndarray


def shares(total: int, rng: np.random.Generator, mean: int = GRID_HOUSEHOLDS) -> np.ndarray:
    """Divide `total` households over grids of mean ± 25 %; int, sums to total."""
    n = max(1, round(total / mean))
    raw = rng.uniform(0.75, 1.25, n)
    edge = np.round(np.r_[0, np.cumsum(raw)] / raw.sum() * total).astype(np.int64)
    return np.diff(edge)


def houses(households: int, seed: int = 0) -> Houses:
    """Return the houses of villages with exactly so many households."""
    rng = np.random.default_rng([seed, 1])
    tile, quadrant, weight, river = _hamlets(households, rng)
    hamlet, share = _filled(weight, rng)
    n, per = len(hamlet), np.bincount(hamlet, minlength=len(weight))
    columns = np.maximum(3, np.round(np.sqrt(per * 1.5)).astype(np.int64))
    place = np.arange(n) - np.repeat(np.cumsum(per) - per, per)
    row, column = place // columns[hamlet], place % columns[hamlet]
    width, gap = rng.uniform(12.0, 17.0, n), np.where(rng.random(n) < POND_SHARE, 16.0, 0.0)
    gap += np.where(column % CROSS_LANE_EVERY == CROSS_LANE_EVERY - 1, LANE_M, 0.0)
    x0 = along(column == 0, width + gap)
    first_of_row = np.cumsum(column == 0) - 1
    x0 = x0 + rng.uniform(0.0, 12.0, first_of_row[-1] + 1)[first_of_row]
    side, face = in_rows(hamlet, row, x0, x0 + width)
    turn = rng.uniform(-0.3, 0.3, len(weight))
    centre = _placed(x0 + width / 2, row * (DEPTH_M + LANE_M) + rng.normal(0.0, 0.8, n), (hamlet, turn, tile, quadrant))
    near = np.concatenate([side, face, _lanes(centre, hamlet, tile, quadrant, river)])
    return Houses(tile[hamlet], hamlet, row, x0, x0 + width, centre, turn[hamlet], share, quadrant[hamlet] // 2, river[tile[hamlet]], near)


def _hamlets(households: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return tile, quadrant and households of each hamlet, and which tiles have a river."""
    total = shares(households, rng)
    river = np.arange(len(total)) % 3 == 0
    rows = []
    cut_off = set(rng.permutation(np.flatnonzero(river))[: households // CUT_OFF_EVERY].tolist())
    for t, share in enumerate(total.tolist()):
        alone = int(rng.choice([3, 5, 7, 8, 9, 16, 17, 18, 19])) if t in cut_off else 0
        spots = (0, 1) if alone else tuple(rng.permutation(4)[: rng.integers(2, 5)].tolist())
        parts = np.diff(np.round(np.linspace(0, 1, len(spots) + 1) * (share - alone)).astype(int)).tolist()
        for spot, part in [*zip(sorted(spots), parts, strict=True), *([(3, alone)] if alone else [])]:
            rows.append((t, spot, part))
    tile, quadrant, weight = np.array(rows).T
    return tile, quadrant, weight, river


def _filled(weight: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the hamlet and households of each house, so that every hamlet has its number of households exactly."""
    hamlet, share = [], []
    for h, total in enumerate(weight.tolist()):
        drawn = rng.choice(3, total, p=HOUSE_SHARES) + 1
        run = np.cumsum(drawn)
        last = int(np.searchsorted(run, total))
        drawn[last] -= run[last] - total
        hamlet.append(np.full(last + 1, h))
        share.append(drawn[: last + 1])
    return np.concatenate(hamlet), np.concatenate(share)


def _placed(x: np.ndarray, y: np.ndarray, where: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    """Return centres (n, 2): each hamlet turned about its own corner and set into its quadrant of its tile."""
    hamlet, turn, tile, quadrant = where
    cos, sin = np.cos(turn)[hamlet], np.sin(turn)[hamlet]
    side = int(np.ceil(np.sqrt(tile.max() + 1)))
    east = tile % side * TILE_M + quadrant % 2 * TILE_M * 0.48 + 60.0
    north = tile // side * TILE_M + quadrant // 2 * TILE_M * 0.52 + 60.0
    return np.round(np.column_stack([east[hamlet] + x * cos - y * sin, north[hamlet] + x * sin + y * cos]), 3)


def _lanes(centre: np.ndarray, hamlet: np.ndarray, tile: np.ndarray, quadrant: np.ndarray, river: np.ndarray) -> np.ndarray:
    """Join each hamlet to the one before it in its tile, house to nearest house, unless the river lies between."""
    edge = np.searchsorted(hamlet, np.arange(len(tile) + 1))
    out = []
    for h in range(1, len(tile)):
        same_bank = quadrant[h] // 2 == quadrant[h - 1] // 2
        if tile[h] == tile[h - 1] and (same_bank or not river[tile[h]]):
            ours, theirs = centre[edge[h] : edge[h + 1]], centre[edge[h - 1] : edge[h]]
            far, which = cKDTree(theirs).query(ours)
            out.append((edge[h - 1] + which[far.argmin()], edge[h] + far.argmin()))
    return np.array(out, np.int64).reshape(-1, 2)
