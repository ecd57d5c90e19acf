"""Times and states of events as offices write them: a time becomes ISO 8601 text in the zone of the recipe, a state "open" or "closed".

A day without a time of day stays a day: many offices write no more. What is neither is a fault of its row, never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from geogrid.reading.moments import parse_day, parse_moments

OPEN, CLOSED = "open", "closed"
_CLOSED = (
    "closed close done finished resolved completed complete settled 1 已办结 办结 办毕 已办 已办理 已完成 完成 完结 已完结 已结案 结案 已结"
    " 已处理 处理完毕 已处置 处置完毕 已解决 解决 已关闭 关闭 已归档 归档 已整改 整改完成 已核销 已销号 销号 已回访 是"
)
_OPEN = (
    "open new pending assigned accepted reported reopened waiting in_progress 0 未办结 未办 未完成 未完结 未结案 未结 未处理 未处置 未解决"
    " 未关闭 未整改 办理中 处理中 处置中 解决中 整改中 进行中 待办 待办理 待处理 待处置 待受理 待派单 待核实 已上报 上报 已受理 受理"
    " 受理中 已派单 派单 已派遣 已转办 转办 已立案 立案 核实中 挂起 新建 在办 否"
)
STATES: dict[str, str] = {**dict.fromkeys(_CLOSED.split(), CLOSED), **dict.fromkeys(_OPEN.split(), OPEN), "": ""}
"""What a state may be called, folded (`fold_state`), and what that means; nothing says nothing."""
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00)?(\.0+)?$")
"""How a spreadsheet writes a day: as its midnight."""


def fold_state(text: str) -> str:
    """Return a state as `STATES` lists it.

    >>> fold_state(" In progress "), fold_state("［已办结］")
    ('in_progress', '已办结')
    """
    return re.sub(r"[\s-]+", "_", unicodedata.normalize("NFKC", text).strip(" []【】()").casefold())


def parse_states(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return "open", "closed" or "" for each text, object (n,), and where something stands that is no state, bool (n,).

    >>> parse_states(["已办结", "处理中", "maybe", ""])[0].tolist()
    ['closed', 'open', '', '']
    """
    means = {text: STATES.get(fold_state(text)) for text in set(texts)}
    return np.array([means[text] or "" for text in texts], dtype=object), np.array([means[text] is None for text in texts], dtype=bool)


def parse_whens(texts: Sequence[str], zone_s: int, *, years: tuple[int, int] = (2000, 2099)) -> tuple[np.ndarray, np.ndarray, int]:
    """Return times as ISO text, object (n,), "" where there are none; where something stands that is no time, bool (n,); and how many say no zone.

    A day of a year outside `years` (both included) is none; moments lie in 2000 to 2099.

    >>> parse_whens(["2026/3/2 8:05", "2026年3月2日", "20260302", "noon", ""], 28800)[0].tolist()
    ['2026-03-02T08:05:00+08:00', '2026-03-02', '2026-03-02', '', '']
    """
    days = [_day_of(text, years) for text in texts]
    seconds, bad, local_n = parse_moments(["" if day else text for day, text in zip(days, texts, strict=True)], zone_s)
    zone = f"{'-' if zone_s < 0 else '+'}{abs(zone_s) // 3600:02d}:{abs(zone_s) // 60 % 60:02d}"
    local = np.where(np.isnan(seconds), 0, np.floor(seconds) + zone_s).astype("int64").astype("datetime64[s]")
    told = np.datetime_as_string(local, unit="s") if len(texts) else np.array([], dtype=str)
    out = [day or ("" if none else f"{text}{zone}") for day, none, text in zip(days, np.isnan(seconds), told, strict=True)]
    return np.array(out, dtype=object), bad, local_n


def _day_of(text: str, years: tuple[int, int]) -> str:
    """Return a text that is a day as ISO, "" where it is none."""
    day = parse_day(_MIDNIGHT.sub("", text.strip()))
    return day.isoformat() if day and years[0] <= day.year <= years[1] else ""


def closed_early(times: Sequence[str], closed: Sequence[str]) -> np.ndarray:
    """Tell which events were closed before they happened, bool (n,); a day is compared as a day, what is missing with nothing."""
    pairs = zip(times, closed, strict=True)
    shortest = [(a[: min(len(a), len(b))], b[: min(len(a), len(b))]) for a, b in pairs]
    return np.array([bool(a) and b < a for a, b in shortest], dtype=bool)
