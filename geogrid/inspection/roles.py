"""Which role a layer could play: by its geometry, its name, its headings, its number of rows and the length of its codes.

The score only orders proposals: people confirm or change the role. Where two roles have the same claim, none is proposed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from geogrid.inspection.report import RoleGuess
from geogrid.reading.heading_words import HEADINGS
from geogrid.reading.headings import fold, named_levels, recognise
from geogrid.schema import ROLES

LEAST = 0.3
"""Below this score a role is named among others but not proposed."""
_WORDS: dict[str, str] = {
    "district": "district districts outline boundary city county 区界 区县 行政区 外轮廓 边界 范围 县界 市界 全区 辖区",
    "streets": "street streets subdistrict subdistricts town towns township townships 街道 乡镇 镇街 街镇",
    "communities": "community communities neighborhood neighborhoods neighbourhood neighbourhoods village villages 社区 村居 居委会 村",
    "grids": "grid grids 网格 wg",
    "microgrids": "microgrid microgrids 微网格 微格 wwg",
    "compounds": "compound compounds estate estates 小区 院落",
    "buildings": "building buildings footprint footprints parcel parcels house houses 楼栋 楼宇 建筑 建筑物 房屋 宗地 楼幢 jzw",
    "entrances": "entrance entrances doorway doorways 单元门 楼门 单元 出入口 门洞",
    "households": "household households 住户 户籍 家庭 居民 户",
    "roads": "road roads highway highways street streets 道路 路网 主干路 路 街",
    "railways": "rail rails railway railways 铁路 轨道",
    "water": "water waters river rivers lake lakes canal canals stream streams hydro 水系 河流 水域 河道 河 湖",
    "walls": "wall walls fence fences 围墙 围栏 院墙",
    "green": "green greens park parks 绿地 公园 绿化",
    "stations": "station stations service services facility facilities 站点 驿站 服务站 设施 服务点 照料中心 服务中心 养老 公厕 站",
    "cameras": "camera cameras cctv surveillance 摄像 摄像机 摄像头 监控 探头",
    "prohibited": "prohibited forbidden 禁设 禁设点",
    "staff": "staff 人员 网格员 队伍",
    "organisations": "organisation organisations organization organizations 机构 组织",
    "memberships": "membership memberships 任职",
    "workplaces": "workplace workplaces company companies 单位 企业",
    "overlays": "overlay overlays 应急编组",
    "events": "event events 事件 案件 工单",
    "patrols": "patrol patrols 巡查 巡逻 轨迹",
    "declared": "declared 申报 上报数",
}
WORDS: dict[str, frozenset[str]] = {role: frozenset(words.split()) for role, words in _WORDS.items()}
"""What files and layers of each role are called; English words as whole words, Chinese ones anywhere in the name."""
_GENERIC = frozenset(["id", "name", "kind", "code", "parent", "address", "lon", "lat", "x", "y", "time", "class"])
_NAMELESS = re.compile(r"(sheet|工作表|表|table|layer|图层|ogrgeojson|features?|data|数据)[\s_-]*\d*", re.IGNORECASE)
"""Names that programs give to layers: they say nothing, so that the file's name counts as the layer's."""
_OF_BUILDINGS = frozenset(["floors", "use", "height_m"])
_NEEDED = {"memberships": frozenset(["member", "target"]), "overlays": frozenset(["target", "action"])}
"""Without these, dates from and to, or a post, tell of no such table: organisations and staff have them too."""
_CODE_DIGITS = {6: "district", 9: "streets", 12: "communities", 15: "grids", 18: "microgrids"}
_BARRIERS = ("roads", "railways", "water", "walls", "green")


def guess_roles(layer: str, stem: str, geometry: str, names: Sequence[str], rows: int, code_digits: int = 0) -> list[RoleGuess]:
    """Rank the roles that a layer could play, the likeliest first.

    `stem` is the file's name without ending, `geometry` one of area, line, point, any, none; `code_digits` the usual length of its codes of digits.
    """
    layer = stem if _NAMELESS.fullmatch(layer.strip()) else layer
    named = _named(layer) if layer else {}
    file_named = _named(stem) if stem != layer else {}
    levels = named_levels(names)
    made = []
    for order, role in enumerate(ROLES):
        fits = _fits(role, geometry)
        if not fits:
            continue
        by_name = max(named.get(role, 0.0), 0.5 * file_named.get(role, 0.0))
        by_values = float(ROLES[role].area_role and _CODE_DIGITS.get(code_digits) == role)
        score = 0.55 * by_name + 0.4 * _heading_score(role, names, levels) + 0.1 * by_values
        if role == "district":
            score = score + 0.25 if rows == 1 else 0.3 * score if rows > 3 else score
        made.append((-round(min(score, 1.0) * fits, 3), order, role))
    return [RoleGuess(role, -score) for score, _, role in sorted(made) if score <= -0.1]


def propose(guesses: Sequence[RoleGuess]) -> str:
    """Return the role to propose: the likeliest, if enough speaks for it and no other has the same claim; else ""."""
    if not guesses or guesses[0].score < LEAST:
        return ""
    return "" if len(guesses) > 1 and guesses[1].score == guesses[0].score else guesses[0].role


def first_of_roles(layers: Sequence[tuple[str, float]]) -> list[int]:
    """Return the positions of the layers that a recipe takes, in their order: of those with one role the likeliest, the first of equals.

    >>> first_of_roles([("grids", 0.9), ("", 0.0), ("grids", 0.95), ("roads", 0.5)])
    [2, 3]
    """
    best: dict[str, int] = {}
    for i, (role, score) in enumerate(layers):
        if role and (role not in best or score > layers[best[role]][1]):
            best[role] = i
    return sorted(best.values())


def _fits(role: str, geometry: str) -> float:
    """Tell how well the kind of geometry suits a role, 0 … 1."""
    wanted = ROLES[role].geometry
    if wanted == "none" or (ROLES[role].place_optional and geometry == "none"):
        return {"none": 1.0, "point": 0.7}.get(geometry, 0.0)
    if wanted == "any":
        return {"line": 1.0, "area": 0.8, "any": 0.9}.get(geometry, 0.0)
    if wanted == "point":
        return {"point": 1.0, "area": 0.4, "any": 0.3}.get(geometry, 0.0)
    return {"area": 1.0, "any": 0.6}.get(geometry, 0.0)


def _named(name: str) -> dict[str, float]:
    """Score roles by the words of a name. The last word is what a name is about: 社区网格 are grids; a name of two kinds of barrier is of neither."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold()
    ends: dict[str, tuple[int, int]] = {}
    for role, words in WORDS.items():
        for word in words:
            pattern = rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
            for found in re.finditer(pattern, plain):
                ends[role] = max(ends.get(role, (-1, 0)), (found.end(), len(word)))
    if not ends:
        return {}
    last = max(ends.values())
    best = [role for role, end in ends.items() if end == last]
    mixed = sum(role in _BARRIERS for role in ends) > 1 and not set(best) - set(_BARRIERS) and len(best) == 1
    whole = 1.0 if last[1] == len(plain.strip()) else 0.9
    return {role: (0.5 if mixed and role in _BARRIERS else whole if role in best else 0.4) for role in ends}


def _heading_score(role: str, names: Sequence[str], levels: Sequence[str]) -> float:
    """Score a role by headings that few other roles have: 户数 and 层数 speak of buildings, WGBM beside SQDM of grids."""
    if ROLES[role].area_role:
        of_buildings = set(recognise("buildings", names)) & _OF_BUILDINGS
        return 0.0 if of_buildings or not levels else 1.0 if levels[-1] == role else 0.0
    telling = set(recognise(role, names)) - _GENERIC
    if not _NEEDED.get(role, frozenset()) <= telling:
        return 0.0
    own = {fold(name) for name in names} & (_first(role, "id") | _first(role, "name"))
    if role == "buildings" and levels and not own and not telling & _OF_BUILDINGS:
        return 0.0  # codes of levels and a number of households: a level with its figures
    n = len(telling) + len(own)
    return min(1.0, 0.5 * n) + 0.02 * max(n - 2, 0)  # two are enough, and of two roles the one that more speaks for goes first


def _first(role: str, ours: str) -> frozenset[str]:
    ranks = HEADINGS.get(role, {}).get(ours, ())
    return ranks[0] if ranks else frozenset()
