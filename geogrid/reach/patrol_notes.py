"""What the figures of patrols rest on, in words: which fixes counted, how sure a share is, what was taken for a street."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geogrid.reach.patrol_fixes import Fixes, Limits

ERRORS_M, EVERY_S = (4.0, 8.0, 15.0), (5.0, 30.0)
SHARE_ERROR = (((0.2, 0.4, 2.4), (1.4, 1.5, 3.7)), ((0.7, 1.4, 3.1), (5.4, 6.2, 7.6)))
"""Mean error of a grid's street share, in points of 100: from … to, by seconds between fixes, by GPS error. Measured on simulated tracks in Lubei
(long straight streets) and Helsinki (short crooked ones), grids with 50 m of streets or more; with a fix every 30 s the share is overstated."""


def patrol_notes(
    fixes: Fixes, limits: Limits, *, far: int, beside: int, has_streets: bool, days: Sequence[int], patrol_m: float
) -> list[dict[str, Any]]:
    """Return notes: `key`, `n` of what it concerns, `en` and `zh`. `days`: on how many days of each week anybody walked."""
    left = fixes.left
    notes = [_used(fixes, limits), _error(fixes)] if len(fixes) else [_note("none", left.get("all", 0), *_NONE)]
    if not has_streets:
        notes.append(_note("no_streets", 0, "There are no streets to walk: only entrances are counted", "没有可走的道路：只计单元门"))
    notes += [
        _note(key, left[key], en.format(n=left[key], **_facts(limits)), zh.format(n=left[key], **_facts(limits)))
        for key, (en, zh) in _LEFT.items()
        if left.get(key)
    ]
    if far:
        notes.append(
            _note("far", far, f"{far:,} fixes lie more than 30 m from any street and walk none", f"{far:,} 个点距任何道路超过 30 米，不计街道")
        )
    if beside:
        en, zh = f"{beside:,} footways that run along a street count as that street", f"{beside:,} 段沿街步道与所沿街道合计"
        notes.append(_note("beside", beside, en, zh))
    if days and days[-1] < 7:
        en, zh = f"The newest week has tracks of {days[-1]} days only", f"最近一周只有 {days[-1]} 天有轨迹"
        notes.append(_note("newest", days[-1], en, zh))
    text = (
        f"An entrance is passed within {patrol_m:g} m of the track; a fix up to 30 m off stands on its street, whose sides and directions are one",
        f"轨迹 {patrol_m:g} 米以内的单元门算经过；偏离 30 米以内的点算在街上，街道不分左右侧、不分方向",
    )
    return [*notes, _note("passed", 0, *text)]


_NONE = "No fix can be used: nothing counts as walked", "没有可用的轨迹点：全部计为未走"
_LEFT = {
    "no_time": ("{n:,} fixes have no time or place", "{n:,} 个点没有时间或位置"),
    "hours": ("{n:,} fixes outside working hours ({hours}) are left out", "{n:,} 个点在工作时间（{hours}）之外，不计"),
    "poor": ("{n:,} fixes worse than {accuracy:g} m are left out", "{n:,} 个点精度差于 {accuracy:g} 米，不计"),
    "no_accuracy": ("{n:,} fixes do not say how exact they are; they are used", "{n:,} 个点没有精度，照用"),
    "twice": ("{n:,} fixes of one moment twice: the most exact counts", "{n:,} 个点时刻重复，取精度最好的"),
    "gaps": ("{n:,} gaps longer than {gap:g} s are not joined", "{n:,} 处间隔超过 {gap:g} 秒，不相连"),
    "jumps": ("{n:,} steps faster than {speed:g} km/h are not joined", "{n:,} 处速度超过 {speed:g} 公里/小时，不相连"),
    "alone": ("{n:,} fixes are joined to no other and walk no street", "{n:,} 个孤立点不计街道"),
}


def clock(minute: int) -> str:
    """Write a minute of the day.

    >>> clock(425)
    '07:05'
    """
    return f"{minute // 60:02d}:{minute % 60:02d}"


def zone(seconds: int) -> str:
    """Write what is ahead of UTC.

    >>> zone(28800), zone(-12600)
    ('+08:00', '-03:30')
    """
    return ("-" if seconds < 0 else "+") + clock(abs(seconds) // 60)


def _facts(limits: Limits) -> Mapping[str, Any]:
    hours = f"{clock(limits.hours[0])}–{clock(limits.hours[1])}, {zone(limits.zone_s)}"
    return {"hours": hours, "accuracy": limits.accuracy_m, "gap": limits.gap_s, "speed": limits.speed_m_s * 3.6}


def _used(fixes: Fixes, limits: Limits) -> dict[str, Any]:
    n, whole, hours = len(fixes), fixes.left.get("all", len(fixes)), _facts(limits)["hours"]
    return _note("used", n, f"{n:,} of {whole:,} fixes count, within {hours}", f"{whole:,} 个轨迹点中有 {n:,} 个计入（{hours}）")


def _error(fixes: Fixes) -> dict[str, Any]:
    told = np.isfinite(fixes.accuracy_m)
    metres = fixes.accuracy_m if told else 8.0
    low, high = (float(np.interp(fixes.every_s, EVERY_S, [np.interp(metres, ERRORS_M, row) for row in table])) for table in SHARE_ERROR)
    presumed, presumed_zh = ("", "") if told else (", presumed", "，为假定")
    facts = f"(GPS error {metres:.0f} m{presumed}, a fix every {fixes.every_s:.0f} s)"
    en = f"A grid's street share is off by {low:.1f} to {high:.1f} points on average {facts}"
    facts_zh = f"（定位误差 {metres:.0f} 米{presumed_zh}，每 {fixes.every_s:.0f} 秒一点）"
    zh = f"网格的街道走到比例平均误差 {low:.1f}–{high:.1f} 个百分点{facts_zh}"
    return {**_note("error", 0, en, zh), "share_error": round(high / 100, 4)}


def _note(key: str, n: int, en: str, zh: str) -> dict[str, Any]:
    return {"key": key, "n": int(n), "en": en, "zh": zh}
