"""Maps of a project: folium pages, vector tiles and small tables, all from the project's own data and without the outside world.

A page asks `overview(project, lang="zh").parts(asset_prefix, nonce, data_prefix)` for its map, and serves `asset_path(name)` below
`asset_prefix`, `tile(project, z, x, y)` as `<data_prefix>z/x/y.pbf` and `data(project, name)` as `<data_prefix><name>`.
folium is used here and nowhere else.
"""

from geogrid.maps.assets import asset_names, asset_path
from geogrid.maps.carry import succeed
from geogrid.maps.comparison import Column, variant_html, variant_page, write_comparison
from geogrid.maps.data import data
from geogrid.maps.faults import fault_shapes
from geogrid.maps.offline import write_offline
from geogrid.maps.offline_reach import ReachPage, Switch, View, write_reach_page
from geogrid.maps.page import MapPage, MapParts
from geogrid.maps.preview import preview
from geogrid.maps.report import report_html
from geogrid.maps.report_ground import Ground, layer_ground, project_ground
from geogrid.maps.tiles import prepare, tile
from geogrid.maps.variant import Variant
from geogrid.maps.views import cameras, checks, declared, edit, events, organisations, overview, patrols, people, sheets, stations, unit

__all__ = [
    "Column",
    "Ground",
    "MapPage",
    "MapParts",
    "ReachPage",
    "Switch",
    "Variant",
    "View",
    "asset_names",
    "asset_path",
    "cameras",
    "checks",
    "data",
    "declared",
    "edit",
    "events",
    "fault_shapes",
    "layer_ground",
    "organisations",
    "overview",
    "patrols",
    "people",
    "prepare",
    "preview",
    "project_ground",
    "report_html",
    "sheets",
    "stations",
    "succeed",
    "tile",
    "unit",
    "variant_html",
    "variant_page",
    "write_comparison",
    "write_offline",
    "write_reach_page",
]
