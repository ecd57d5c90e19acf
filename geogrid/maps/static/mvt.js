/* Reads a Mapbox vector tile into plain features: {kind, rings, box, p} by layer, rings as flat arrays of tile units. */
"use strict";
var geogrid = window.geogrid || {};
window.geogrid = geogrid;

(function (geogrid) {
  const text = new TextDecoder();

  function reader(bytes) {
    return { bytes: bytes, at: 0, end: bytes.length };
  }

  function varint(r) {
    let value = 0, shift = 1, byte;
    do {
      byte = r.bytes[r.at++];
      value += (byte & 127) * shift;
      shift *= 128;
    } while (byte > 127);
    return value;
  }

  function part(r) {
    const length = varint(r);
    const sub = { bytes: r.bytes, at: r.at, end: r.at + length };
    r.at = sub.end;
    return sub;
  }

  /* Calls fields[number](reader) for each field of a message and skips the others. */
  function message(r, fields) {
    while (r.at < r.end) {
      const key = varint(r), number = Math.floor(key / 8), wire = key & 7;
      if (fields[number]) fields[number](r);
      else if (wire === 0) varint(r);
      else if (wire === 1) r.at += 8;
      else if (wire === 2) part(r);
      else if (wire === 5) r.at += 4;
      else throw new Error("vector tile: wire type " + wire);
    }
  }

  function string(r) {
    const sub = part(r);
    return text.decode(r.bytes.subarray(sub.at, sub.end));
  }

  function value(r) {
    let found = null;
    message(part(r), {
      1: (s) => { found = string(s); },
      3: (s) => { found = new DataView(s.bytes.buffer, s.bytes.byteOffset + s.at).getFloat64(0, true); s.at += 8; },
      6: (s) => { const n = varint(s); found = n % 2 ? -(n + 1) / 2 : n / 2; },
      7: (s) => { found = varint(s) === 1; },
    });
    return found;
  }

  function rings(r, kind) {
    const out = [], box = [Infinity, Infinity, -Infinity, -Infinity];
    let x = 0, y = 0, ring = null;
    while (r.at < r.end) {
      const command = varint(r), n = command >> 3, what = command & 7;
      if (what === 7) continue;
      for (let i = 0; i < n; i++) {
        const dx = varint(r), dy = varint(r);
        x += dx % 2 ? -(dx + 1) / 2 : dx / 2;
        y += dy % 2 ? -(dy + 1) / 2 : dy / 2;
        if (what === 1 && (kind !== 1 || !ring)) out.push((ring = []));
        ring.push(x, y);
        if (x < box[0]) box[0] = x;
        if (y < box[1]) box[1] = y;
        if (x > box[2]) box[2] = x;
        if (y > box[3]) box[3] = y;
      }
    }
    return { rings: out, box: box };
  }

  function layer(r) {
    const keys = [], values = [], raw = [];
    let name = "";
    message(r, {
      1: (s) => { name = string(s); },
      2: (s) => raw.push(part(s)),
      3: (s) => keys.push(string(s)),
      4: (s) => values.push(value(s)),
    });
    const features = raw.map((sub) => {
      const feature = { kind: 0, rings: [], box: null, p: {} };
      message(sub, {
        2: (s) => { const tags = part(s); while (tags.at < tags.end) { const k = varint(tags); feature.p[keys[k]] = values[varint(tags)]; } },
        3: (s) => { feature.kind = varint(s); },
        4: (s) => Object.assign(feature, rings(part(s), feature.kind)),
      });
      return feature;
    });
    return [name, features];
  }

  /* bytes (Uint8Array) -> {layer name: [feature]} */
  geogrid.decodeTile = function (bytes) {
    const found = {};
    message(reader(bytes), { 3: (r) => { const pair = layer(part(r)); found[pair[0]] = pair[1]; } });
    return found;
  };
})(geogrid);
