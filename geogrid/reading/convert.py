"""Values as the schema wants them, column by column; what does not fit is a fault of its row, never a guess.

Codes keep their zeros and never come out of a number that lost digits; a count is whole; `nan`, `1_000`, full-width digits and units are no numbers.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geogrid.declared import read_amount
from geogrid.errors import InputError
from geogrid.reading.happenings import parse_states, parse_whens
from geogrid.reading.moments import parse_moments
from geogrid.reading.raw import Fault
from geogrid.reading.text import CONTROLS
from geogrid.schema import COMPASS_DEG, Column

MAX_TEXT = 32_767
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_SCIENTIFIC = r"[+-]?[0-9]+(?:[.,][0-9]+ ?[eE] ?[+-]?|[eE]\+?)[0-9]+"
_YES = frozenset(["1", "1.0", "true", "yes", "y", "t", "是", "有", "真"])
_NO = frozenset(["0", "0.0", "false", "no", "n", "f", "否", "无", "没有", "假"])
_OPEN = frozenset(["长期", "长期有效", "永久", "至今", "open"])
"""What offices write for an end that nobody has set."""
_EXACT = 10**15


@dataclass(frozen=True)
class Converted:
    """A column's values in its canonical type (float64, bool or str), its faults; how many texts lost invisible characters, how many say no zone."""

    values: np.ndarray
    faults: list[Fault] = field(default_factory=list)
    cleaned_n: int = 0
    local_n: int = 0


def convert(series: pd.Series, name: str, column: Column, zone_s: int = 0) -> Converted:
    """Convert one column of a raw frame (index = rows). Faulty values come out as missing. `zone_s`: of times that say no zone."""
    if column.type == "number":
        return _numbers(series, name, column)
    texts, faults = _texts(series, name, strict=column.type in ("code", "compass"))
    texts, cleaned_n = _clean(texts)
    if column.type in ("flag", "presence"):
        return _flags(texts, series.index, name, column.type == "flag")
    if column.type == "compass":
        return _compass(texts, series.index, name)
    if column.type == "moment":
        return _moments(texts, series.index, name, zone_s)
    if column.type == "dated":
        return _dates(texts, series.index, name, zone_s)
    if column.type == "when":
        return _whens(texts, series.index, name, zone_s)
    if column.type == "state":
        return _states(texts, series.index, name)
    if column.type == "amount":
        return _amounts(texts, series.index, name)
    long = [i for i, text in enumerate(texts) if len(text) > MAX_TEXT] if max(map(len, texts), default=0) > MAX_TEXT else []
    faults += [_fault(series.index[i], name, texts[i][:40] + "…", f"has over {MAX_TEXT} characters", f"超过 {MAX_TEXT} 个字符") for i in long]
    return Converted(np.array(texts, dtype=object), faults, cleaned_n)


def _numbers(series: pd.Series, name: str, column: Column) -> Converted:
    values, bad = _parsed(series)
    faults = [_fault(series.index[i], name, series.iloc[i], "is not a number", "不是数字") for i in np.flatnonzero(bad)]
    infinite = np.isinf(values)
    beyond = ~infinite & ((values < column.low) | (values > column.high))
    broken = ~infinite & ~beyond & (values != np.floor(values)) & ~np.isnan(values) if column.whole else np.zeros(len(values), bool)
    low, high = f"{column.low:g}", f"{column.high:g}"
    for mask, reason, reason_zh in (
        (infinite, "is not a finite number", "不是有限的数"),
        (beyond, f"lies outside {low} … {high}", f"不在 {low} … {high} 之内"),
        (broken, "is not a whole number", "不是整数"),
    ):
        faults += [_fault(series.index[i], name, series.iloc[i], reason, reason_zh) for i in np.flatnonzero(mask)]
    return Converted(np.where(infinite | beyond | broken, np.nan, values), faults)


