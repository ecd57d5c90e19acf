"""What is wrong with a shape, and which kind it is: GEOS's words and our own, in Chinese and English."""

from __future__ import annotations

SHAPE_ZH = {
    "Self-intersection": "自相交",
    "Ring Self-intersection": "环自相交",
    "Too few points in geometry component": "点数过少",
    "Hole lies outside shell": "内环在外环之外",
    "Holes are nested": "内环相互嵌套",
    "Nested holes": "内环相互嵌套",
    "Nested shells": "部件相互嵌套",
    "Duplicate Rings": "环重复",
    "Interior is disconnected": "内部不连通",
    "Invalid Coordinate": "坐标无效",
    "Ring is not closed": "环未闭合",
    "No area": "面积为零",
    "Coordinates that are not finite": "坐标不是有限的数",
}
KIND_ZH = {
    "Point": "点",
    "LineString": "线",
    "LinearRing": "闭合线",
    "Polygon": "面",
    "MultiPoint": "多点",
    "MultiLineString": "多部件线",
    "MultiPolygon": "多部件面",
    "GeometryCollection": "几何集合",
}


def shape_why(reason: str) -> dict[str, str]:
    """Return the facts `why` and `why_zh` of one of GEOS's reasons, without the place that it names, or of our own.

    >>> shape_why("Self-intersection[1 1]")
    {'why': 'Self-intersection', 'why_zh': '自相交'}
    """
    said = reason.split("[")[0].strip()
    return {"why": said, "why_zh": SHAPE_ZH.get(said, "图形不合规范")}
