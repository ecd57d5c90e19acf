"""A hub and its spokes (1→N): each street's centre and the walks to it from the centres of the street's communities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

Walk = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Metres (a, b) between places (a, 2) and (b, 2), infinite where there is no path."""


def hubs(spokes: pd.DataFrame, centres: pd.DataFrame, walk: Walk) -> pd.DataFrame:
    """Return one row a spoke: code, parent, hub (id of its street's nearest centre, "" none), walk_m, nearer (another street's id), nearer_m.

    `spokes`: code, parent, x, y, one row a community's centre; `centres`: id, parent, x, y, one row a hub. A spoke whose street has no hub that can
    be walked to has walk_m NaN; `nearer` is a hub of another street that is nearer than its own ("" and NaN where there is none).
    """
    metres = np.full((len(spokes), len(centres)), np.inf)
    if metres.size:
        metres = walk(spokes[["x", "y"]].to_numpy(float), centres[["x", "y"]].to_numpy(float))
    own = spokes["parent"].to_numpy()[:, None] == centres["parent"].to_numpy()[None, :]
    hub, walk_m = _nearest(np.where(own, metres, np.inf), centres)
    nearer, nearer_m = _nearest(np.where(own, np.inf, metres), centres)
    closer = np.nan_to_num(nearer_m, nan=np.inf) < np.nan_to_num(walk_m, nan=np.inf)
    return pd.DataFrame(
        {
            "code": spokes["code"].to_numpy(),
            "parent": spokes["parent"].to_numpy(),
            "hub": hub,
            "walk_m": walk_m,
            "nearer": np.where(closer, nearer, ""),
            "nearer_m": np.where(closer, nearer_m, np.nan),
        }
    )


def _nearest(metres: np.ndarray, centres: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return (id, metres) of the nearest centre of each row of (a, b), the first of equals; ("", NaN) where there is no path to any."""
    if not metres.shape[1]:
        return np.full(len(metres), "", dtype=object), np.full(len(metres), np.nan)
    best = metres.argmin(axis=1)
    least = metres[np.arange(len(metres)), best]
    there = np.isfinite(least)
    return np.where(there, centres["id"].to_numpy(dtype=object)[best], ""), np.where(there, least, np.nan)
