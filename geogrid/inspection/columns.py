"""The columns of a layer as people want to see them: a few values, a type, and whether the layer's codes have a usual length."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geogrid.inspection.report import ColumnReport

SAMPLES = 3
_LONGEST = 40
_SEARCHED = 2000


def report_columns(frame: pd.DataFrame, used: dict[str, str]) -> tuple[ColumnReport, ...]:
    """Return a report of every column but the geometry; `used` maps ours → theirs."""
    ours = {theirs: name for name, theirs in used.items()}
    return tuple(_report(frame[name], str(name), ours.get(str(name), "")) for name in frame.columns if name != "geometry")


def _report(column: pd.Series, name: str, ours: str) -> ColumnReport:
    texts = [text for value in column.head(_SEARCHED).tolist() if (text := value_text(value))]
    sample = tuple(dict.fromkeys(text[:_LONGEST] for text in texts))[:SAMPLES]
    return ColumnReport(name, ours, sample, _type(column, texts))


def value_text(value: object) -> str:
    """Return a value as a person would write it, "" where it is missing."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return " ".join(str(value).split())


def _type(column: pd.Series, texts: list[str]) -> str:
    if not texts:
        return "empty"
    if pd.api.types.is_bool_dtype(column):
        return "flag"
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(numbers).all() or any(len(text) > 1 and text.startswith("0") and text.isdigit() for text in texts):
        return "text"
    return "whole" if (numbers == np.floor(numbers)).all() else "number"


def code_digits(column: pd.Series) -> int:
    """Return the length that nearly all codes of a column have, if they are all digits; else 0."""
    texts = [text for value in column.head(_SEARCHED).tolist() if (text := value_text(value))]
    lengths = [len(text) for text in texts if text.isdigit()]
    if not lengths or len(lengths) < 0.9 * len(texts):
        return 0
    usual = max(sorted(set(lengths)), key=lengths.count)
    return usual if lengths.count(usual) >= 0.9 * len(lengths) else 0
