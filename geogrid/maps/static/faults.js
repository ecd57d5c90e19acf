/* A fault close up: hatched, its corners marked, its greatest width drawn and named; and in a corner a small map of where it lies.

   geogrid.showFault({shape, line, label, box} or null): shape GeoJSON, line two places across it, label what it is there */
"use strict";
(function (geogrid) {
  const INK = "#a84300", MOST_CORNERS = 400, APART_PX = 9, ALL_PX = 12;
  let overlay = null, locator = null;

  geogrid.showFault = function (fault) {
    if (!overlay) return;
    overlay.show(fault);
    locator.show(fault);
  };

  geogrid.faults = function (map, source, state) {
    overlay = new Faults(state).addTo(map);
    locator = new Locator(map, source, state);
  };

  const Faults = geogrid.Overlay.extend({
    initialize: function (state) {
      geogrid.Overlay.prototype.initialize.call(this, "geogrid-faults", 625);
      this._state = state;
    },

    show: function (fault) {
      this._state.fault = fault;
      this.redraw();
    },

    paint: function (c, size) {
      const fault = this._state.fault;
      if (!fault || !fault.shape) return;
      const parts = outlines(fault.shape).map((part) => ({ closed: part.closed, at: part.line.map((xy) => this.place(xy[1], xy[0])) }));
      c.lineJoin = c.lineCap = "round";
      trace(c, parts);
      if (parts.some((part) => part.closed)) { c.fillStyle = geogrid.pattern("lines", "#fdeadd", INK, 1); c.globalAlpha = 0.85; c.fill("evenodd"); c.globalAlpha = 1; }
      for (const look of [[7, "#ffffff"], [3, INK]]) { c.lineWidth = look[0]; c.strokeStyle = look[1]; c.stroke(); }
      this._corners(c, size, parts);
      if (fault.line) this._width(c, size, fault);
    },

    _corners: function (c, size, parts) {
      const all = parts.flatMap((part) => part.at).filter((p) => p.x > 0 && p.y > 0 && p.x < size.x && p.y < size.y);
      if (all.length > MOST_CORNERS) return;
      const room = geogrid.Room();
      for (const p of all) {
        if (!room.take([p.x - APART_PX / 2, p.y - APART_PX / 2, p.x + APART_PX / 2, p.y + APART_PX / 2])) continue;
        c.fillStyle = "#ffffff";
        c.fillRect(p.x - 3.5, p.y - 3.5, 7, 7);
        c.lineWidth = 1.6;
        c.strokeStyle = INK;
        c.strokeRect(p.x - 3.5, p.y - 3.5, 7, 7);
      }
    },

    /* The line across, and its length in words beside the fault, joined by a thin line. */
    _width: function (c, size, fault) {
      const a = this.place(fault.line[0][1], fault.line[0][0]), b = this.place(fault.line[1][1], fault.line[1][0]);
      const k = this._text, wide = Math.hypot(b.x - a.x, b.y - a.y), middle = L.point((a.x + b.x) / 2, (a.y + b.y) / 2);
      if (wide > 2) for (const look of [[6, "#ffffff"], [3, "#111111"]]) { stroke(c, [a, b], look[0], look[1]); }
      else { c.beginPath(); c.arc(middle.x, middle.y, 4, 0, 7); c.fillStyle = "#111111"; c.fill(); }
      if (!fault.label) return;
      c.font = "700 " + 14 * k + "px " + geogrid.FACE;
      const w = c.measureText(fault.label).width + 24 * k, h = 28 * k, right = Math.max(a.x, b.x) + 56, side = right + w + 12 < size.x * 0.85;
      const x = side ? right : Math.min(a.x, b.x) - 56 - w, y = middle.y - h / 2 + 4;
      stroke(c, [middle, L.point(side ? x : x + w, y + h / 2)], 1.6, "#111111");
      c.beginPath();
      c.roundRect(x, y, w, h, 4);
      c.fillStyle = "#111111";
      c.fill();
      c.fillStyle = "#ffffff";
      c.textAlign = "center";
      c.textBaseline = "middle";
      c.fillText(fault.label, x + w / 2, y + h / 2 + 1);
    },
  });

  /* A window on the same tiles five zooms out; it hides where it would show no more than the map does. */
  function Locator(map, source, state) {
    const SIDE = [200, 150], OUT = 5, box = geogrid.element("div", "geogrid-locator", null, map.getContainer()), canvas = geogrid.element("canvas", "", null, box);
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", geogrid.say("locator"));
    box.hidden = true;
    let fault = null, asked = 0;
    this.show = function (found) { fault = found; draw(); };
    map.on("moveend resize", draw);

    function draw() {
      const mine = ++asked, whole = map.getBoundsZoom(L.latLngBounds([geogrid.settings.bounds[1], geogrid.settings.bounds[0]], [geogrid.settings.bounds[3], geogrid.settings.bounds[2]]));
      const zoom = Math.max(Math.floor(whole) - 1, Math.min(14, Math.floor(map.getZoom()) - OUT));
      box.hidden = !fault || !fault.box || map.getZoom() < zoom + 2.5 || map.getSize().x < 560;
      if (box.hidden) return;
      const density = window.devicePixelRatio || 1, centre = map.project(map.getCenter(), zoom), left = centre.x - SIDE[0] / 2, top = centre.y - SIDE[1] / 2;
      const sheet = document.createElement("canvas"), c = sheet.getContext("2d"), waiting = [];
      sheet.width = SIDE[0] * density;
      sheet.height = SIDE[1] * density;
      for (let x = Math.floor(left / 512); x <= (left + SIDE[0]) / 512; x++)
        for (let y = Math.floor(top / 512); y <= (top + SIDE[1]) / 512; y++)
          waiting.push(source.tile(zoom - 1, x, y).then((layers) => tile(c, layers, (x * 512 - left) * density, (y * 512 - top) * density, zoom, density), () => null));
      Promise.all(waiting).then(() => { if (mine === asked) finish(sheet, c, zoom, left, top, density); });
    }

    function tile(c, layers, x, y, zoom, density) {
      const one = document.createElement("canvas");
      one.width = one.height = 512 * density;
      const still = Object.assign({}, state, { fill: "identity", shown: coarse(), focus: null, layers: Object.assign({}, state.layers, { buildings: false }) });
      geogrid.paintTile(one.getContext("2d"), layers, one.width / geogrid.EXTENT, { zoom: zoom, density: density }, still);
      c.drawImage(one, x, y);
    }

    function coarse() { const found = state.levels.filter((l) => !l.fine); return found.length ? found[found.length - 1].id : state.shown; }

    function finish(sheet, c, zoom, left, top, density) {
      const view = map.getBounds(), a = map.project(view.getNorthWest(), zoom).subtract([left, top]), b = map.project(view.getSouthEast(), zoom).subtract([left, top]);
      const middle = a.add(b).divideBy(2), w = Math.max(ALL_PX, b.x - a.x), h = Math.max(ALL_PX, b.y - a.y);
      c.scale(density, density);
      c.fillStyle = "rgba(230,159,0,0.35)";
      c.fillRect(middle.x - w / 2, middle.y - h / 2, w, h);
      c.strokeStyle = "#111111";
      c.lineWidth = 2;
      c.strokeRect(middle.x - w / 2, middle.y - h / 2, w, h);
      canvas.width = sheet.width;
      canvas.height = sheet.height;
      canvas.getContext("2d").drawImage(sheet, 0, 0);
    }
  }

  function stroke(c, line, width, colour) {
    c.beginPath();
    line.forEach((p, i) => { if (i) c.lineTo(p.x, p.y); else c.moveTo(p.x, p.y); });
    c.lineWidth = width;
    c.strokeStyle = colour;
    c.stroke();
  }

  function trace(c, parts) {
    c.beginPath();
    for (const part of parts) {
      part.at.forEach((p, i) => { if (i) c.lineTo(p.x, p.y); else c.moveTo(p.x, p.y); });
      if (part.closed) c.closePath();
      else if (part.at.length === 1) { c.moveTo(part.at[0].x + 8, part.at[0].y); c.arc(part.at[0].x, part.at[0].y, 8, 0, 7); }
    }
  }

  /* Every ring and line of a GeoJSON geometry; a point is a line of one place. */
  function outlines(shape) {
    const open = (line) => ({ closed: false, line: line }), ring = (line) => ({ closed: true, line: line });
    if (shape.type === "GeometryCollection") return shape.geometries.flatMap(outlines);
    if (shape.type === "Point") return [open([shape.coordinates])];
    if (shape.type === "MultiPoint") return shape.coordinates.map((at) => open([at]));
    if (shape.type === "LineString") return [open(shape.coordinates)];
    if (shape.type === "MultiLineString") return shape.coordinates.map(open);
    return (shape.type === "Polygon" ? shape.coordinates : shape.coordinates.flat()).map(ring);
  }
})(geogrid);
