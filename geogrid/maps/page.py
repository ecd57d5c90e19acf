"""The one folium map: Leaflet and our scripts from local files, no jQuery, no Bootstrap, no tile server, every inline script with the page's nonce.

`folium.Map` would link to five outside hosts; here a link that is not in the table of assets raises, so that none can creep in.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.template import Template

from geogrid.maps.assets import LINKS, OWN_SCRIPTS


class LocalMap(folium.Map):
    """`folium.Map` that knows only local assets. `name` makes the id of its element, so that the same map gives the same bytes."""

    default_js: ClassVar = [("leaflet", "leaflet"), ("vector-tile", "vector-tile"), *((name.removesuffix(".js"), name) for name in OWN_SCRIPTS)]
    default_css: ClassVar = [("leaflet_css", "leaflet"), ("map_css", "map")]
    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div class="folium-map geogrid-map" id={{ this.get_name()|tojson }}
                 role="region" tabindex="0" aria-label={{ this.label|tojson }}></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map(
                {{ this.get_name()|tojson }}, {center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }} });
        {% endmacro %}
        """
    )

    def __init__(self, *, name: str = "geogrid", label: str = "", **options: Any) -> None:
        super().__init__(tiles=None, prefer_canvas=True, zoom_control=False, **options)
        self._id, self.label = name, label


class Start(MacroElement):
    """Hands folium's own Leaflet map to our script, with its settings."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            geogrid.start({{ this._parent.get_name() }}, {{ this.settings|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__()
        self._name, self._id, self.settings = "Start", "geogrid", dict(settings)


@dataclass(frozen=True)
class MapParts:
    """What a page puts into its template, unescaped: `head` link and script tags, `body` the map's element, `script` to run after both."""

    head: str
    body: str
    script: str


@dataclass(frozen=True)
class MapPage:
    """A map to be put on a page: the settings that our script starts with."""

    settings: Mapping[str, Any]
    title: str = ""
    inline: Mapping[str, Any] = field(default_factory=dict)

    def parts(self, asset_prefix: str, nonce: str, data_prefix: str) -> MapParts:
        """Render the map. `asset_prefix` stands before the names of `asset_names()`, `data_prefix` before `units.json` and `z/x/y.pbf`."""
        asset_prefix, data_prefix = asset_prefix.rstrip("/") + "/", data_prefix.rstrip("/") + "/"
        west, south, east, north = self.settings["bounds"]
        drawn = LocalMap(location=[(south + north) / 2, (west + east) / 2], zoom_start=13, label=self.title, **_OPTIONS)
        drawn.add_child(Start({**self.settings, "data": data_prefix, "inline": dict(self.inline)}))
        figure = drawn.get_root()
        for child in list(figure._children.values()):
            child.render()
        script = f'<script nonce="{html.escape(nonce)}">\n{figure.script.render()}\n</script>'
        return MapParts(_head(figure, asset_prefix), figure.html.render(), script)


_OPTIONS = {"attribution_control": False, "zoom_snap": 0.25, "wheel_px_per_zoom_level": 90}


def _head(figure: Figure, prefix: str) -> str:
    """Write the head's links, each to its local file; LookupError for any other thing that folium wants there."""
    out = []
    for name, element in figure.header._children.items():
        if name in ("meta_http",):
            continue
        if not isinstance(element, JavascriptLink | CssLink):
            if _is_empty(element):
                continue
            raise LookupError(f"folium put {name!r} into the head; it has no nonce")
        if name not in LINKS:
            raise LookupError(f"no local asset for {name!r} ({element.url})")
        url = html.escape(prefix + LINKS[name], quote=True)
        out.append(f'<link rel="stylesheet" href="{url}">' if isinstance(element, CssLink) else f'<script src="{url}"></script>')
    return "\n".join(out)


def _is_empty(element: Element) -> bool:
    return not element.render().strip()
