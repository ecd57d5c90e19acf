"""The pages of `geogrid map` on reach: the words and figures of `geogrid reach`, and what the map draws of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geogrid.cli.columns import per_cent
from geogrid.cli.reach_cameras import LEAST_STREET_M, SEEN, answer_seen
from geogrid.cli.reach_stations import amount, answer_served
from geogrid.cli.reach_told import named, unit_level

if TYPE_CHECKING:
    from geogrid.maps import ReachPage, View
    from geogrid.pipeline.reach_cameras import CameraReach
    from geogrid.pipeline.reach_stations import StationReach
    from geogrid.store import Project

STEPS = (0.0, 0.1, 0.25, 0.5, 0.75)
"""Upper limits of the tints' classes, but the last."""
_STREET_M, _REGION_M = 0.5, 1.0
"""How far lines and regions may be off on pages that carry all of a district."""
_TITLES = {"stations": ("站点服务", "Stations"), "cameras": ("摄像覆盖", "Cameras")}


def write_reach_pages(project: Project, out: Path, lang: str) -> list[Path]:
    """Write stations.html and cameras.html into `out`, beside the pages of `write_offline`, as far as the project has stations and cameras."""
    from geogrid.maps import write_reach_page

    makers = {"stations": _stations_page, "cameras": _cameras_page}
    pages = [make(project, lang) for role, make in makers.items() if role in project.site_roles]
    links = [(page.file, page.title) for page in pages]
    return [write_reach_page(project, out, page, lang=lang, others=[link for link in links if link[0] != page.file]) for page in pages]


def reach_links(project: Project, lang: str) -> list[tuple[str, str]]:
    """Return file and title of the pages that there will be."""
    return [(f"{role}.html", title[0 if lang == "zh" else 1]) for role, title in _TITLES.items() if role in project.site_roles]


def _stations_page(project: Project, lang: str) -> ReachPage:
    from geogrid.maps import ReachPage, Switch
    from geogrid.pipeline.reach_stations import reach_stations

    zh, reach = lang == "zh", reach_stations(project)
    level = _shown_level(project)
    kinds = {kind.key: kind.name.zh if zh else kind.name.en for kind in reach.kinds}
    walks, names = _walks(reach)
    minutes = list(reach.minutes)
    return ReachPage(
        file="stations.html",
        title=_TITLES["stations"][0 if zh else 1],
        level=level,
        sites="stations",
        heads=("名称", "没有", "已服务") if zh else ("name", "without", "served"),
        switches=(
            Switch("类别" if zh else "Kind", list(kinds.items())),
            Switch("步行分钟" if zh else "Minutes' walk", [(f"{each:g}", f"{each:g}") for each in minutes]),
        ),
        views=_station_views(project, reach, kinds, level, zh),
        first=f"{next(iter(kinds), '')}|{sorted(minutes)[len(minutes) // 2]:g}",
        steps=STEPS,
        hue="#d55e00",
        notes=[note[lang] for note in reach.notes],
        legend=[("unserved", "步行时间内没有站点" if zh else "no station within the walk")],
        data={"homes": _homes(reach), "walks": walks, "names": names},
    )


def _station_views(project: Project, reach: StationReach, kinds: Mapping[str, str], level: str, zh: bool) -> dict[str, View]:
    """Return a view for each kind and time, the units where most are missing first."""
    from geogrid.maps import View

    units, totals = reach.station_units(), reach.totals()
    units = units[units["level"] == level]
    units = units.assign(missing=units["total"] - units["served"])
    units = units.sort_values(["missing", "code"], ascending=[False, True], kind="stable")
    views = {}
    for place, (key, name) in enumerate(kinds.items()):
        for minutes in reach.minutes:
            rows = units[(units["kind"] == key) & (units["minutes"] == minutes)]
            whole = totals[(totals["kind"] == key) & (totals["minutes"] == minutes)].iloc[0]
            told = [
                (row.code, named(project, level, row.code) or row.code, amount(row.missing, row.what, zh), per_cent(row.served_share))
                for row in rows.itertuples()
            ]
            answer = answer_served(whole.to_dict(), name, zh)
            views[f"{key}|{minutes:g}"] = View(answer, told, _missing(rows["served_share"]), {"walks": place, "limit": minutes, "kind": key})
    return views


def _missing(share: pd.Series) -> list[float | None]:
    """Return what is missing of each share, None where nobody knows."""
    return [None if value != value else round(1 - value, 4) for value in share.astype(float)]


