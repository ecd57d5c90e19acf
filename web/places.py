"""Which place an address asks about: numbers, a longitude and latitude, a floor."""

from __future__ import annotations

import math

from flask import request

from geogrid.errors import InputError


def number(name: str) -> float:
    """Return a number of the address. Raises InputError for what is none."""
    text = request.args.get(name, "")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not math.isfinite(value):
        raise InputError(f"{name}={text!r}: write a number", f"{name}={text!r}：应为数字", field=name, value=text)
    return value


def degrees() -> tuple[float, float]:
    """Return the longitude and latitude of the address. Raises InputError."""
    lon, lat = number("lon"), number("lat")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError(f"lon={lon}, lat={lat}: not degrees", f"lon={lon}、lat={lat}：不是经纬度", field="lon", value=lon)
    return lon, lat


def floor() -> int | None:
    """Return the floor of the address, None where it names none. Raises InputError."""
    if not request.args.get("floor"):
        return None
    found = number("floor")
    if found != int(found):
        raise InputError(f"floor={found}: write a whole number", f"floor={found}：应为整数", field="floor", value=found)
    return int(found)
