"""What stands in the comments of a suggested recipe, in Chinese and English: data, and how it is filled in."""

from __future__ import annotations

_COMMENTS: dict[str, tuple[str, str]] = {
    "taken": (
        "the {level} of the file are taken as they are; without these two lines they are made anew",
        "按文件中的{level}，不另行划分；删去这两行则重新划分",
    ),
    "by_column": ("communities are made of the buildings that name them", "由楼栋所写的社区合成"),
    "no_level": ("this scheme has no such level: read and checked, but not in the plan", "本方案没有这一层级：只读取和检查，不进入划分"),
    "left_out": ("left out: {where}: {why}", "没有采用：{where}：{why}"),
    "could_be": ("it could be {roles}; say which", "可能是{roles}，请指明"),
    "no_role": ("no role fits", "看不出角色"),
    "other_layer": ("{role} come from {layer}", "{role}已取自 {layer}"),
    "layer": (", layer {layer}", "，图层 {layer}"),
    "not_said": ("the file does not say: {name}{inside}{also}", "文件没有写明：{name}{inside}{also}"),
    "inside": (", {share:.0%} of its rows inside the other layers", "，{share:.0%} 在其他图层范围内"),
    "also": ("; it could also be {options}", "；也可能是 {options}"),
    "swap": ("x and y are exchanged in the file", "文件中经度和纬度（x 和 y）写反了"),
    "dms": ("degrees, minutes and seconds", "坐标是度分秒"),
    "shifted": ("it lies as {datum} would; without the mark it is converted", "与 {datum} 的偏移相符；去掉行首的 # 就会换算"),
    "by_values": ("{ours}: by its values, not by its heading; check it", "{ours}：按内容认的，请核对"),
    "doubtful": ("{ours} could be {theirs}: say which", "{ours} 可能是 {theirs}，请指明"),
    "not_used": ("not used: {names}{more}", "没有用到：{names}{more}"),
    "more": (", … {n} more", "，……还有 {n} 个"),
    "homes": ("by the words; check them", "按字面认的，请核对"),
    "which_homes": ("say which uses are homes{counted}: {counts}", "请写明哪些用途是住宅{counted}：{counts}"),
    "counted": (" (households are counted, so this only matters for estimates)", "（已有户数，只影响估算）"),
    "no_homes": (", else there are no households", "，否则没有户数"),
    "times": ("{value} {n:,} times", "{value} {n:,} 次"),
}


def comment(key: str, language: str, **facts: object) -> str:
    """Return a comment's words in "zh" or "en".

    >>> comment("swap", "en")
    'x and y are exchanged in the file'
    """
    return _COMMENTS[key][language == "zh"].format(**facts)
