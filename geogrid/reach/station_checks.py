"""Are the stations of a kind where they should be? One per unit, every community reached, all five directions, a hub for its spokes.

A check is plain data, ready for JSON: `check` (its name), `kind`, `minutes` (None where no walk is meant), `level`, `is_fine`, `n` faults `of` so
many, the `units` (codes) at fault, the worst first, and the sentence `en` and `zh`; then what is its own. What does not apply is not listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geogrid.reach.demand import HOUSEHOLDS
from geogrid.reach.directions import directions, median
from geogrid.reach.hubs import hubs
from geogrid.reach.radiate import FROM_OUTSIDE, INSIDE, NOT, radiated
from geogrid.reach.station_kinds import Kind
from geogrid.reach.walking import nearest
from geogrid.scheme import Text
from geogrid.scheme_values import place_level
from geogrid.sites import find_missing

if TYPE_CHECKING:
    from geogrid.reach.station_reach import StationReach

ONE_PER_UNIT, RADIATED, FIVE_DIRECTIONS, HUB_AND_SPOKES = "one_per_unit", "radiated", "five_directions", "hub_and_spokes"
ZONE_NAMES = {
    "east": Text("东", "east"),
    "south": Text("南", "south"),
    "west": Text("西", "west"),
    "north": Text("北", "north"),
    "centre": Text("中", "centre"),
}


def checks_of(reach: StationReach, kind: Kind, minutes: float) -> list[dict[str, Any]]:
    """Return the checks of a kind that apply."""
    made = (_one_per_unit(reach, kind), _radiated(reach, kind, minutes), _five_directions(reach, kind), _hub_and_spokes(reach, kind, minutes))
    return [check for check in made if check]


def _check(
    name: str, kind: Kind, minutes: float | None, level: str, faults: list[str], of: int, said: tuple[str, str], **facts: Any
) -> dict[str, Any]:
    told = {"check": name, "kind": kind.key, "minutes": minutes, "level": level, "is_fine": not faults, "n": len(faults), "of": of, "units": faults}
    return {**told, "en": said[0], "zh": said[1], **facts}


def _one_per_unit(reach: StationReach, kind: Kind) -> dict[str, Any] | None:
    """Check that each unit of the scheme's level has one."""
    site = reach.plan.scheme.stations.get(kind.key)
    if site is None or not site.one_per:
        return None
    found = find_missing(reach.stations.frame.assign(kind=reach.stations.kind), reach.plan)
    missing = sorted(one.units[0] for one in found if (one.facts["kind"], one.facts["kind_zh"]) == (site.name.en, site.name.zh))
    level, units = reach.plan.scheme.level(site.one_per).name, reach.plan.frame(site.one_per)
    of = int((units["valid_to"] == "").sum())
    en, zh = f"{kind.name.en}: each of the {of:,} {level.en} units has one", f"{of:,} 个{level.zh}都有{kind.name.zh}"
    if missing:
        en = f"{kind.name.en}: {len(missing):,} of {of:,} {level.en} units have none"
        zh = f"{of:,} 个{level.zh}中有 {len(missing):,} 个没有{kind.name.zh}"
    return _check(ONE_PER_UNIT, kind, None, site.one_per, missing, of, (en, zh))


def community_level(reach: StationReach) -> str:
    """Return the level of which each unit is to be reached: communities, or what stands for them in the scheme."""
    ids = [level.id for level in reach.plan.scheme.levels]
    return place_level(ids)


def _radiated(reach: StationReach, kind: Kind, minutes: float) -> dict[str, Any] | None:
    """Check that each community is reached within the walk, or each unit of the level and within the minutes that the scheme says."""
    asked = reach.plan.scheme.stations.get(kind.key)
    level = asked.radiates if asked and asked.radiates else community_level(reach)
    minutes = asked.minutes if asked and asked.minutes else minutes
    stations = reach.stations.frame[level].to_numpy()[reach.stations.rows_of(kind.key)] if level in reach.stations.frame else np.empty(0, object)
    table = radiated(reach.demand.codes[level].to_numpy(), reach.demand.weight, reach.walks(kind.key).walk_min, stations, minutes=minutes)
    if table.empty:
        return None
    count = table["status"].value_counts()
    inside, outside, missed = (int(count.get(status, 0)) for status in (INSIDE, FROM_OUTSIDE, NOT))
    strict = int((table["strict_status"] != NOT).sum())
    of, name = len(table), reach.plan.scheme.level(level).name
    what, what_zh = ("households", "住户") if reach.demand.what == HOUSEHOLDS else ("land", "用地")
    en = (
        f"{kind.name.en}: {inside + outside:,} of {of:,} {name.en} units are reached within {minutes:g} minutes (half of their {what} or more), "
        f"{inside:,} of them from inside, {outside:,} from outside; {strict:,} by nine tenths"
    )
    zh = (
        f"{kind.name.zh} {minutes:g} 分钟步行辐射 {of:,} 个{name.zh}中的 {inside + outside:,} 个（半数以上{what_zh}可达）："
        f"本{name.zh}内 {inside:,} 个，由外面辐射 {outside:,} 个；按九成{what_zh}计为 {strict:,} 个"
    )
    lost = table[table["status"] == NOT].sort_values(["share", "code"], kind="stable")["code"].tolist()
    return _check(RADIATED, kind, minutes, level, lost, of, (en, zh), inside=inside, from_outside=outside, not_reached=missed, strict=strict)


