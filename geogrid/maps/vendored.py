"""The files of others, from npm: copied, or bundled for the browser where they ship modules only. No imports: scripts/assets.py runs this alone."""

# file in vendor/ -> file below node_modules/
VENDOR = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet-LICENSE.txt": "leaflet/LICENSE",
    "vector-tile-LICENSE.txt": "@mapbox/vector-tile/LICENSE.txt",
    "point-geometry-LICENSE.txt": "@mapbox/point-geometry/LICENSE",
    "pbf-LICENSE.txt": "pbf/LICENSE",
}
# file in vendor/ -> the global that holds what is exported, and the module to bundle
BUNDLES = {
    "vector-tile.js": ("vectorTile", 'export { VectorTile } from "@mapbox/vector-tile"; export { PbfReader } from "pbf";'),
}
