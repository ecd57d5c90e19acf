"""Columns of frames as offices give them: numbers and texts of any row, also where the column is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd


def numbers_of(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column as float (n,), NaN where there is no number, or no such column.

    >>> numbers_of(pd.DataFrame({"floors": ["3", "x"]}), "floors").tolist(), numbers_of(pd.DataFrame(index=[0]), "floors").tolist()
    ([3.0, nan], [nan])
    """
    if column not in frame:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def texts_of(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column as texts without blanks round them, object (n,), "" where there is none, or no such column.

    >>> texts_of(pd.DataFrame({"use": [" 住宅", None]}), "use").tolist()
    ['住宅', '']
    """
    if column not in frame:
        return np.full(len(frame), "", dtype=object)
    return frame[column].fillna("").astype(str).str.strip().to_numpy(dtype=object)