def _five_directions(reach: StationReach, kind: Kind) -> dict[str, Any] | None:
    """Check that there is a station in each direction in which people live; of a scheme that asks it of some kinds, only of these."""
    asking = {key for key, site in reach.plan.scheme.stations.items() if site.directions}
    if asking and kind.key not in asking:
        return None
    found = directions(reach.demand.xy, reach.demand.weight, reach.stations.xy[reach.stations.rows_of(kind.key)])
    wanted = [zone for zone in found.zones if zone.applies]
    if not wanted:
        return None
    empty = [zone.key for zone in wanted if zone.is_empty]
    live, live_zh = ("where people live", "住户所在") if reach.demand.what == HOUSEHOLDS else ("the land", "用地")
    listed = [(ZONE_NAMES[zone.key], len(zone.stations)) for zone in wanted]
    en, zh = ", ".join(f"{name.en} {n:,}" for name, n in listed), "、".join(f"{name.zh} {n:,}" for name, n in listed)
    if empty:
        none = ", ".join(ZONE_NAMES[key].en for key in empty), "、".join(ZONE_NAMES[key].zh for key in empty)
        said = f"{kind.name.en}: none in the {none[0]} of {live} ({en})", f"{live_zh}的{none[1]}部没有{kind.name.zh}（{zh}）"
    else:
        said = f"{kind.name.en}: in all directions of {live} ({en})", f"{kind.name.zh}覆盖各个方位（{zh}）"
    zones = [
        {"zone": zone.key, "share": round(zone.share, 4), "stations": len(zone.stations), "applies": zone.applies, "is_empty": zone.is_empty}
        for zone in found.zones
    ]
    where = {"x": round(found.x, 2), "y": round(found.y, 2), "radius_m": round(found.radius_m, 1)}
    return _check(FIVE_DIRECTIONS, kind, None, "", [], len(wanted), said, zones=zones, empty=empty, **where) | {"is_fine": not empty, "n": len(empty)}


def _hub_and_spokes(reach: StationReach, kind: Kind, minutes: float) -> dict[str, Any] | None:
    """Check that each community can walk to a hub of its street; without any station marked as a hub there is nothing to check."""
    level, frame = community_level(reach), reach.stations.frame
    above = [one.id for one in reach.plan.scheme.levels][: reach.plan.scheme.depth(level)][-1:]
    rows = reach.stations.rows_of(kind.key)
    is_hub = frame["hub"].eq(True).fillna(False).to_numpy(dtype=bool)[rows] if "hub" in frame else np.zeros(len(rows), bool)
    if not above or not is_hub.any():
        return None
    centres = _places(reach, rows[is_hub], above[0])
    spokes = _spokes(reach, rows[~is_hub], level, above[0])
    table = hubs(spokes, centres, lambda a, b: _walked(reach, a, b))
    far = table[~(table["walk_m"] <= reach.limit_m(minutes))]
    lone = sorted(set(spokes["parent"]) - set(centres["parent"]))
    name, street = reach.plan.scheme.level(level).name, reach.plan.scheme.level(above[0]).name
    of, near, mean = len(table), len(table) - len(far), table["walk_m"].mean()
    en = f"{kind.name.en}: {len(centres):,} hubs, {near:,} of {of:,} {name.en} centres within {minutes:g} minutes of theirs"
    zh = f"{kind.name.zh}：{len(centres):,} 个枢纽；{of:,} 个{name.zh}中心有 {near:,} 个在 {minutes:g} 分钟内到达本{street.zh}枢纽"
    if np.isfinite(mean):
        en, zh = f"{en}, mean walk {mean:,.0f} m", f"{zh}，平均步行 {mean:,.0f} 米"
    if lone:
        en, zh = f"{en}; {len(lone):,} {street.en} units have none", f"{zh}；{len(lone):,} 个{street.zh}没有枢纽"
    units = far.sort_values(["walk_m", "code"], ascending=[False, True], na_position="first")["code"].tolist()
    facts = {"without_hub": lone, "spokes": table.astype(object).where(table.notna(), None).to_dict("records")}
    return _check(HUB_AND_SPOKES, kind, minutes, level, units, of, (en, zh), **facts)


def _places(reach: StationReach, rows: np.ndarray, level: str) -> pd.DataFrame:
    parent = reach.stations.frame[level].to_numpy(dtype=object)[rows]
    return pd.DataFrame({"id": reach.stations.id[rows], "parent": parent, "x": reach.stations.xy[rows, 0], "y": reach.stations.xy[rows, 1]})


def _spokes(reach: StationReach, rows: np.ndarray, level: str, above: str) -> pd.DataFrame:
    """The centre of each community: its own station of the kind, the first by id, else the middle of its homes."""
    demand = reach.demand
    codes = demand.codes[level].to_numpy(dtype=object)
    own = _places(reach, rows, level).drop_duplicates("parent").set_index("parent")
    found = []
    for code, at in demand.codes[demand.codes[level] != ""].groupby(level, sort=True)[above].first().items():
        is_in = codes == code
        x, y = own.loc[code, ["x", "y"]] if code in own.index else median(demand.xy[is_in], demand.weight[is_in].astype(float))
        found.append({"code": code, "parent": at, "x": x, "y": y})
    return pd.DataFrame(found, columns=["code", "parent", "x", "y"])


def _walked(reach: StationReach, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    pairs = nearest(reach.ground, a, b, k=len(b))
    metres = np.full((len(a), len(b)), np.inf)
    metres[pairs.demand, pairs.station] = pairs.walk_m
    return metres
