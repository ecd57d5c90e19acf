"""One sign per kind of point: a shape, a colour and a character, so that no two kinds of a district look alike."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geogrid.maps.words import CAMERA_KINDS
from geogrid.scheme import Scheme

SHAPES = ("circle", "square", "diamond", "triangle", "hexagon", "pentagon")
# dark enough that a white character on them has a contrast of 4.5; none is the vermilion of what is above its bounds or not served
COLOURS = ("#1f5f74", "#00664b", "#8a4b08", "#5b3f8c", "#a0246b", "#0b5394", "#7a1230", "#4b5661")
_CAMERA = "#17324d"


def kinds_of(scheme: Scheme, role: str, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """List the kinds of a role: those of the scheme in its order, then others found in `frame`, by name. Each: id, zh, en, shape, colour, sign, n."""
    given = frame["kind"].fillna("").astype(str) if "kind" in frame else pd.Series("", index=frame.index)
    number = given.value_counts().to_dict()
    named = {"stations": list(scheme.stations), "events": list(scheme.events)}
    known = named[role] if role in named else [k for k in (*CAMERA_KINDS, *scheme.devices) if k in number]
    ids = [k for k in known if k in number] + sorted(k for k in number if k not in known)
    names = {kind: _names(scheme, role, kind) for kind in ids}
    signs = _signs([names[kind]["zh"] for kind in ids])
    every = known + sorted(k for k in number if k not in known)
    place = {kind: every.index(kind) for kind in ids}
    look = {kind: _look(role, kind, place[kind]) for kind in ids}
    return [{"id": kind, **names[kind], "sign": sign, "n": number[kind], **look[kind]} for kind, sign in zip(ids, signs, strict=True)]


def _names(scheme: Scheme, role: str, kind: str) -> dict[str, str]:
    named = {"stations": scheme.stations, "events": scheme.events, "cameras": scheme.devices}.get(role, {})
    if kind in named:
        return {"zh": named[kind].name.zh, "en": named[kind].name.en}
    if role == "cameras" and kind in CAMERA_KINDS:
        return dict(CAMERA_KINDS[kind])
    return {"zh": kind or "未分类", "en": kind or "no kind"}


def _signs(names: list[str]) -> list[str]:
    """Choose a character of each name that no earlier one has, the first where none is left."""
    used: set[str] = set()
    out = []
    for name in names:
        sign = next((c for c in name if c not in used and c.isalnum()), name[:1])
        used.add(sign)
        out.append(sign)
    return out


def _look(role: str, kind: str, place: int) -> dict[str, str]:
    """Return shape and colour: an event is a drop, what no station is; a camera has one colour for all kinds."""
    if role == "cameras":
        return {"shape": _camera(kind), "colour": _CAMERA}
    return {"shape": "drop" if role == "events" else SHAPES[place % len(SHAPES)], "colour": COLOURS[place % len(COLOURS)]}


def _camera(kind: str) -> str:
    return "dome" if kind in ("1", "2") else "camera"
