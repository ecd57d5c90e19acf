/* Paints one tile on a canvas: ground, units filled by measure or identity, roads with casing, buildings, lines by level; and what is selected. */
"use strict";
(function (geogrid) {
  const STATUS = { NONE: 0, IN: 1, BELOW: 2, ABOVE: 3, DEDICATED: 4 };
  const LOOK = {
    land: "#f7f5f0", water: "#cfe3ee", green: "#e4eddc", building: "#d9d1c1", buildingLine: "#a89f8b", road: "#ffffff", casing: "#d8d2c4",
    rail: "#8d877a", wall: "#b3aa98", below: "#6fb3dd", belowMark: "#005f96", within: "#fbfaf6", above: "#e58a4e", aboveMark: "#a84300",
    dedicated: "#dcd8cf", ink: "#1c2329", cell: "#8b8678", missing: "#f3c9a8",
    hues: ["#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#e69f00"],
  };
  const ROAD_PX = { 1: [0.9, 2.2, 5, 16, 30], 2: [0.4, 1.3, 3.4, 10, 20], 3: [0.2, 0.7, 2.2, 6.5, 12], 4: [0, 0, 0.9, 2.6, 5] };
  const ROAD_ZOOMS = [10, 12.5, 14.5, 17, 19];
  const patterns = {};

  function pattern(name, back, mark, density) {
    const key = name + back + density;
    if (patterns[key]) return patterns[key];
    const side = Math.round(8 * density), tile = document.createElement("canvas"), c = tile.getContext("2d");
    tile.width = tile.height = side;
    c.fillStyle = back;
    c.fillRect(0, 0, side, side);
    c.fillStyle = c.strokeStyle = mark;
    if (name === "dots") {
      c.globalAlpha = 0.55;
      for (const at of [[0.25, 0.25], [0.75, 0.75]]) { c.beginPath(); c.arc(at[0] * side, at[1] * side, 0.85 * density, 0, 7); c.fill(); }
    } else {
      c.globalAlpha = 0.5;
      c.lineWidth = 1.1 * density;
      c.beginPath();
      for (const k of [-1, 0, 1]) { c.moveTo(k * side - 1, side + 1); c.lineTo((k + 1) * side + 1, -1); }
      c.stroke();
    }
    return (patterns[key] = c.createPattern(tile, "repeat"));
  }

  /* Interpolates a list of values along a list of zooms. */
  function along(zooms, values, zoom) {
    if (zoom <= zooms[0]) return values[0];
    for (let i = 1; i < zooms.length; i++)
      if (zoom <= zooms[i]) return values[i - 1] + ((values[i] - values[i - 1]) * (zoom - zooms[i - 1])) / (zooms[i] - zooms[i - 1]);
    return values[values.length - 1];
  }

  function trace(c, features, scale, close) {
    c.beginPath();
    for (const f of features)
      for (const ring of f.rings) {
        c.moveTo(ring[0] * scale, ring[1] * scale);
        for (let i = 2; i < ring.length; i += 2) c.lineTo(ring[i] * scale, ring[i + 1] * scale);
        if (close && f.kind === 3) c.closePath();
      }
  }

  function fill(c, features, scale, style, alpha) {
    if (!features.length) return;
    trace(c, features, scale, true);
    c.globalAlpha = alpha === undefined ? 1 : alpha;
    c.fillStyle = style;
    c.fill("evenodd");
    c.globalAlpha = 1;
  }

  function stroke(c, features, scale, style, width, dash) {
    if (!features.length || width <= 0) return;
    trace(c, features, scale, true);
    c.strokeStyle = style;
    c.lineWidth = width;
    c.setLineDash(dash || []);
    c.stroke();
    c.setLineDash([]);
  }

  /* Groups features by a key and calls paint(key, features): one path and one fill for all that look alike. */
  function groups(features, key, paint) {
    const found = new Map();
    for (const f of features) {
      const k = key(f);
      if (k === null) continue;
      if (!found.has(k)) found.set(k, []);
      found.get(k).push(f);
    }
    for (const pair of found) paint(pair[0], pair[1]);
  }

  function nature(c, t, s, d) {
    const lines = (t.water || []).filter((f) => f.kind === 2);
    fill(c, (t.green || []).filter((f) => f.kind === 3), s, LOOK.green);
    fill(c, (t.water || []).filter((f) => f.kind === 3), s, LOOK.water);
    stroke(c, lines, s, LOOK.water, along([10, 14, 18], [1.2, 3, 9], d.zoom) * d.density);
  }

  function units(c, t, s, d, state) {
    const features = t["u:" + state.shown] || [];
    const mode = state.fill;
    if (mode === "bounds") bounds(c, features, s, d, state.only);
    else if (mode === "identity") groups(features, (f) => (f.p.n > 1 || f.p.hue === undefined ? null : f.p.hue), (hue, same) => fill(c, same, s, LOOK.hues[hue], 0.3));
    else if (mode === "measure") {
      const of = new Map(features.map((f) => [f, geogrid.measureOf(state, f.p.code, d.zoom)]));
      groups(features, (f) => of.get(f) && of.get(f).hue + "|" + of.get(f).alpha, (key, same) => fill(c, same, s, of.get(same[0]).hue, of.get(same[0]).alpha));
    }
  }

  function bounds(c, features, s, d, only) {
    const near = d.zoom >= 15;
    const style = {
      0: null, 1: LOOK.within, 4: LOOK.dedicated,
      2: pattern("dots", LOOK.below, LOOK.belowMark, d.density), 3: pattern("lines", LOOK.above, LOOK.aboveMark, d.density),
    };
    const alpha = { 1: near ? 0.45 : 0.85, 2: near ? 0.7 : 1, 3: near ? 0.65 : 1, 4: near ? 0.6 : 0.9 };
    groups(features, (f) => (style[f.p.status] ? f.p.status : null), (status, same) => fill(c, same, s, style[status], alpha[status] * (!only || only.has(status) ? 1 : 0.15)));
  }

  function roads(c, t, s, d) {
    const all = t.roads || [], lines = all.filter((f) => f.kind === 2), areas = all.filter((f) => f.kind === 3);
    fill(c, areas, s, LOOK.road);
    c.lineJoin = c.lineCap = "round";
    const width = (rank) => along(ROAD_ZOOMS, ROAD_PX[rank], d.zoom) * d.density;
    for (const rank of [4, 3, 2, 1]) if (d.zoom >= 12) stroke(c, lines.filter((f) => f.p.rank === rank), s, LOOK.casing, width(rank) + (width(rank) > 0.3 ? 1.3 * d.density : 0));
    for (const rank of [4, 3, 2, 1]) stroke(c, lines.filter((f) => f.p.rank === rank), s, LOOK.road, width(rank));
    const rails = t.railways || [], rail = along([10, 15, 18], [1, 1.6, 3], d.zoom) * d.density;
    c.lineCap = "butt";
    stroke(c, rails, s, "#ffffff", rail + 1.4 * d.density);
    stroke(c, rails, s, LOOK.rail, rail, [5 * d.density, 3.5 * d.density]);
    stroke(c, t.walls || [], s, LOOK.wall, 1 * d.density);
  }

  function built(c, t, s, d, state) {
    if (!state.layers.buildings) return;
    fill(c, t.buildings || [], s, LOOK.building, d.zoom >= 16 ? 0.9 : 0.8);
    if (d.zoom >= 16) stroke(c, t.buildings || [], s, LOOK.buildingLine, 0.8 * d.density);
    if (d.zoom >= 18) stroke(c, t.cells || [], s, LOOK.cell, 0.7 * d.density, [3 * d.density, 2 * d.density]);
  }

  function lines(c, t, s, d, state) {
    c.lineJoin = "round";
    for (const level of state.isBase ? [] : state.levels.slice().reverse()) {
      if (state.layers["u:" + level.id] === false) continue;
      const width = along([12, 15.5, 18, 19], [level.far, level.near, level.near, level.near * (level.fine ? 1 : 1.5)], d.zoom) * d.density;
      const colour = level.fine ? "#968f7f" : level.far <= 0.4 && d.zoom < 15 ? "#57534a" : LOOK.ink;
      c.globalAlpha = level.far <= 0.4 && d.zoom < 15 ? 0.85 : 1;
      stroke(c, t["u:" + level.id] || [], s, colour, width);
      c.globalAlpha = 1;
    }
    stroke(c, t.district || [], s, LOOK.ink, 3 * d.density);
  }

  /* d: {zoom, density: canvas pixels per screen pixel}; s: canvas pixels per tile unit */
  geogrid.paintTile = function (c, tile, s, d, state) {
    c.clearRect(0, 0, c.canvas.width, c.canvas.height);
    fill(c, tile.district || [], s, LOOK.land);
    /* A fill by bounds is nearly opaque: parks and water lie over it, for nobody lives there. */
    if (state.fill !== "bounds") nature(c, tile, s, d);
    if (!state.isBase) units(c, tile, s, d, state);
    if (state.fill === "bounds") nature(c, tile, s, d);
    roads(c, tile, s, d);
    built(c, tile, s, d, state);
    lines(c, tile, s, d, state);
    if (state.focus) veil(c, tile, s, state.focus);
  };

  /* On a unit's own page the rest stands back. */
  function veil(c, t, s, focus) {
    const own = (t["u:" + focus.level] || []).filter((f) => f.p.code === focus.code);
    trace(c, own, s, true);
    c.rect(0, 0, c.canvas.width, c.canvas.height);
    c.fillStyle = "rgba(247,245,240,0.62)";
    c.fill("evenodd");
  }

  /* Draws what is hovered and selected over the tile. */
  geogrid.paintOver = function (c, tile, s, d, state) {
    c.clearRect(0, 0, c.canvas.width, c.canvas.height);
    c.lineJoin = "round";
    const find = (mark) => (mark ? (tile["u:" + mark.level] || []).filter((f) => f.p.code === mark.code || f.p.code.split(" ").includes(mark.code)) : []);
    const marked = state.marked ? (tile["u:" + state.marked.level] || []).filter((f) => f.p.code.split(" ").some((code) => state.marked.codes.has(code))) : [];
    fill(c, marked, s, pattern("lines", LOOK.missing, LOOK.aboveMark, d.density), 0.85);
    stroke(c, marked, s, "#ffffff", 4 * d.density);
    stroke(c, marked, s, LOOK.aboveMark, 2 * d.density);
    const hovered = find(state.hover), selected = find(state.selected);
    if (hovered.length) {
      fill(c, hovered, s, "#17324d", 0.1);
      stroke(c, hovered, s, "#ffffff", 4.5 * d.density);
      stroke(c, hovered, s, LOOK.ink, 2 * d.density);
    }
    stroke(c, selected, s, "#ffffff", 7 * d.density);
    stroke(c, selected, s, "#111111", 3 * d.density);
  };

  geogrid.LOOK = LOOK;
  geogrid.STATUS = STATUS;
  geogrid.along = along;
  geogrid.pattern = pattern;
})(geogrid);
