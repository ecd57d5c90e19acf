/* What cameras see, over the tiles: seen ground close up, streets by class, and what is chosen or tried. Two canvases over the view, whatever the town's size.

   geogrid.seen.show({streets, blind, regions, perhaps})   columns of geogrid/maps/seen.py, each a list; left out: as before
   geogrid.seen.only(classes or null)   choose({region, perhaps, hides, over, new, place} or null): GeoJSON geometries in degrees */
"use strict";
(function (geogrid) {
  const WORLD = 40075016.685578488, LINE_ZOOM = 14, REGION_ZOOM = 16;
  const LOOK = [
    { colour: "#00664b", px: 2, dash: [] },
    { colour: "#b87a00", px: 3, dash: [7, 4] },
    { colour: "#7a1230", px: 4, dash: [] },
  ];
  const state = { streets: [], blind: [], regions: [], perhaps: [], classes: null, chosen: null };

  /* Columns as places of a world that is 1 wide: {first vertex of each line, xy, box of each line, class}. Kept beside the columns: a tile is shown often. */
  function places(columns) {
    if (columns.made) return columns.made;
    const n = columns.n.length, xy = new Float64Array(columns.xy.length), start = new Uint32Array(n + 1), box = new Float64Array(4 * n);
    for (let i = 0, at = 0; i < n; i++) {
      let east = 0, north = 0;
      start[i] = at;
      box.set([Infinity, Infinity, -Infinity, -Infinity], 4 * i);
      for (let k = 0; k < columns.n[i]; k++, at++) {
        east += columns.xy[2 * at];
        north += columns.xy[2 * at + 1];
        const x = (xy[2 * at] = (columns.origin[0] + east * columns.step) / WORLD + 0.5), y = (xy[2 * at + 1] = 0.5 - (columns.origin[1] + north * columns.step) / WORLD);
        box[4 * i] = Math.min(box[4 * i], x);
        box[4 * i + 1] = Math.min(box[4 * i + 1], y);
        box[4 * i + 2] = Math.max(box[4 * i + 2], x);
        box[4 * i + 3] = Math.max(box[4 * i + 3], y);
      }
      start[i + 1] = at;
    }
    return (columns.made = { xy: xy, start: start, box: box, class: columns.class || null });
  }

  const Seen = geogrid.Overlay.extend({
    /* Screen of the canvas: x = X * k + dx. */
    _frame: function (size) {
      const k = 256 * Math.pow(2, this._map.getZoom()), origin = this._map.getPixelOrigin().add(this._origin);
      return { k: k, dx: -origin.x, dy: -origin.y, west: origin.x / k, north: origin.y / k, east: (origin.x + size.x) / k, south: (origin.y + size.y) / k };
    },

    _trace: function (c, columns, f, wanted) {
      const m = places(columns);
      for (let i = 0; i < m.start.length - 1; i++) {
        if (wanted !== undefined && m.class[i] !== wanted) continue;
        if (m.box[4 * i] > f.east || m.box[4 * i + 2] < f.west || m.box[4 * i + 1] > f.south || m.box[4 * i + 3] < f.north) continue;
        for (let at = m.start[i]; at < m.start[i + 1]; at++) {
          const x = m.xy[2 * at] * f.k + f.dx, y = m.xy[2 * at + 1] * f.k + f.dy;
          if (at === m.start[i]) c.moveTo(x, y);
          else c.lineTo(x, y);
        }
      }
    },

    _shape: function (c, shape) {
      for (const line of lines(shape)) line.forEach((at, i) => { const p = this.place(at[1], at[0]); if (i) c.lineTo(p.x, p.y); else c.moveTo(p.x, p.y); });
    },
  });

  /* Ground that is seen: what is seen perhaps is cleared where something is seen surely, so no ground is darker than other. */
  const Ground = Seen.extend({
    paint: function (c, size) {
      if (this._map.getZoom() < REGION_ZOOM) return;
      const f = this._frame(size), fill = (list, colour) => {
        c.beginPath();
        for (const columns of list) this._trace(c, columns, f);
        c.fillStyle = colour;
        c.fill("nonzero");
      };
      fill(state.perhaps, "rgba(230,159,0,0.2)");
      c.globalCompositeOperation = "destination-out";
      fill(state.regions, "#000");
      c.globalCompositeOperation = "source-over";
      fill(state.regions, "rgba(0,158,115,0.2)");
      c.strokeStyle = "rgba(0,102,75,0.3)";
      c.lineWidth = 0.7;
      c.stroke();
    },
  });

  const Lines = Seen.extend({
    paint: function (c, size) {
      const zoom = this._map.getZoom(), f = this._frame(size), close = zoom >= LINE_ZOOM;
      c.lineJoin = "round";
      if (!close) this._class(c, state.blind, f, 2, zoom < 12 ? 0.3 : 0.45);
      else for (const k of [0, 1, 2]) this._class(c, state.streets, f, k, zoom < 15 ? 0.5 : zoom < 16 ? 0.75 : 1);
      if (state.chosen) this._chosen(c, state.chosen);
    },

    _class: function (c, list, f, k, part) {
      if (state.classes && !state.classes.has(k)) return;
      c.beginPath();
      for (const columns of list) this._trace(c, columns, f, k);
      c.strokeStyle = LOOK[k].colour;
      c.lineWidth = LOOK[k].px * part * this._text;
      c.setLineDash(LOOK[k].dash.map((px) => px * part));
      c.stroke();
      c.setLineDash([]);
    },

    _chosen: function (c, chosen) {
      this._area(c, chosen.perhaps, "rgba(230,159,0,0.22)", "#8a5a00", [6, 4]);
      this._area(c, chosen.region, "rgba(91,63,140,0.22)", "#111111", []);
      this._area(c, chosen.hides, geogrid.pattern("lines", "#d9d1c1", "#4b5661", 1), "#4b5661", []);
      for (const [shape, colour, px] of [[chosen.over, "#a0246b", 6], [chosen.fresh, "#0b5394", 5]]) {
        if (!shape) continue;
        c.beginPath();
        this._shape(c, shape);
        for (const look of [[px + 4, "#ffffff"], [px, colour]]) { c.lineWidth = look[0]; c.strokeStyle = look[1]; c.stroke(); }
      }
      if (chosen.place) this._mark(c, chosen.place, chosen.direction);
    },

    _area: function (c, shape, fill, line, dash) {
      if (!shape) return;
      c.beginPath();
      this._shape(c, shape);
      c.fillStyle = fill;
      c.fill("evenodd");
      c.setLineDash(dash);
      for (const look of [[5, "rgba(255,255,255,0.9)"], [2, line]]) { c.lineWidth = look[0]; c.strokeStyle = look[1]; c.stroke(); }
      c.setLineDash([]);
    },

    /* Where the camera stands, and which way it looks; no arrow where it sees all round. */
    _mark: function (c, place, direction) {
      const p = this.place(place[1], place[0]), r = 8 * this._text;
      for (const look of [[r + 3, "#ffffff"], [r, "#111111"]]) { c.beginPath(); c.arc(p.x, p.y, look[0], 0, 2 * Math.PI); c.fillStyle = look[1]; c.fill(); }
      if (direction === null || direction === undefined) return;
      const a = ((direction - 90) * Math.PI) / 180;
      c.beginPath();
      c.moveTo(p.x + 2 * r * Math.cos(a), p.y + 2 * r * Math.sin(a));
      for (const side of [0.5, -0.5]) c.lineTo(p.x + 1.3 * r * Math.cos(a + side), p.y + 1.3 * r * Math.sin(a + side));
      c.closePath();
      c.fillStyle = "#111111";
      c.fill();
    },
  });

  function lines(shape) {
    if (shape.type === "GeometryCollection") return shape.geometries.flatMap(lines);
    return { LineString: (at) => [at], MultiLineString: (at) => at, Polygon: (at) => at, MultiPolygon: (at) => at.flat() }[shape.type]?.(shape.coordinates) || [];
  }

  let ground = null, streets = null;

  function redraw() {
    if (!streets) {
      ground = new Ground("geogrid-seen-ground", 410).addTo(geogrid.map);
      streets = new Lines("geogrid-seen-lines", 415).addTo(geogrid.map);
    }
    ground.redraw();
    streets.redraw();
  }

  geogrid.seen = {
    LINE_ZOOM: LINE_ZOOM,
    REGION_ZOOM: REGION_ZOOM,
    show: function (found) { Object.assign(state, found); redraw(); },
    only: function (classes) { state.classes = classes ? new Set(classes) : null; redraw(); },
    choose: function (chosen) { state.chosen = chosen; redraw(); },
  };
})(geogrid);
