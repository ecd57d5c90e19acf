"""Angles as people write them: degrees, minutes and seconds in text, and why other texts are no number.

117°06′30″E, 117-06-30, 117:6:30, 117度6分30秒, 东经117°6.5′, also in full-width characters. Only what can mean nothing else is an angle.
"""

from __future__ import annotations

import re
import unicodedata

from geogrid.reading.geometry import Reason

_SIDE = r"(?P<{}>[NSEWnsew]|东经|西经|北纬|南纬|东|西|南|北)?"
_NUMBER = r"(?P<d>[0-9]{1,3})"
_MARKED = _NUMBER + r"[°º˚度]\s*(?:(?P<m>[0-9]{1,2}(?:\.[0-9]+)?)['′’‘´分]\s*(?:(?P<s>[0-9]{1,2}(?:\.[0-9]+)?)(?:\"|″|”|“|''|′′|’’|秒))?)?"
_DASHED = r"(?P<d2>[0-9]{1,3})(?P<sep>[-:\s])(?P<m2>[0-9]{1,2})(?P=sep)(?P<s2>[0-9]{1,2}(?:\.[0-9]+)?)"
_DMS = re.compile(rf"{_SIDE.format('before')}\s*(?:{_MARKED}|{_DASHED})\s*{_SIDE.format('after')}")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_SIDES = {
    side: (axis, sign) for sides, axis, sign in (("E东", "lon", 1), ("W西", "lon", -1), ("N北", "lat", 1), ("S南", "lat", -1)) for side in sides
}


def parse_dms(text: str) -> tuple[float, str] | None:
    """Read degrees, minutes and seconds: decimal degrees and the axis that a side names ("lon", "lat", "" where none does); None for anything else.

    >>> parse_dms("117°06′30″E"), parse_dms("36-39-00"), parse_dms("117.1")
    ((117.10833333333333, 'lon'), (36.65, ''), None)
    """
    found = _DMS.fullmatch(text.strip()) or _DMS.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    degrees, minutes, seconds = (float(found[name] or found[name + "2"] or 0) for name in ("d", "m", "s"))
    sides = [side for side in (found["before"], found["after"]) if side]
    if minutes >= 60 or seconds >= 60 or len(sides) > 1 or ("." in (found["m"] or "") and found["s"]):
        return None
    axis, sign = _SIDES[sides[0][0].upper()] if sides else ("", 1)
    return sign * (degrees + minutes / 60 + seconds / 3600), axis


def why_no_number(text: str) -> Reason:
    """Tell what makes a text no number, and what to do; English and Chinese.

    >>> why_no_number("117,1")[0]
    'has a decimal comma; write a point'
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if parse_dms(text) is not None:
        return (
            "is degrees, minutes and seconds: write decimal degrees, or dms = true in the recipe",
            "是度分秒：请改写为十进制度，或在配方中写 dms = true",
        )
    if plain != text.strip() and _PLAIN.fullmatch(plain):
        return f"is written in full-width characters; write {plain}", f"是全角字符，请写作 {plain}"
    if _PLAIN.fullmatch(plain.replace(",", ".", 1)):
        return "has a decimal comma; write a point", "用逗号作小数点，请改用点"
    if re.fullmatch(rf"{_PLAIN.pattern}\s*(?:[°º˚度米mM公里km]+\s*[NSEWnsew东西南北]?|[NSEWnsew东西南北])", plain):
        return "has a unit; write the number alone", "带有单位，请只写数字"
    return "is not a number", "不是数字"
