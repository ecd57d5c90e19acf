"""Figures by unit: how much of the streets, doors and public ground some camera sees surely, or at least perhaps.

Shares are null where there is nothing to see (no street, no door): never 0 or 1. Each metre, door and square metre is counted in exactly one unit
of a level, so that the units' figures add up to the district's.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

SUMS = (
    "street_m",
    "street_sure_m",
    "street_perhaps_m",
    "camera_m",
    "entrances",
    "entrances_sure",
    "entrances_perhaps",
    "ground_m2",
    "ground_sure_m2",
    "ground_perhaps_m2",
    "cameras",
)
SHARES = {
    "street_share": ("street_sure_m", "street_m"),
    "street_perhaps_share": ("street_perhaps_m", "street_m"),
    "entrance_share": ("entrances_sure", "entrances"),
    "entrance_perhaps_share": ("entrances_perhaps", "entrances"),
    "ground_share": ("ground_sure_m2", "ground_m2"),
    "ground_perhaps_share": ("ground_perhaps_m2", "ground_m2"),
    "mean_cameras": ("camera_m", "street_m"),
}
COUNTS = ("entrances", "entrances_sure", "entrances_perhaps", "cameras")
COLUMNS = (
    *("level", "code", "street_m", "street_share", "street_perhaps_share", "entrances", "entrance_share", "entrance_perhaps_share"),
    *("ground_m2", "ground_share", "ground_perhaps_share", "cameras", "mean_cameras"),
    *("street_sure_m", "street_perhaps_m", "entrances_sure", "entrances_perhaps", "ground_sure_m2", "ground_perhaps_m2"),
)


def count_units(tallies: list[tuple[pd.DataFrame, dict[str, np.ndarray]]], levels: list[str]) -> tuple[pd.DataFrame, dict[str, float]]:
    """Add up tallies by unit: pairs of codes (a column per level) and figures (names among `SUMS`) of as many rows.

    Returns a frame with `COLUMNS`, ordered by level and code, and the same figures of the district, units or not.
    """
    parts = [pd.DataFrame({**{level: codes[level].to_numpy() for level in levels}, **figures}) for codes, figures in tallies]
    table = pd.concat(parts, ignore_index=True).reindex(columns=[*levels, *SUMS])
    table[list(SUMS)] = table[list(SUMS)].fillna(0.0)
    frames = []
    for level in levels:
        sums = table[table[level] != ""].groupby(level, sort=True)[list(SUMS)].sum()
        frames.append(sums.reset_index(names="code").assign(level=level))
    whole = table[list(SUMS)].sum().to_frame().T
    return _with_shares(pd.concat(frames, ignore_index=True))[list(COLUMNS)], _as_facts(_with_shares(whole))


def _with_shares(sums: pd.DataFrame) -> pd.DataFrame:
    shares = {name: sums[part] / sums[whole].where(sums[whole] > 0) for name, (part, whole) in SHARES.items()}
    sums = sums.assign(**{name: share if name == "mean_cameras" else share.clip(0.0, 1.0) for name, share in shares.items()})
    return sums.astype(dict.fromkeys(COUNTS, "int64"))


def _as_facts(whole: pd.DataFrame) -> dict[str, float]:
    row = whole.iloc[0]
    return {name: int(row[name]) if name in COUNTS else float(row[name]) for name in COLUMNS[2:]}
