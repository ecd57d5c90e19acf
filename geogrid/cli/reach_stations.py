"""The part of `geogrid reach` on stations: homes without a station of a kind within a walk, the worst units, where the next ones would do most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geogrid.cli.columns import per_cent, table_lines
from geogrid.cli.reach_told import WORST, Ask, Told, found_lines, found_rows, listed_levels, named, note_lines, plain_rows, unit_level
from geogrid.errors import NotFoundError

if TYPE_CHECKING:
    import pandas as pd

    from geogrid.pipeline.reach_stations import StationReach
    from geogrid.reach.next_sites import NextSites
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
        "checks": [check for check in reach.checked(minutes=_middle(minutes)) if check["kind"] in kinds],
        "capacity": _capacity(reach, kinds),
        "findings": found_rows(reach.findings, project.scheme.severity),
        "notes": [note for note in reach.notes if note.get("kind") in (None, *kinds)],
        **({"best": _best(reach.best(next(iter(kinds)), _middle(minutes), ask.best))} if ask.best else {}),
    }


def _middle(minutes: Sequence[float]) -> float:
    """Return the time that sentences speak of: the middle one."""
    return sorted(minutes)[len(minutes) // 2]


def _worst(units: pd.DataFrame, level: str, kind: str, minutes: float) -> pd.DataFrame:
    """Return the units of a level with the smallest share served, of those the ones where most lack it; none where all are served."""
    rows = units[(units["level"] == level) & (units["kind"] == kind) & (units["minutes"] == minutes) & (units["served"] < units["total"])]
    rows = rows.assign(missing=rows["total"] - rows["served"])
    return rows.sort_values(["served_share", "missing", "code"], ascending=[True, False, True], kind="stable").head(WORST)


def _capacity(reach: StationReach, kinds: Iterable[str]) -> list[dict[str, Any]]:
    """Return who finds no place where a kind's stations say how many they take: households left over, stations that are full."""
    rooms = [room for room in (reach.capacity(kind) for kind in kinds) if room is not None]
    return [
        {
            "kind": room.kind,
            "minutes": room.minutes,
            "left_over": int(room.left_over.sum()),
            "full": int((room.stations["load"] >= room.stations["room"]).sum()),
            "overload": round(float(room.stations["overload"].sum()), 1),
            "households_per_place": round(room.households_per_place, 2),
            "note": {"en": room.note["en"], "zh": room.note["zh"]},
        }
        for room in rooms
    ]


def _best(found: NextSites) -> dict[str, Any]:
    """Return where the next stations of a kind would serve most, and what the solver says of its answer."""
    from geogrid.crs import to_wgs84

    siting, degrees = found.siting, to_wgs84(found.sites)
    places = degrees.assign(lon=degrees.geometry.x.round(6), lat=degrees.geometry.y.round(6))
    return {
        "kind": found.kind,
        "minutes": found.minutes,
        "what": found.what,
        "status": siting.status,
        "gap": round(float(siting.gap), 6),
        "why": siting.why,
        **{name: round(float(getattr(siting, name)), 1) for name in ("bound", "before", "covered", "total")},
        "candidates": len(found.candidates),
        "uncoverable": round(float(found.uncoverable), 1),
        "sites": plain_rows(places),
        **found.said,
    }


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
    lines += _check_lines(document, ask.lang)
    if "best" in document:
        lines += ["", *best_lines(document["best"], zh)]
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


def _check_lines(document: Mapping[str, Any], lang: str) -> list[str]:
    """Return whether stations are where they should be, a line for each check, and who finds no place."""
    zh = lang == "zh"
    names = {kind["kind"]: kind["name_zh" if zh else "name_en"] for kind in document["kinds"]}
    lines = [f"{'✓' if check['is_fine'] else '✗'} {check[lang]}" for check in document["checks"]]
    for room in document["capacity"]:
        left, full = f"{room['left_over']:,}", f"{room['full']:,}"
        said = f"{names[room['kind']]}：{room['minutes']:g} 分钟内的站点都满员，没有位置的 {left} 户（{full} 个站点满员）"
        said_en = f"{names[room['kind']]}: {left} households find every station within {room['minutes']:g} minutes full ({full} stations are)"
        lines.append(f"{'✓' if not room['left_over'] else '✗'} {said if zh else said_en}")
    return ["", *lines] if lines else []


def best_lines(best: Mapping[str, Any], zh: bool) -> list[str]:
    """Return where new stations would serve most, each with what it adds, then how sure that is."""
    heads = ["#", "经度", "纬度", "新增", "累计"] if zh else ["#", "lon", "lat", "gains", "served then"]
    rows = [
        [str(row["place"]), f"{row['lon']:.6f}", f"{row['lat']:.6f}", amount(row["gained"], best["what"], zh), per_cent(row["share"])]
        for row in best["sites"]
    ]
    n = len(rows)
    title = f"新增 {n} 个站点放在这里，服务最多：" if zh else f"{n} more here would serve most:"
    return [*([title, *table_lines(heads, rows)] if rows else []), best["zh" if zh else "en"]]
