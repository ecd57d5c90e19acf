"""What layers and directions are called in sentences about where things lie, English and Chinese."""

from __future__ import annotations

import math

ROLE_WORDS: dict[str, tuple[str, str]] = {
    "district": ("the district", "本区范围"),
    "streets": ("the streets", "街道"),
    "communities": ("the communities", "社区"),
    "grids": ("the grids", "网格"),
    "microgrids": ("the micro-grids", "微网格"),
    "compounds": ("the compounds", "小区"),
    "roads": ("the roads", "道路"),
    "water": ("the water", "水系"),
    "railways": ("the railways", "铁路"),
    "buildings": ("the buildings", "楼栋"),
    "entrances": ("the entrances", "单元门"),
    "stations": ("the stations", "站点"),
    "cameras": ("the cameras", "摄像机"),
}
POINT_WORDS: dict[str, tuple[str, str]] = {
    "stations": ("stations", "站点"),
    "cameras": ("cameras", "摄像机"),
    "entrances": ("entrances", "单元门"),
    "events": ("events", "事件"),
    "patrols": ("patrol points", "巡查点"),
}
COMPASS_WORDS = (
    ("east", "东"),
    ("north-east", "东北"),
    ("north", "北"),
    ("north-west", "西北"),
    ("west", "西"),
    ("south-west", "西南"),
    ("south", "南"),
    ("south-east", "东南"),
)
"""Counter-clockwise from east, in steps of 45 degrees."""


def compass(east: float, north: float) -> tuple[str, str]:
    """Return the word for a direction.

    >>> compass(3, 3)
    ('north-east', '东北')
    """
    return COMPASS_WORDS[round(math.atan2(north, east) / (math.pi / 4)) % 8]
