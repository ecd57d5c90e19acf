"""The part of `geogrid reach` on stations: homes without a station of a kind within a walk, the worst units, where the next ones would do most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geogrid.cli.columns import per_cent, table_lines
from geogrid.cli.reach_told import WORST, Ask, Told, found_lines, found_rows, listed_levels, named, note_lines, plain_rows, unit_level
from geogrid.errors import NotFoundError

if TYPE_CHECKING:
    import pandas as pd

    from geogrid.pipeline.reach_stations import StationReach
    from geogrid.store import Project


def tell_stations(project: Project, ask: Ask) -> Told:
    """Answer for the kinds and minutes that are asked, else for all of the project and its scheme; raises NotFoundError for an unknown kind."""
    from geogrid.exchange.reach_layers import station_layers
    from geogrid.pipeline.reach_stations import reach_stations

    reach = reach_stations(project)
    kinds = _kinds(reach, ask.kinds)
    minutes = ask.minutes or tuple(reach.minutes)
    document = _document(project, reach, kinds, minutes, ask)
    return Told(document, _lines(project, document, ask), lambda: station_layers(reach, list(kinds), minutes))


def _kinds(reach: StationReach, asked: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return the kinds that are asked for, by key: `name_zh`, `name_en`, `n` stations."""
    known = {
        key: {"name_zh": name.zh if key else "未分类站点", "name_en": name.en if key else "station of no kind", "n": n}
        for key, name, n in reach.kinds
    }
    for key in asked:
        if key not in known:
            message = f"no station is of the kind {key!r}; there are: {', '.join(known)}"
            raise NotFoundError(message, f"没有 {key!r} 类站点；可用：{'、'.join(known)}", value=key, known=list(known))
    return {key: known[key] for key in asked or known}


def _document(project: Project, reach: StationReach, kinds: Mapping[str, Any], minutes: Sequence[float], ask: Ask) -> dict[str, Any]:
    """Return the figures: the same that are printed."""
    units = reach.station_units(minutes)
    units = units[units["kind"].isin(list(kinds))]
    level = unit_level(project, ask.level)
    listed = listed_levels(project, ask.level) if ask.wants_units else [level]
    totals = reach.totals(minutes)
    return {
        "method": reach.method,
        "what": reach.demand.what,
        "kinds": [{"kind": key, **about} for key, about in kinds.items()],
        "minutes": list(minutes),
        "totals": plain_rows(totals[totals["kind"].isin(list(kinds))]),
        "level": level,
        "worst": {key: plain_rows(_worst(units, level, key, _middle(minutes))) for key in kinds},
        **({"units": plain_rows(units[units["level"].isin(listed)])} if ask.wants_units else {}),
        "checks": getattr(reach, "checks", {}),
        "findings": found_rows(getattr(reach, "findings", [])),
        "notes": list(reach.notes),
    }


def _middle(minutes: Sequence[float]) -> float:
    """Return the time that sentences speak of: the middle one."""
    return sorted(minutes)[len(minutes) // 2]


def _worst(units: pd.DataFrame, level: str, kind: str, minutes: float) -> pd.DataFrame:
    """Return the units of a level with the smallest share served, of those the ones where most lack it; none where all are served."""
    rows = units[(units["level"] == level) & (units["kind"] == kind) & (units["minutes"] == minutes) & (units["served"] < units["total"])]
    rows = rows.assign(missing=rows["total"] - rows["served"])
    return rows.sort_values(["served_share", "missing", "code"], ascending=[True, False, True], kind="stable").head(WORST)


def _lines(project: Project, document: Mapping[str, Any], ask: Ask) -> list[str]:
    zh = ask.lang == "zh"
    walks = {(row["kind"], row["minutes"]): row for row in document["totals"]}
    middle = _middle(document["minutes"])
    lines = [
        answer_served(walks[kind["kind"], middle], kind["name_zh" if zh else "name_en"], zh)
        for kind in document["kinds"]
        if (kind["kind"], middle) in walks
    ]
    lines += ["", *_table(document, walks, zh)]
    for kind in document["kinds"]:
        lines += _worst_lines(project, document, kind, middle, zh)
    lines += found_lines(document["findings"], ask.lang)
    return [*lines, *note_lines(document["notes"], ask.lang)]


def amount(value: float, what: str, zh: bool) -> str:
    """Write households, or land where there are none.

    >>> amount(35405, "households", True), amount(2_600_000, "land", False)
    ('35,405 户', '2.60 km²')
    """
    if what == "households":
        return f"{value:,.0f} 户" if zh else f"{value:,.0f} households"
    return f"{value / 1e6:,.2f} 平方公里" if zh else f"{value / 1e6:,.2f} km²"


def answer_served(row: Mapping[str, Any], name: str, zh: bool) -> str:
    """Say who has no station of a kind within the walk: the answer comes first."""
    missing, total = row["total"] - row["served"], row["total"]
    share = per_cent(missing / total if total else None)
    left, whole = (amount(value, row["what"], zh) for value in (missing, total))
    if zh:
        return f"{row['minutes']:g} 分钟内没有{name}：{left}，{share}（共 {whole}）"
    return f"no {name} within {row['minutes']:g} minutes: {left}, {share} of {whole}"


def _table(document: Mapping[str, Any], walks: Mapping[tuple[str, float], Mapping[str, Any]], zh: bool) -> list[str]:
    """Return the served share by kind and minutes."""
    heads = ["已服务" if zh else "served", "个数" if zh else "stations", *(f"{each:g} {'分钟' if zh else 'min'}" for each in document["minutes"])]
    heads += ["平均步行" if zh else "mean walk", "最远" if zh else "farthest"]
    rows = []
    for kind in document["kinds"]:
        found = [walks.get((kind["kind"], each)) for each in document["minutes"]]
        last = found[-1] or {}
        walked = [f"{last[name]:,.0f} {'米' if zh else 'm'}" if last.get(name) is not None else "–" for name in ("mean_walk_m", "worst_walk_m")]
        shares = [per_cent(row["served_share"] if row else None) for row in found]
        rows.append([kind["name_zh" if zh else "name_en"], f"{kind['n']:,}", *shares, *walked])
    return table_lines(heads, rows)


def _worst_lines(project: Project, document: Mapping[str, Any], kind: Mapping[str, Any], minutes: float, zh: bool) -> list[str]:
    """Return the units where least is served."""
    rows = document["worst"][kind["kind"]]
    if not rows:
        return []
    lang, name = ("zh", kind["name_zh"]) if zh else ("en", kind["name_en"])
    level = project.scheme.level(document["level"]).name.say(lang)
    title = f"{name}（{minutes:g} 分钟）服务最少的{level}：" if zh else f"{name}, {minutes:g} minutes: least served by {level}"
    heads = [
        "编码" if zh else "code",
        "名称" if zh else "name",
        "已服务" if zh else "served",
        "没有" if zh else "without",
        "最近" if zh else "nearest",
    ]
    cells = [
        [
            row["code"],
            named(project, document["level"], row["code"]),
            per_cent(row["served_share"]),
            amount(row["missing"], row["what"], zh),
            row["nearest"] or "–",
        ]
        for row in rows
    ]
    return ["", title, *table_lines(heads, cells, texts=2)]
