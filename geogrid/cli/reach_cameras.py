"""The part of `geogrid reach` on cameras: what is surely seen, perhaps, and not; the worst units; over-reach; where the next ones help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from geogrid.cli.columns import per_cent, table_lines
from geogrid.cli.reach_told import WORST, Ask, Told, found_lines, found_rows, listed_levels, named, note_lines, plain_row, plain_rows, unit_level

if TYPE_CHECKING:
    import geopandas as gpd

    from geogrid.pipeline.reach_cameras import CameraReach
    from geogrid.store import Project

SEEN = (
    ("street", "street_m", "街道", "streets"),
    ("entrance", "entrances", "单元门", "entrances"),
    ("ground", "ground_m2", "公共地面", "public ground"),
)
"""What is seen: the stem of its shares, the column of its whole, its words."""
LEAST_STREET_M = 100.0
"""A unit with less street is not named among the worst."""


def tell_cameras(project: Project, ask: Ask) -> Told:
    """Answer for the cameras of a project that are not secret."""
    from geogrid.exchange.reach_layers import camera_layers
    from geogrid.pipeline.reach_cameras import reach_cameras

    reach = reach_cameras(project)
    document = _document(project, reach, ask)
    return Told(document, _lines(project, document, ask), lambda: camera_layers(reach))


def _document(project: Project, reach: CameraReach, ask: Ask) -> dict[str, Any]:
    """Return the figures: the same that are printed."""
    units, level = reach.camera_units, unit_level(project, ask.level)
    listed = listed_levels(project, ask.level) if ask.wants_units else [level]
    status = reach.cameras["status"].value_counts().sort_index()
    blind = reach.blind_streets
    return {
        "cameras": len(reach.cameras),
        "status": {str(name): int(n) for name, n in status.items() if name},
        "totals": plain_row(reach.whole),
        "blind_streets": {"n": len(blind), "length_m": round(float(blind.length.sum()), 1)},
        "blind_entrances": len(reach.blind_entrances),
        "over_reach": _counted(reach.over_reach),
        "level": level,
        "worst": plain_rows(_worst(units[units["level"] == level])),
        **({"units": plain_rows(units[units["level"].isin(listed)])} if ask.wants_units else {}),
        "findings": found_rows(reach.findings, project.scheme.severity),
        "notes": list(reach.notes),
        **({"best": _best(reach.next_cameras(ask.best, ptz=ask.ptz))} if ask.best else {}),
    }


def _counted(over: pd.DataFrame) -> dict[str, int]:
    return {str(what): int(n) for what, n in over["what"].value_counts().sort_index().items()}


def _worst(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the units of which least street is surely seen, of those the ones with most street; a few metres of street are no street."""
    rows = rows[rows["street_m"] >= LEAST_STREET_M]
    return rows.sort_values(["street_share", "street_m", "code"], ascending=[True, False, True], kind="stable").head(WORST)


