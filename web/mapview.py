"""Where the maps come in: the folium page of `geogrid.maps` cut into the parts that a template places, and what it fetches later."""

from __future__ import annotations

from typing import Any

from flask import url_for

from geogrid import maps
from web.language import language
from web.security import nonce
from web.served import Served


def parts(served: Served, page: str, *arguments: Any) -> Any:
    """Return the map's `head`, `body` and `script` for a page ("overview", "unit", …); the map is made once per version and language."""
    lang = language()
    made = served.keep(("map", page, lang, arguments), lambda: getattr(maps, page)(served.project, *arguments, lang=lang))
    return made.parts(url_for("pages.asset", name=""), nonce(), url_for("pages.map_data", version=served.version, name=""))
