"""The files of others that are copied from npm: file in vendor/ -> file below node_modules/. No imports: scripts/assets.py runs this alone."""

VENDOR = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet-LICENSE.txt": "leaflet/LICENSE",
}
