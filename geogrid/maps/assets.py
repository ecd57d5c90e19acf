"""Which files the pages need and where they lie: the one table of assets. A link that is not in it can not be written.

Files of others come from npm (`scripts/assets.py` copies them into `vendor/`), our own lie in `static/`.
"""

from __future__ import annotations

from pathlib import Path

from geogrid.errors import NotFoundError
from geogrid.maps.vendored import BUNDLES, VENDOR

OWN_SCRIPTS = (
    "source.js",
    "paint.js",
    "ground.js",
    "overlay.js",
    "labels.js",
    "points.js",
    "furniture.js",
    "lines.js",
    "address.js",
    "faults.js",
    "marks.js",
    "measure.js",
    "seen.js",
    "served.js",
    "map.js",
)
# name of a folium link -> file below the asset prefix
LINKS = {
    "leaflet": "vendor/leaflet.js",
    "vector-tile": "vendor/vector-tile.js",
    "leaflet_css": "vendor/leaflet.css",
    "map_css": "static/map.css",
    "offline_css": "static/offline.css",
    "offline": "static/offline.js",
    "offline-reach": "static/offline-reach.js",
    "comparison_css": "static/comparison.css",
    "together": "static/together.js",
    "moved": "static/moved.js",
    "report_css": "static/report.css",
    "report": "static/report.js",
    **{name.removesuffix(".js"): f"static/{name}" for name in OWN_SCRIPTS},
}
_HERE = Path(__file__).parent


def asset_path(name: str) -> Path:
    """Return the file behind `/assets/<name>`, `vendor/…` or `static/…`; NotFoundError for any name not in the table."""
    if name not in LINKS.values():
        raise NotFoundError(f"no asset called {name!r}", f"没有名为 {name!r} 的页面文件", file=name)
    path = _HERE / name
    if not path.is_file():
        message = f"asset {name!r} is not installed: run scripts/assets.py"
        raise NotFoundError(message, f"页面文件 {name!r} 尚未安装：请运行 scripts/assets.py", file=name)
    return path


def asset_names() -> list[str]:
    """List every asset, in the order in which a page loads them."""
    return list(LINKS.values())


def is_installed() -> bool:
    """Tell whether the files of others are in place."""
    return all((_HERE / "vendor" / name).is_file() for name in (*VENDOR, *BUNDLES))
