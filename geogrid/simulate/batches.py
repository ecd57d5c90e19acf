"""Buildings before they have numbers: dicts of equal-length arrays per lot, joined into one table at the end."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

COLUMNS = {
    "lot": np.int64,
    "x": float,
    "y": float,
    "length_m": float,
    "width_m": float,
    "template": object,
    "floors": np.int64,
    "kind": object,
    "stairs": np.int64,
    "flats": float,
    "angle": float,
}
Batch = dict[str, np.ndarray]


def make_batch(lot: int, xy: np.ndarray, kind: str, angle: float, **columns: object) -> Batch:
    """Return the buildings of one lot at world coordinates `xy` (n, 2); `columns` are arrays or one value for all."""
    given = {"lot": lot, "x": xy[:, 0], "y": xy[:, 1], "kind": kind, "angle": angle, "stairs": 1, "flats": 0.0, **columns}
    return {name: np.broadcast_to(np.asarray(given[name], dtype=dtype), len(xy)) for name, dtype in COLUMNS.items()}


def join(batches: Iterable[Batch]) -> pd.DataFrame:
    """Join batches into one table with the columns of COLUMNS."""
    all_of = list(batches)
    return pd.DataFrame({name: np.concatenate([b[name] for b in all_of]) if all_of else np.array([], dtype) for name, dtype in COLUMNS.items()})