def _parsed(series: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return float64 values, NaN where missing, and where something stands that is no number."""
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        return series.to_numpy(dtype="float64", na_value=np.nan), np.zeros(len(series), bool)
    texts = pd.Series(["" if _is_missing(v) else str(v).strip() for v in series.tolist()], dtype=object)
    fits = texts.str.fullmatch(_NUMBER).to_numpy(dtype=bool) if len(texts) else np.zeros(0, bool)
    values = np.full(len(texts), np.nan)
    values[fits] = texts[fits].astype("float64")
    return values, ~fits & (texts != "").to_numpy()


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def _texts(series: pd.Series, name: str, *, strict: bool) -> tuple[list[str], list[Fault]]:
    """Return plain words, "" where missing. `strict`: a number that lost digits, or in scientific notation, is a fault."""
    if pd.api.types.is_integer_dtype(series) and not series.hasnans:
        return [str(v) for v in series.tolist()], []
    if isinstance(series.dtype, pd.StringDtype):
        raw = texts = [text.strip() for text in series.fillna("").tolist()]
    else:
        raw = series.tolist()
        texts = ["" if _is_missing(v) else v.strip() if isinstance(v, str) else _number_text(v) for v in raw]
    if not strict:
        return texts, []
    lost = [i for i, v in enumerate(raw) if isinstance(v, float) and abs(v) >= _EXACT]
    faults = [
        _fault(series.index[i], name, texts[i], "is a number that lost digits; the cell must be text", "是丢失了位数的数字，单元格应为文本")
        for i in lost
    ]
    suspects = [i for i, text in enumerate(texts) if "E" in text or "e" in text or "Ｅ" in text or "ｅ" in text]
    if suspects:
        found = pd.Series([unicodedata.normalize("NFKC", texts[i]) for i in suspects], dtype=object).str.fullmatch(_SCIENTIFIC)
        reason, reason_zh = "is a code in scientific notation; the cell must be text", "是科学计数法的编码，单元格应为文本"
        known = set(lost)
        faults += [
            _fault(series.index[i], name, texts[i], reason, reason_zh) for i, hit in zip(suspects, found, strict=True) if hit and i not in known
        ]
    return texts, faults


def _number_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return str(value)


def _clean(texts: list[str]) -> tuple[list[str], int]:
    """Take out invisible and control characters and compose accents (NFC); most columns need neither and are only looked at."""
    whole = "\n".join(texts)
    if whole.isascii() and whole.isprintable():
        return texts, 0
    cleaned_n = 0
    if CONTROLS.search(whole):
        stripped = [CONTROLS.sub("", text).strip() for text in texts]
        cleaned_n = sum(a != b for a, b in zip(texts, stripped, strict=True))
        texts = stripped
    if not unicodedata.is_normalized("NFC", whole):
        texts = [unicodedata.normalize("NFC", text) for text in texts]
    return texts, cleaned_n


def _flags(texts: list[str], rows: pd.Index, name: str, strict: bool) -> Converted:
    folded = [text.casefold() for text in texts]
    known = {word: (word in _YES) for word in _YES | _NO | {""}}
    values = np.array([known.get(word, True) for word in folded], dtype=bool)
    unknown = [i for i, word in enumerate(folded) if word not in known] if strict else []
    return Converted(values, [_fault(rows[i], name, texts[i], "is neither yes nor no", "不是“是”或“否”") for i in unknown])


def _compass(texts: list[str], rows: pd.Index, name: str) -> Converted:
    values = np.array([COMPASS_DEG.get(text.casefold(), np.nan) for text in texts], dtype="float64")
    unknown = [i for i, text in enumerate(texts) if text and np.isnan(values[i])]
    reason, reason_zh = "is no direction: 1 … 8, 东 … 西北 or E … NW", "不是方向：应为 1 … 8、东 … 西北 或 E … NW"
    return Converted(values, [_fault(rows[i], name, texts[i], reason, reason_zh) for i in unknown])


def _moments(texts: list[str], rows: pd.Index, name: str, zone_s: int) -> Converted:
    """Seconds since 1970 in UTC; a row without a moment is of no use."""
    seconds, bad, local_n = parse_moments(texts, zone_s)
    faults = [
        _fault(rows[i], name, texts[i], "is no day with a time of day, or its zone is none", "不是日期加时刻，或时区有误")
        for i in np.flatnonzero(bad)
    ]
    faults += [_fault(rows[i], name, "", "has no time", "没有时间") for i, text in enumerate(texts) if not text]
    return Converted(seconds, faults, 0, local_n)


def _whens(texts: list[str], rows: pd.Index, name: str, zone_s: int) -> Converted:
    """Keep times and days as ISO text; nothing is no fault."""
    values, bad, local_n = parse_whens(texts, zone_s)
    reason, reason_zh = "is neither a day nor a time", "既不是日期也不是时间"
    return Converted(values, [_fault(rows[i], name, texts[i], reason, reason_zh) for i in np.flatnonzero(bad)], 0, local_n)


def _states(texts: list[str], rows: pd.Index, name: str) -> Converted:
    values, bad = parse_states(texts)
    reason, reason_zh = "is no state: write closed or open, 已办结 or 办理中", "不是已知的状态：应写 已办结、办理中 或 closed、open"
    return Converted(values, [_fault(rows[i], name, texts[i], reason, reason_zh) for i in np.flatnonzero(bad)])


def _dates(texts: list[str], rows: pd.Index, name: str, zone_s: int) -> Converted:
    """Days and moments from or to which something holds, as ISO writes them; what is neither is a fault of its row."""
    values, bad, local_n = parse_whens(["" if text.casefold() in _OPEN else text for text in texts], zone_s, years=(1900, 9999))
    reason, reason_zh = (
        "is neither a day like 2026-03-01 nor a moment like 2026-03-01 08:00",
        "不是 2026-03-01 这样的日期，也不是 2026-03-01 08:00 这样的时刻",
    )
    return Converted(values, [_fault(rows[i], name, texts[i], reason, reason_zh) for i in np.flatnonzero(bad)], 0, local_n)


def _amounts(texts: list[str], rows: pd.Index, name: str) -> Converted:
    """Keep figures as they are written; one that nobody can read is a fault of its row."""
    faults = []
    for row, text in zip(rows, texts, strict=True):
        try:
            read_amount(text)
        except InputError as error:
            faults.append(_fault(row, name, text, error.message, error.message_zh))
    return Converted(np.array(texts, dtype=object), faults)


def _fault(row: object, name: str, value: object, reason: str, reason_zh: str) -> Fault:
    return Fault(int(row), reason, reason_zh, name, str(value)[:80])  # type: ignore[call-overload]