def _homes(reach: StationReach) -> dict[str, Any]:
    """Return the places of the demand with what is counted at each: households, or hectares of land."""
    import shapely

    from geogrid.maps.project import to_crs

    places, place = reach.demand.places
    at = shapely.get_coordinates(to_crs(shapely.points(places), reach.crs, "EPSG:4326")).round(6)
    counted = np.bincount(place, reach.demand.weight, len(places))
    n = counted.astype(int) if reach.demand.what == "households" else (counted / 10_000).round(2)
    return {"x": at[:, 0].tolist(), "y": at[:, 1].tolist(), "n": n.tolist(), "what": reach.demand.what}


def _walks(reach: StationReach) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the walk from each place to the nearest station of each kind, and the stations' names."""
    places, place = reach.demand.places
    first = np.full(len(places), -1)
    first[place[::-1]] = np.arange(len(place))[::-1]
    parts = []
    for kind in reach.kinds:
        walk = reach.walks(kind.key)
        minutes = [round(value, 1) if np.isfinite(value) else None for value in walk.walk_min[first].tolist()]
        parts.append({"minutes": minutes, "station": walk.station[first].tolist()})
    frame = reach.stations.frame
    given = frame["name"].fillna("").astype(str).tolist() if "name" in frame else [""] * len(frame)
    return parts, [name or str(code) for name, code in zip(given, reach.stations.id, strict=True)]


def _cameras_page(project: Project, lang: str) -> ReachPage:
    from geogrid.maps import ReachPage, Switch
    from geogrid.pipeline.reach_cameras import reach_cameras

    zh, reach = lang == "zh", reach_cameras(project)
    level = _shown_level(project)
    names = {stem: words_zh if zh else words_en for stem, _, words_zh, words_en in SEEN}
    seen = (("sure", "一定看得到", "surely seen"), ("perhaps", "可能看得到", "perhaps"), ("blind", "看不到", "not seen"))
    return ReachPage(
        file="cameras.html",
        title=_TITLES["cameras"][0 if zh else 1],
        level=level,
        sites="cameras",
        heads=("名称", "看不到", "一定") if zh else ("name", "not seen", "surely"),
        switches=(Switch("看什么" if zh else "Of", list(names.items())),),
        views=_camera_views(project, reach, level, zh),
        first="street",
        steps=STEPS,
        hue="#7a1230",
        notes=[note[lang] for note in reach.notes],
        legend=[(key, words_zh if zh else words_en) for key, words_zh, words_en in seen],
        data={"seen": _seen(reach)},
    )


def _camera_views(project: Project, reach: CameraReach, level: str, zh: bool) -> dict[str, View]:
    from geogrid.maps import View

    units = reach.camera_units[reach.camera_units["level"] == level]
    views = {}
    for stem, *_ in SEEN:
        is_little = units["street_m"] < LEAST_STREET_M if stem == "street" else False
        rows = units.assign(is_little=is_little).sort_values(["is_little", f"{stem}_perhaps_share", "code"], kind="stable")
        told = [
            (
                row["code"],
                named(project, level, row["code"]) or row["code"],
                per_cent(1 - row[f"{stem}_perhaps_share"]),
                per_cent(row[f"{stem}_share"]),
            )
            for row in rows.to_dict("records")
        ]
        views[stem] = View(answer_seen(reach.whole, stem, len(reach.cameras), zh), told, _missing(rows[f"{stem}_perhaps_share"]))
    return views


def _seen(reach: CameraReach) -> dict[str, Any]:
    """Return the columns that the map draws: streets by class, blind ones alone for the whole district, regions."""
    from geogrid.maps.seen import region_columns, street_columns

    streets = reach.streets.set_geometry(reach.streets.geometry.simplify(_STREET_M))
    parts: dict[str, Sequence[Any]] = {"streets": [street_columns(streets)], "blind": [street_columns(streets[streets["class"] == "blind"])]}
    for name in ("regions", "perhaps"):
        frame = getattr(reach, name)
        parts[name] = [region_columns(frame.set_geometry(frame.geometry.simplify(_REGION_M)))]
    return parts


def _shown_level(project: Project) -> str:
    """Return the level that a page of the whole district tints: one that it draws."""
    from geogrid.maps.project import is_fine

    level = unit_level(project, "")
    return level if not is_fine(project, level) else next(each for each in reversed(project.levels) if not is_fine(project, each))
