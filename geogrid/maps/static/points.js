/* Stations, cameras, events and findings: clusters with numbers below zoom 15, a sign per kind above, camera sectors from zoom 16. */
"use strict";
(function (geogrid) {
  const CLUSTER_ZOOM = 15, SECTOR_ZOOM = 16, CELL_PX = 76, SIGN_PX = 9;
  const ROLES = ["cameras", "stations", "events"], ROLE_COLOUR = { stations: "#8a4b08", cameras: "#17324d", events: "#5b3f8c", findings: "#a84300" };

  geogrid.Points = geogrid.Overlay.extend({
    initialize: function (state) {
      geogrid.Overlay.prototype.initialize.call(this, "geogrid-points", 620);
      this._state = state;
      this.hits = [];
    },

    paint: function (c, size) {
      this.hits = [];
      this._sign_px = SIGN_PX * this._text;
      c.textAlign = "center";
      c.textBaseline = "alphabetic";
      for (const role of ROLES) if (this._state.layers[role] && (this._state.sites || {})[role]) this._role(c, size, role, this._state.sites[role]);
      if (this._state.layers.findings && this._state.findings) this._findings(c, size);
      this.fire("drawn");
    },

    _role: function (c, size, role, table) {
      const shown = [], kinds = table.kinds.map((k) => this._state.layers[role + ":" + k.id] !== false);
      for (let i = 0; i < table.id.length; i++) {
        if (!kinds[table.kind[i]]) continue;
        const at = this.place(table.y[i], table.x[i]);
        if (at.x > -20 && at.y > -20 && at.x < size.x + 20 && at.y < size.y + 20) shown.push({ at: at, row: i });
      }
      const zoom = this._map.getZoom();
      if (zoom < (geogrid.settings.signs_from || 0)) return;
      if (geogrid.settings.dots_below) return zoom < geogrid.settings.dots_below ? this._dots(c, shown, role, table) : this._signs(c, shown, role, table);
      if (zoom >= CLUSTER_ZOOM && role !== "cameras") this._apart(shown);
      if (zoom < CLUSTER_ZOOM) return this._clusters(c, shown, role, (i) => table.kinds[table.kind[i]]);
      if (role === "cameras" && zoom >= SECTOR_ZOOM && this._state.layers.sectors) this._sectors(c, shown, table);
      this._signs(c, shown, role, table);
    },

    _signs: function (c, shown, role, table) {
      const look = (row) => (table.dome ? Object.assign({}, table.kinds[table.kind[row]], { shape: table.dome[row] ? "dome" : "camera" }) : table.kinds[table.kind[row]]);
      for (const p of shown) this._sign(c, p.at, look(p.row), role === "cameras" ? table.direction[p.row] : null, { role: role, row: p.row });
    },

    /* Each point at its place, however far away: a page about few of them. */
    _dots: function (c, shown, role, table) {
      const r = 4 * this._text;
      for (const p of shown) {
        disc(c, p.at, r + 1.5, "#ffffff");
        disc(c, p.at, r, table.kinds[table.kind[p.row]].colour);
        this.hits.push({ x: p.at.x, y: p.at.y, r: r + 3, role: role, rows: [p.row] });
      }
    },

    /* Stations in one house stand side by side. */
    _apart: function (shown) {
      const room = geogrid.Room(), r = this._sign_px;
      for (const p of shown) for (let k = 0; k < 5 && !room.take([p.at.x - r, p.at.y - r, p.at.x + r, p.at.y + r]); k++) p.at = p.at.add([2 * r + 4, 0]);
    },

    /* Points in one square of the world's grid make one cluster at their mean place, so clusters stay put in a pan. */
    _clusters: function (c, shown, role, kind) {
      const squares = new Map(), origin = this._map.getPixelOrigin().add(this._origin);
      for (const p of shown) {
        const key = Math.floor((p.at.x + origin.x) / CELL_PX) + ":" + Math.floor((p.at.y + origin.y) / CELL_PX);
        if (!squares.has(key)) squares.set(key, []);
        squares.get(key).push(p);
      }
      for (const found of this._merged([...squares.values()])) {
        const at = this._beside(found.at, found.r);
        if (found.group.length === 1) this._sign(c, at, kind(found.group[0].row), null, { role: role, row: found.group[0].row });
        else this._cluster(c, at, found.group, role, kind);
      }
    },

    /* Largest first; a group that would touch one which already stands joins it. */
    _merged: function (groups) {
      const standing = [];
      for (const group of groups.sort((a, b) => b.length - a.length)) {
        const at = L.point(mean(group, "x"), mean(group, "y")), r = this._radius(group.length);
        const near = standing.find((s) => s.at.distanceTo(at) < s.r + r + 2);
        if (near) {
          near.group.push(...group);
          near.r = this._radius(near.group.length);
        } else standing.push({ at: at, r: r, group: group });
      }
      return standing;
    },

    /* The place itself, or the nearest beside what another kind of point has drawn there. */
    _beside: function (at, r) {
      for (let tries = 0; tries < 4; tries++) {
        const under = this.hits.find((h) => Math.hypot(at.x - h.x, at.y - h.y) < h.r + r);
        if (!under) return at;
        const away = Math.hypot(at.x - under.x, at.y - under.y), k = (under.r + r + 1) / (away || 1);
        at = away ? L.point(under.x + (at.x - under.x) * k, under.y + (at.y - under.y) * k) : at.add([under.r + r + 1, 0]);
      }
      return at;
    },

    _radius: function (n) { return n === 1 ? this._sign_px + 3 : (11 + Math.min(8, Math.log2(n) * 0.95)) * this._text; },

    _cluster: function (c, at, group, role, kind) {
      const n = group.length, text = n.toLocaleString("en-US"), r = this._radius(n) - 2;
      const one = kind && group.every((p) => kind(p.row) === kind(group[0].row)) ? kind(group[0].row) : null;
      disc(c, at, r + 2, "rgba(255,255,255,0.95)");
      disc(c, at, r, one && role !== "cameras" && one.colour ? one.colour : ROLE_COLOUR[role]);
      c.fillStyle = "#ffffff";
      c.font = "700 " + 12 * this._text + "px " + geogrid.FACE;
      c.fillText(text, at.x, at.y + 4.3 * this._text);
      this.hits.push({ x: at.x, y: at.y, r: r + 2, role: role, rows: group.map((p) => p.row) });
    },

    _sign: function (c, at, kind, direction, hit) {
      const k = this._text, px = this._map.getZoom() >= 17 ? this._sign_px + 1 : this._sign_px;
      if (kind.shape === "camera" || kind.shape === "dome") camera(c, at, kind, this._map.getZoom() < SECTOR_ZOOM ? null : direction, this._map.getZoom() < SECTOR_ZOOM ? 0.65 * k : k);
      else {
        shape(c, kind.shape, at, px + 2, "#ffffff");
        shape(c, kind.shape, at, px, kind.colour);
        c.fillStyle = "#ffffff";
        c.font = "700 " + 11 * k + "px " + geogrid.FACE;
        c.fillText(kind.sign, at.x, at.y + (kind.shape === "triangle" ? 5.4 : 4) * k);
      }
      this.hits.push({ x: at.x, y: at.y, r: px + 3, role: hit.role, rows: [hit.row] });
    },

    /* All sectors are one path, so that ground seen twice is not darker. */
    _sectors: function (c, shown, table) {
      c.beginPath();
      for (const p of shown) this._sector(c, p, table);
      c.fillStyle = "rgba(0,158,115,0.17)";
      c.fill("nonzero");
      c.strokeStyle = "rgba(0,102,75,0.28)";
      c.lineWidth = 0.7;
      c.stroke();
    },

    _sector: function (c, p, table) {
      const direction = table.direction[p.row], angle = table.angle[p.row], reach = table.range[p.row];
      const full = angle >= 360;
      if (!(reach > 0) || !(angle > 0) || (direction === null && !full)) return;
      const metre = (256 * Math.pow(2, this._map.getZoom())) / (40075016.685578488 * Math.cos((table.y[p.row] * Math.PI) / 180));
      const r = reach * metre, middle = ((direction - 90) * Math.PI) / 180, half = (angle * Math.PI) / 360;
      if (full) { c.moveTo(p.at.x + r, p.at.y); c.arc(p.at.x, p.at.y, r, 0, 2 * Math.PI); c.closePath(); }
      else { c.moveTo(p.at.x, p.at.y); c.arc(p.at.x, p.at.y, r, middle - half, middle + half); c.closePath(); }
    },

    _findings: function (c, size) {
      const near = [], wanted = this._state.finding;
      this._state.findings.forEach((f, row) => {
        const at = this.place(f.place[1], f.place[0]);
        const a = this.place(f.box[3], f.box[0]), b = this.place(f.box[1], f.box[2]);
        if (b.x < 0 || b.y < 0 || a.x > size.x || a.y > size.y) return;
        if (f.shape && Math.max(b.x - a.x, b.y - a.y) > 10) this._fault(c, f, f.at === wanted);
        if (at.x > 0 && at.y > 0 && at.x < size.x && at.y < size.y) near.push({ at: at, row: row });
      });
      if (this._map.getZoom() < CLUSTER_ZOOM) this._clusters(c, near.filter((p) => this._state.findings[p.row].at !== wanted), "findings", (i) => findingKind(this._state.findings[i]));
      else for (const p of near) if (!this._close(near, p)) this._sign(c, p.at, findingKind(this._state.findings[p.row]), null, { role: "findings", row: p.row });
      const chosen = near.find((p) => this._state.findings[p.row].at === wanted);
      if (chosen && !this._close(near, chosen)) this._ring(c, chosen.at);
    },

    /* The chosen finding seen so close that its own shape shows it: a sign would only hide it. */
    _close: function (near, p) {
      const f = this._state.findings[p.row];
      if (f.at !== this._state.finding || !this._state.fault || !this._state.fault.shape) return false;
      const a = this.place(f.box[3], f.box[0]), b = this.place(f.box[1], f.box[2]);
      return Math.max(b.x - a.x, b.y - a.y) > 40;
    },

    _ring: function (c, at) {
      for (const look of [[7, "#ffffff"], [3, "#111111"]]) { c.beginPath(); c.arc(at.x, at.y, 17, 0, 7); c.lineWidth = look[0]; c.strokeStyle = look[1]; c.stroke(); }
    },

    _fault: function (c, f, chosen) {
      const line = f.shape.type.includes("LineString"), density = 1;
      c.beginPath();
      for (const ring of rings(f.shape)) ring.forEach((xy, i) => { const p = this.place(xy[1], xy[0]); if (i) c.lineTo(p.x, p.y); else c.moveTo(p.x, p.y); });
      if (f.shape.type.includes("Polygon")) { c.fillStyle = geogrid.pattern("lines", "#f6d9c3", "#a84300", density); c.globalAlpha = 0.6; c.fill("evenodd"); c.globalAlpha = 1; }
      if (f.shape.type.includes("Point")) return;
      c.lineJoin = "round";
      c.lineWidth = chosen ? 6 : 4;
      c.strokeStyle = "#ffffff";
      c.stroke();
      c.lineWidth = chosen ? 3 : line ? 2.4 : 1.6;
      c.strokeStyle = f.severity === "error" ? "#a84300" : "#8a5a00";
      c.stroke();
    },

    /* Returns what stands at a place of the map's container, the topmost first, or null. */
    at: function (point) {
      const p = this._map.containerPointToLayerPoint(point).subtract(this._origin || L.point(0, 0));
      for (let i = this.hits.length - 1; i >= 0; i--) if (Math.hypot(p.x - this.hits[i].x, p.y - this.hits[i].y) <= this.hits[i].r) return this.hits[i];
      return null;
    },
  });

  function findingKind(f) {
    return { shape: f.severity === "error" ? "circle" : "triangle", colour: f.severity === "error" ? "#a84300" : "#8a5a00", sign: f.severity === "error" ? "✕" : "!" };
  }

  function rings(shape) {
    if (shape.type === "GeometryCollection") return shape.geometries.flatMap(rings);
    const depth = { LineString: 1, MultiLineString: 0, Polygon: 0, MultiPolygon: -1 }[shape.type];
    if (depth === undefined) return [];
    return depth === 1 ? [shape.coordinates] : depth === 0 ? shape.coordinates : shape.coordinates.flat();
  }

  function mean(group, axis) { return group.reduce((sum, p) => sum + p.at[axis], 0) / group.length; }

  function disc(c, at, r, colour) { c.beginPath(); c.arc(at.x, at.y, r, 0, 2 * Math.PI); c.fillStyle = colour; c.fill(); }

  function shape(c, name, at, r, colour) {
    if (name === "circle") return disc(c, at, r, colour);
    if (name === "drop") return drop(c, at, r, colour);
    const corners = { square: 4, diamond: 4, triangle: 3, hexagon: 6, pentagon: 5 }[name] || 4;
    const turn = name === "square" ? Math.PI / 4 : 0, grow = name === "triangle" ? 1.35 : name === "square" || name === "diamond" ? 1.22 : 1.1;
    c.beginPath();
    for (let i = 0; i < corners; i++) {
      const a = turn - Math.PI / 2 + (i * 2 * Math.PI) / corners;
      c.lineTo(at.x + r * grow * Math.cos(a), at.y + r * grow * Math.sin(a) + (name === "triangle" ? r * 0.2 : 0));
    }
    c.closePath();
    c.fillStyle = colour;
    c.fill();
  }

  /* What happened, not what stands there: a disc with a point below. */
  function drop(c, at, r, colour) {
    disc(c, at, r, colour);
    c.beginPath();
    c.moveTo(at.x - r * 0.78, at.y + r * 0.62);
    c.lineTo(at.x, at.y + r * 1.75);
    c.lineTo(at.x + r * 0.78, at.y + r * 0.62);
    c.closePath();
    c.fill();
  }

  function camera(c, at, kind, direction, k) {
    disc(c, at, 7 * k, "#ffffff");
    disc(c, at, 5.5 * k, kind.colour);
    if (kind.shape === "dome") { disc(c, at, 3.8 * k, "#ffffff"); disc(c, at, 2 * k, kind.colour); }
    if (direction === null || direction === undefined) return;
    const a = ((direction - 90) * Math.PI) / 180;
    c.beginPath();
    c.moveTo(at.x + 12 * k * Math.cos(a), at.y + 12 * k * Math.sin(a));
    for (const side of [0.45, -0.45]) c.lineTo(at.x + 7.5 * k * Math.cos(a + side), at.y + 7.5 * k * Math.sin(a + side));
    c.closePath();
    c.fillStyle = kind.colour;
    c.fill();
  }
})(geogrid);
