"""What figures of cameras rest on, said beside them: defaults, what is not known, what is not counted; by key, in Chinese and English."""

from __future__ import annotations

CAMERA_NOTES: dict[str, dict[str, str]] = {
    "no_cameras": {"zh": "没有摄像机", "en": "there are no cameras"},
    "secret": {"zh": "{n} 个涉密摄像机没有计入", "en": "{n} secret cameras are left out"},
    "no_place": {"zh": "{n} 个摄像机没有坐标，没有计入", "en": "{n} cameras have no position and see nothing here"},
    "outside": {
        "zh": "{n} 个摄像机在本区之外，只计它们看到的区内部分",
        "en": "{n} cameras stand outside the district; what they see inside it counts",
    },
    "moved": {
        "zh": "{n} 个摄像机的点位在墙上或墙内，按紧贴墙外计算",
        "en": "{n} cameras stand in or on a wall: they are taken to hang just outside of it",
    },
    "indoors": {"zh": "{n} 个摄像机在楼内，看不到室外", "en": "{n} cameras stand inside a building and see nothing outdoors"},
    "ptz": {"zh": "{n} 个摄像机没有类型（或类型不明），按固定枪机计算", "en": "{n} cameras are of no known type and taken for fixed ones"},
    "direction": {
        "zh": "{n} 个摄像机没有方向：没有一处算“一定看到”，四周都算“可能看到”",
        "en": "{n} cameras have no direction: they see nothing surely, and all round perhaps",
    },
    "eighth": {"zh": "{n} 个摄像机的方向只是八个方位之一，可能偏 22.5°", "en": "the direction of {n} cameras is one of eight and may be 22.5° off"},
    "guessed_eighth": {
        "zh": "资料没有说明方向是不是八方位之一，{n} 个 45° 整倍数的方向按八方位计算",
        "en": "nobody says whether directions are one of eight: {n} that are multiples of 45° are taken for such",
    },
    "dome": {"zh": "{n} 个球机、半球机按能转向四周计算", "en": "{n} domes are taken to see all round, as they turn"},
    "angle_deg": {
        "zh": "{n} 个摄像机没有水平视角，取层级方案的默认值（{values}）",
        "en": "{n} cameras have no angle of view: the scheme's default is taken ({values})",
    },
    "range_m": {
        "zh": "{n} 个摄像机没有可视距离，取层级方案的默认值（{values}）",
        "en": "{n} cameras have no range: the scheme's default is taken ({values})",
    },
    "height_m": {
        "zh": "{n} 个摄像机没有安装高度，取层级方案的默认值（{values}）",
        "en": "{n} cameras have no mounting height: the scheme's default is taken ({values})",
    },
    "range_capped": {
        "zh": "{n} 个摄像机的可视距离超过 {most} 米，按 {most} 米计算",
        "en": "{n} cameras have a range beyond {most} m, which is taken as {most} m",
    },
    "no_buildings": {"zh": "没有建筑图层：没有东西遮挡视线", "en": "there is no layer of buildings: nothing hides anything"},
    "heights": {"zh": "{n} 栋建筑没有高度或实际层数，一律算遮挡", "en": "{n} buildings have neither height nor counted floors: they hide"},
    "low": {
        "zh": "{n} 栋建筑不高（1.5 米以上，低于某些摄像机）：它们后面只算“可能看到”",
        "en": "{n} buildings are lower than some cameras (but above 1.5 m): what is behind them is seen perhaps only",
    },
    "storeys": {"zh": "{n} 栋建筑没有高度，按每层 3 米计算", "en": "{n} buildings have floors but no height: 3 m a floor"},
    "canopies": {"zh": "{n} 处雨棚、罩棚不算遮挡，棚下算公共地面", "en": "{n} canopies hide nothing, and the ground below them is public"},
    "see_through": {"zh": "{n} 段栅栏、护栏不算遮挡", "en": "{n} fences that one looks through hide nothing"},
    "no_roads": {"zh": "没有道路图层：街道的看到比例无从计算", "en": "there is no layer of roads: shares of streets are not known"},
    "no_streets": {"zh": "道路图层里没有可以计算的街道", "en": "no line of the layer of roads is a street here"},
    "road_motorway": {"zh": "{n} 条高速公路不算街道", "en": "{n} roads are motorways: no streets here"},
    "road_tunnel": {"zh": "{n} 条道路在隧道里，不算街道", "en": "{n} roads are in tunnels: no streets here"},
    "road_path": {
        "zh": "{n} 条步道、自行车道、内部通道等小路不算街道",
        "en": "{n} roads are paths (footways, cycleways, service lanes …): no streets here",
    },
    "road_twice": {"zh": "{n} 条道路与另一条完全重复，只计一条", "en": "{n} roads are drawn twice and count once"},
    "road_area": {"zh": "{n} 条道路画成了面，没有中心线，不计", "en": "{n} roads are drawn as areas, without a middle line, and are left out"},
    "doors_estimated": {
        "zh": "没有单元门图层：{n} 个门的位置是估算的（取住宅最近的外墙）",
        "en": "there is no layer of entrances: {n} doors are estimates, on the nearest wall of their house",
    },
    "no_doors": {"zh": "没有单元门可以计算", "en": "no doors are known"},
    "ground": {"zh": "公共地面 = 单元范围减去建筑占地", "en": "public ground is the unit without its footprints"},
    "stacked": {
        "zh": "数据算到{level_zh}为止：再往下几个单元共用一块地，街道分不开",
        "en": "figures end at level {level_en}: below it several units share one piece of ground, and a street can not be theirs apart",
    },
}


def camera_note(key: str, n: int, **facts: object) -> dict[str, object]:
    """Return a note: `key`, `n` of what it concerns, and the sentence in `en` and `zh`.

    >>> camera_note("secret", 3)["en"]
    '3 secret cameras are left out'
    """
    words = {"n": f"{n:,}", **facts}
    return {"key": key, "n": n, "en": CAMERA_NOTES[key]["en"].format_map(words), "zh": CAMERA_NOTES[key]["zh"].format_map(words)}
