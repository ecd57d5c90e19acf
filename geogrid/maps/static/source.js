/* Where tiles and tables come from: fetched beside the page, or, in a page opened from disk, cut here from what the page carries. */
"use strict";
var geogrid = window.geogrid || {};
window.geogrid = geogrid;

(function (geogrid) {
  const EXTENT = 4096, WORLD = 40075016.685578488;

  function fetched(prefix) {
    return {
      tile: (z, x, y, signal) =>
        fetch(prefix + z + "/" + x + "/" + y + ".pbf", { signal: signal })
          .then((answer) => (answer.ok && answer.status !== 204 ? answer.arrayBuffer() : new ArrayBuffer(0)))
          .then((buffer) => read(buffer)),
      table: (name) => fetch(prefix + name).then((answer) => { if (!answer.ok) throw new Error(name + ": " + answer.status); return answer.json(); }),
    };
  }

  /* A vector tile as plain features: {kind, rings, box, p} by layer, rings as flat arrays of tile units. */
  function read(buffer) {
    const found = {}, layers = new vectorTile.VectorTile(new vectorTile.PbfReader(new Uint8Array(buffer))).layers;
    for (const name of Object.keys(layers)) {
      found[name] = [];
      for (let i = 0; i < layers[name].length; i++) found[name].push(flat(layers[name].feature(i)));
    }
    return found;
  }

  function flat(feature) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const rings = feature.loadGeometry().map((ring) => {
      const out = new Int32Array(2 * ring.length);
      for (let i = 0; i < ring.length; i++) {
        const x = (out[2 * i] = ring[i].x), y = (out[2 * i + 1] = ring[i].y);
        if (x < box[0]) box[0] = x;
        if (y < box[1]) box[1] = y;
        if (x > box[2]) box[2] = x;
        if (y > box[3]) box[3] = y;
      }
      return out;
    });
    return { kind: feature.type, rings: rings, box: box, p: feature.properties };
  }

  /* inline.layers: {name: [{k: kind, r: [rings], p: {…}, z: first zoom}]}; a ring is x, y, then steps, in inline.step (0.1 m) from inline.origin */
  function inlined(inline) {
    const layers = {};
    for (const name of Object.keys(inline.layers || {})) layers[name] = inline.layers[name].map((f) => projected(f, inline.origin, inline.step || 0.1));
    return {
      tile: (z, x, y) => Promise.resolve(cut(layers, z, x, y)),
      table: (name) => (name in (inline.tables || {}) ? Promise.resolve(inline.tables[name]) : Promise.reject(new Error(name))),
    };
  }

  function projected(feature, origin, step) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const rings = feature.r.map((ring) => {
      const out = new Float64Array(ring.length);
      let east = 0, north = 0;
      for (let i = 0; i < ring.length; i += 2) {
        east += ring[i];
        north += ring[i + 1];
        const x = (origin[0] + east * step) / WORLD + 0.5, y = 0.5 - (origin[1] + north * step) / WORLD;
        out[i] = x;
        out[i + 1] = y;
        box[0] = Math.min(box[0], x);
        box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x);
        box[3] = Math.max(box[3], y);
      }
      return out;
    });
    return { kind: feature.k, rings: rings, box: box, p: feature.p, zoom: feature.z || 0 };
  }

  function cut(layers, z, x, y) {
    const scale = Math.pow(2, z) * EXTENT, left = x * EXTENT, top = y * EXTENT, found = {};
    const margin = 64 / scale, x0 = left / scale - margin, y0 = top / scale - margin;
    const x1 = (left + EXTENT) / scale + margin, y1 = (top + EXTENT) / scale + margin;
    for (const name of Object.keys(layers)) {
      const hit = layers[name].filter((f) => f.zoom <= z + 1 && f.box[0] <= x1 && f.box[2] >= x0 && f.box[1] <= y1 && f.box[3] >= y0);
      if (hit.length) found[name] = hit.map((f) => local(f, scale, left, top));
    }
    return found;
  }

  function local(f, scale, left, top) {
    const move = (ring) => {
      const out = new Float64Array(ring.length);
      for (let i = 0; i < ring.length; i += 2) {
        out[i] = ring[i] * scale - left;
        out[i + 1] = ring[i + 1] * scale - top;
      }
      return out;
    };
    const box = [f.box[0] * scale - left, f.box[1] * scale - top, f.box[2] * scale - left, f.box[3] * scale - top];
    return { kind: f.kind, rings: f.rings.map(move), box: box, p: f.p };
  }

  geogrid.EXTENT = EXTENT;
  geogrid.source = function (settings) {
    return settings.inline && settings.inline.layers ? inlined(settings.inline) : fetched(settings.data);
  };
})(geogrid);
