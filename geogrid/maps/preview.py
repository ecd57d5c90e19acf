"""A map with nothing on it yet: a place to look at, for a page that draws files which are no project."""

from __future__ import annotations

from collections.abc import Sequence

from geogrid.maps.page import MapPage
from geogrid.maps.words import words

CHINA = (73.5, 18.0, 135.1, 53.6)
"""What is shown where nobody knows where to look: west, south, east, north in degrees."""


def preview(box: Sequence[float] | None, *, title: str, lang: str) -> MapPage:
    """Return a map of the box `west south east north` (degrees) with scale, north and zoom, without units, tiles or tables."""
    settings = {
        "lang": "en" if lang.startswith("en") else "zh",
        "words": words(lang),
        "name": title,
        "bounds": list(box or CHINA),
        "levels": [],
        "level": "",
        "fill": "none",
        "on": [],
        "off": ["labels", "buildings"],
        "source": [title],
        "simulated": False,
        "kinds": {"stations": [], "cameras": []},
        "page": "preview",
    }
    return MapPage(settings, title, {"layers": {}, "tables": {"units.json": {}}})
