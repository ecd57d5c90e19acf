"""The columns of a layer: which of ours they are, a few values, a type, and whether codes have a usual length.

Headings decide first (`geogrid.reading.headings`), as they do in a build. Some things only values tell, and they are proposals that the recipe writes
out: a column that is called `community` and holds names, beside one of codes; the only column that could be the code that a level must have; the
only one that says which buildings are homes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geogrid.inspection.report import ColumnReport
from geogrid.reading.headings import recognise_columns
from geogrid.schema import ROLES
from geogrid.scheme_values import HOME_USES

SAMPLES = 3
_LONGEST, _LONGEST_CODE = 40, 24
_SEARCHED = 2000
_USES = 40


@dataclass(frozen=True)
class Chosen:
    """Ours → theirs; `doubtful` as in `Recognised`; `proposed` are the columns of ours that values told, not headings."""

    columns: dict[str, str]
    doubtful: dict[str, tuple[str, ...]]
    proposed: tuple[str, ...] = ()


def choose_columns(role: str, frame: pd.DataFrame, names: Sequence[str], apart: Sequence[str] = (), given: Mapping[str, str] = {}) -> Chosen:
    """Choose the columns that a role takes from a layer; `apart` as in `recognise_columns`, `given` is what people chose."""
    if not role:
        return Chosen({}, {})
    known = recognise_columns(role, names, given, apart)
    columns, doubtful, proposed = dict(known.columns), dict(known.doubtful), []
    for ours, column in ROLES[role].columns.items():
        if ours in given:
            continue
        if column.type == "code" and columns.get(ours) == ours and not _are_codes(frame[ours]):
            other = recognise_columns(role, [name for name in names if name != ours], {}, apart).taken.get(ours)
            if other is not None and _are_codes(frame[other]):
                columns[ours] = other
                proposed.append(ours)
        elif column.required and ours not in columns and ours not in doubtful:
            could = [name for name in names if name not in columns.values() and _could_be_code(frame[name])]
            if len(could) == 1:
                columns[ours] = could[0]
                proposed.append(ours)
            elif could:
                doubtful[ours] = tuple(could)
    if role == "buildings" and "use" not in columns and "use" not in {*doubtful, *given}:
        homes = [name for name in names if name not in columns.values() and _tells_homes(frame[name])]
        columns |= {"use": homes[0]} if len(homes) == 1 else {}
        proposed += ["use"] if len(homes) == 1 else []
    return Chosen({ours: columns[ours] for ours in ROLES[role].columns if ours in columns}, doubtful, tuple(proposed))


def _texts(column: pd.Series) -> list[str]:
    return [text for value in column.head(_SEARCHED).tolist() if (text := value_text(value))]


def _are_codes(column: pd.Series) -> bool:
    """Tell whether values are written as codes are: without Chinese and blanks."""
    texts = _texts(column)
    return bool(texts) and all(text.isascii() and " " not in text for text in texts)


def _could_be_code(column: pd.Series) -> bool:
    """Tell whether every row has a value of its own that is short, has a digit or is all capitals, and is no number with a fraction."""
    texts = [value_text(value) for value in column.tolist()]
    if not texts or not all(texts) or len(set(texts)) < len(texts) or not _are_codes(column):
        return False
    if not all(len(text) <= _LONGEST_CODE and (any(c.isdigit() for c in text) or text.isupper()) for text in texts):
        return False
    return not pd.api.types.is_float_dtype(column) or all(text.isdigit() for text in texts)


def _tells_homes(column: pd.Series) -> bool:
    """Tell whether most values of a column are words for uses that are homes, as OpenStreetMap's `building` has them."""
    texts = _texts(column)
    return 2 * sum(text in HOME_USES for text in texts) > len(texts) and any(not text.isdigit() for text in texts)


def report_columns(frame: pd.DataFrame, used: Mapping[str, str]) -> tuple[ColumnReport, ...]:
    """Return a report of every column but the geometry; `used` maps ours → theirs."""
    ours = {theirs: name for name, theirs in used.items()}
    return tuple(_report(frame[name], str(name), ours.get(str(name), "")) for name in frame.columns if name != "geometry")


def _report(column: pd.Series, name: str, ours: str) -> ColumnReport:
    texts = _texts(column)
    sample = tuple(dict.fromkeys(text[:_LONGEST] for text in texts))[:SAMPLES]
    return ColumnReport(name, ours, sample, _type(column, texts))


def value_text(value: object) -> str:
    """Return a value as a person would write it, "" where it is missing.

    >>> value_text(3.0), value_text(float("nan")), value_text(" 东新 街道")
    ('3', '', '东新 街道')
    """
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
    texts = _texts(column)
    lengths = [len(text) for text in texts if text.isdigit()]
    if not lengths or len(lengths) < 0.9 * len(texts):
        return 0
    usual = max(sorted(set(lengths)), key=lengths.count)
    return usual if lengths.count(usual) >= 0.9 * len(lengths) else 0


def count_values(column: pd.Series) -> tuple[tuple[str, int], ...]:
    """Count the values of a column, the commonest first, at most forty of them."""
    counts = pd.Series([value_text(value) for value in column.tolist()], dtype=object).value_counts(sort=False)
    ranked = sorted(((str(value), int(n)) for value, n in counts.items() if value), key=lambda pair: (-pair[1], pair[0]))
    return tuple(ranked[:_USES])