def _best(found: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return where the next cameras would see most of what is blind, and what no choice of as many could exceed."""
    from geogrid.crs import to_wgs84

    degrees = to_wgs84(found)
    sites = degrees.assign(lon=degrees.geometry.x.round(6), lat=degrees.geometry.y.round(6))
    return {**{name: round(float(found.attrs[name]), 1) for name in ("bound_m", "blind_m")}, "sites": plain_rows(sites)}


def _lines(project: Project, document: Mapping[str, Any], ask: Ask) -> list[str]:
    zh, totals = ask.lang == "zh", document["totals"]
    lines = [answer_seen(totals, "street", document["cameras"], zh), "", *_table(totals, zh), "", *_worst_lines(project, document, zh)]
    if document["over_reach"]:
        lines += ["", _over_reach(document["over_reach"], zh)]
    if "best" in document:
        lines += ["", *_best_lines(document["best"], ask.ptz, zh)]
    return [*lines, *found_lines(document["findings"], ask.lang), *note_lines(document["notes"], ask.lang)]


def answer_seen(totals: Mapping[str, Any], stem: str, cameras: int, zh: bool) -> str:
    """Say how much of the streets (entrances, ground) no camera sees: the answer comes first."""
    whole, name_zh, name_en = next(words for key, *words in SEEN if key == stem)
    sure, perhaps = totals[f"{stem}_share"], totals[f"{stem}_perhaps_share"]
    if sure is None or sure != sure:
        return f"没有可以计算的{name_zh}" if zh else f"there are no {name_en} to be seen"
    of, blind, between = _amount(stem, totals[whole], zh), per_cent(1 - perhaps), per_cent(perhaps - sure)
    if zh:
        return f"摄像机看不到的{name_zh}：{blind}（共 {of}，{cameras:,} 个摄像机）；另有 {between} 不能确定"
    return f"{name_en} that no camera sees: {blind} of {of} ({cameras:,} cameras); {between} more are unsure"


def _amount(stem: str, value: float, zh: bool) -> str:
    if stem == "street":
        return f"{value / 1000:,.1f} {'公里' if zh else 'km'}"
    if stem == "ground":
        return f"{value / 1e6:,.2f} {'平方公里' if zh else 'km²'}"
    return f"{value:,.0f}"


def _table(totals: Mapping[str, Any], zh: bool) -> list[str]:
    """Return what is surely seen, perhaps, and not, of each thing."""
    heads = ["", "一定看得到", "可能看得到", "看不到", "共"] if zh else ["", "surely seen", "perhaps", "not seen", "of"]
    rows = []
    for stem, whole, name_zh, name_en in SEEN:
        sure, perhaps = totals[f"{stem}_share"], totals[f"{stem}_perhaps_share"]
        known = sure is not None
        shares = [sure, perhaps - sure if known else None, 1 - perhaps if known else None]
        rows.append([name_zh if zh else name_en, *map(per_cent, shares), _amount(stem, totals[whole], zh)])
    return table_lines(heads, rows)


def _worst_lines(project: Project, document: Mapping[str, Any], zh: bool) -> list[str]:
    """Return the units of which least street is seen."""
    if not document["worst"]:
        return ["没有街道可以计算" if zh else "there are no streets to be seen"]
    level = project.scheme.level(document["level"]).name.say("zh" if zh else "en")
    title = f"街道一定看得到最少的{level}：" if zh else f"least street surely seen, by {level}"
    heads = ["编码", "名称", "摄像机", "一定", "至多", "街道"] if zh else ["code", "name", "cameras", "surely", "at most", "streets"]
    cells = [
        [
            row["code"],
            named(project, document["level"], row["code"]),
            f"{row['cameras']:,.0f}",
            per_cent(row["street_share"]),
            per_cent(row["street_perhaps_share"]),
            _amount("street", row["street_m"], zh),
        ]
        for row in document["worst"]
    ]
    return [title, *table_lines(heads, cells, texts=2)]


_OVER = {
    "prohibited": ("看进禁止安装的场所", "into a prohibited place"),
    "facade": ("正对住宅立面", "at dwellings' façades"),
    "faces_prohibited": ("正对禁止场所的立面", "at the façade of a prohibited place"),
}


def _over_reach(counts: Mapping[str, int], zh: bool) -> str:
    said = [f"{_OVER.get(what, (what, what))[0 if zh else 1]} {n:,}" for what, n in counts.items()]
    return f"越界（799 号令）：{'、'.join(said)}" if zh else f"over-reach (Decree 799): {', '.join(said)}"


def _best_lines(best: Mapping[str, Any], ptz: str, zh: bool) -> list[str]:
    """Return where new cameras would see most, each with what it adds, then what no choice of as many could exceed."""
    heads = ["#", "经度", "纬度", "方向", "新增", "累计"] if zh else ["#", "lon", "lat", "direction", "gains", "in all"]
    metres = "米" if zh else "m"
    rows = [
        [
            str(row["rank"]),
            f"{row['lon']:.6f}",
            f"{row['lat']:.6f}",
            "–" if row["direction_deg"] is None else f"{row['direction_deg']:g}°",
            f"{row['gain_m']:,.0f} {metres}",
            f"{row['total_m']:,.0f} {metres}",
        ]
        for row in best["sites"]
    ]
    title = (
        f"新增 {len(rows)} 个摄像机（PTZ 类型 {ptz}）放在这里，看到的盲街最多："
        if zh
        else f"{len(rows)} more cameras (type {ptz}) would see most here:"
    )
    most, blind = f"{best['bound_m']:,.0f}", f"{best['blind_m']:,.0f}"
    sure = f"任何同样多的位置至多看到 {most} 米（盲街共 {blind} 米）" if zh else f"no choice of as many sees more than {most} of {blind} m"
    return [title, *table_lines(heads, rows), sure] if rows else ["没有可以再看到的街道" if zh else "no camera would see more"]
