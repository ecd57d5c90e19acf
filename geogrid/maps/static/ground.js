/* The tiles on the map: a Leaflet grid layer of two canvases a tile, the lower for the map, the upper for hover and selection. */
"use strict";
(function (geogrid) {
  const SIDE = 512;

  geogrid.Ground = L.GridLayer.extend({
    options: { tileSize: SIDE, keepBuffer: 1, updateWhenZooming: false, pane: "tilePane" },

    initialize: function (source, state) {
      L.GridLayer.prototype.initialize.call(this, {});
      this._source = source;
      this._state = state;
      this._found = new Map();
    },

    onAdd: function (map) {
      L.GridLayer.prototype.onAdd.call(this, map);
      this.on("tileunload", (e) => this._drop(e.coords));
      map.on("zoomend", () => { if (this._k !== this._factor()) this.repaint(); });
    },

    createTile: function (coords, done) {
      const box = L.DomUtil.create("div", "geogrid-tile"), stop = new AbortController();
      const tile = { box: box, below: canvas(box), above: canvas(box), coords: coords, layers: null, stop: stop };
      this._found.set(key(coords), tile);
      this._source.tile(coords.z - 1, coords.x, coords.y, stop.signal).then(
        (layers) => { tile.layers = layers; this._paint(tile); done(null, box); this.fire("painted", { coords: coords }); },
        (error) => done(error, box)
      );
      return box;
    },

    repaint: function () { this._each(this._paint); },

    repaintOver: function () { this._each(this._paintOver); },

    /* Returns the feature of a level at a place, or null. */
    at: function (latlng, level) {
      const zoom = this._tileZoom, point = this._map.project(latlng, zoom).divideBy(SIDE);
      const tile = this._found.get(key({ x: Math.floor(point.x), y: Math.floor(point.y), z: zoom }));
      if (!tile || !tile.layers) return null;
      const x = (point.x % 1) * geogrid.EXTENT, y = (point.y % 1) * geogrid.EXTENT;
      const hit = (tile.layers["u:" + level] || []).find((f) => x >= f.box[0] && x <= f.box[2] && y >= f.box[1] && y <= f.box[3] && inside(f.rings, x, y));
      return hit || null;
    },

    /* Calls what(feature, latlng) for each point of a layer in the tiles that are shown. */
    points: function (layer, what) {
      this._each((tile) => {
        for (const f of tile.layers[layer] || []) {
          const x = f.rings[0][0] / geogrid.EXTENT, y = f.rings[0][1] / geogrid.EXTENT;
          if (x >= 0 && x < 1 && y >= 0 && y < 1) what(f, this._map.unproject(L.point(tile.coords.x + x, tile.coords.y + y).multiplyBy(SIDE), tile.coords.z));
        }
      });
    },

    zoom: function () { return this._tileZoom; },

    _each: function (what) {
      for (const tile of this._found.values()) if (tile.layers && tile.coords.z === this._tileZoom) what.call(this, tile);
    },

    _drop: function (coords) {
      const tile = this._found.get(key(coords));
      if (tile && !tile.layers) tile.stop.abort();
      this._found.delete(key(coords));
    },

    /* Screen pixels per pixel of the tile: not 1 at the half zooms. */
    _factor: function () { return this._map.getZoomScale(this._map.getZoom(), this._tileZoom); },

    _paint: function (tile) {
      this._k = this._factor();
      prepare(tile, this._k, (c, scale, d) => geogrid.paintTile(c.below, tile.layers, scale, d, this._state), this._map.getZoom());
      this._paintOver(tile);
    },

    _paintOver: function (tile) {
      prepare(tile, this._k, (c, scale, d) => geogrid.paintOver(c.above, tile.layers, scale, d, this._state), this._map.getZoom());
    },
  });

  function key(coords) { return coords.z + "/" + coords.x + "/" + coords.y; }

  function canvas(box) { return L.DomUtil.create("canvas", "", box); }

  function prepare(tile, k, paint, zoom) {
    const density = window.devicePixelRatio || 1, side = Math.round(SIDE * k * density);
    for (const c of [tile.below, tile.above]) if (c.width !== side) c.width = c.height = side;
    paint({ below: tile.below.getContext("2d"), above: tile.above.getContext("2d") }, side / geogrid.EXTENT, { zoom: zoom, density: density });
  }

  function inside(rings, x, y) {
    let odd = false;
    for (const ring of rings)
      for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2)
        if (ring[i + 1] > y !== ring[j + 1] > y && x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]) odd = !odd;
    return odd;
  }
})(geogrid);
