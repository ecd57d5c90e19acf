// A canvas over the map that is painted in places of the Mercator square; after a small change only the part that changed is painted again.
const { geogrid, L } = window;
const PATCH_PX = 12; // lines and halos reach beyond what they outline

export const EditCanvas = geogrid.Overlay.extend({
  // `painter(context, frame, box)` paints all cells that meet `box`, a box of the Mercator square.
  initialize: function (order, painter) {
    geogrid.Overlay.prototype.initialize.call(this, "edit-" + order, order);
    this._painter = painter;
  },

  onRemove: function () {
    for (const asked of [this._asked, this._refreshed]) cancelAnimationFrame(asked);
    this._asked = this._refreshed = 0;
    this._canvas.remove();
  },

  paint: function (c, size, margin) {
    this.frame = { ...this._seen(size), margin };
    this._context = c;
    this._painter(c, this.frame, this.frame.box);
  },

  _seen: function (size) {
    const scale = 256 * Math.pow(2, this._map.getZoom()), corner = this._map.getPixelOrigin().add(this._origin);
    const box = [corner.x / scale, corner.y / scale, (corner.x + size.x) / scale, (corner.y + size.y) / scale];
    return { scale, dx: corner.x, dy: corner.y, size, box, zoom: this._map.getZoom(), density: window.devicePixelRatio || 1, text: this._text };
  },

  // Paints all of it anew with the next frame, without giving the canvas another size: for what follows the pointer.
  refresh: function () {
    if (this._refreshed || !this.frame) return;
    this._refreshed = requestAnimationFrame(() => { this._refreshed = 0; if (this._map) this.patch(this.frame.box); });
  },

  // Paints a box anew: at once where the canvas is in place, else with the next frame.
  patch: function (box) {
    if (!this._map || !this.frame || this._asked) return this.redraw();
    const { scale, dx, dy, size } = this.frame, c = this._context;
    const left = Math.max(0, box[0] * scale - dx - PATCH_PX), top = Math.max(0, box[1] * scale - dy - PATCH_PX);
    const right = Math.min(size.x, box[2] * scale - dx + PATCH_PX), bottom = Math.min(size.y, box[3] * scale - dy + PATCH_PX);
    if (right <= left || bottom <= top) return;
    c.save();
    c.beginPath();
    c.rect(left, top, right - left, bottom - top);
    c.clip();
    c.clearRect(left, top, right - left, bottom - top);
    this._painter(c, this.frame, [(left + dx) / scale, (top + dy) / scale, (right + dx) / scale, (bottom + dy) / scale]);
    c.restore();
  },
});

export const latLng = (x, y) => L.latLng((Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90, (x - 0.5) * 360);

// A ring ends with a line to its start: `closePath` costs Chromium thirty times as much on paths of many rings.
export function traceRings(c, rings, { scale, dx, dy }) {
  for (const ring of rings) {
    c.moveTo(ring[0] * scale - dx, ring[1] * scale - dy);
    for (let i = 2; i < ring.length; i += 2) c.lineTo(ring[i] * scale - dx, ring[i + 1] * scale - dy);
    c.lineTo(ring[0] * scale - dx, ring[1] * scale - dy);
  }
}

export function traceLine(c, line, { scale, dx, dy }) {
  c.moveTo(line[0] * scale - dx, line[1] * scale - dy);
  for (let i = 2; i < line.length; i += 2) c.lineTo(line[i] * scale - dx, line[i + 1] * scale - dy);
}

// Strokes what `trace` draws; several [colour, width] lie over each other.
export function stroke(c, trace, lines, dash = []) {
  c.beginPath();
  trace();
  c.setLineDash(dash);
  c.lineJoin = c.lineCap = "round";
  for (const [style, width] of lines) {
    c.strokeStyle = style;
    c.lineWidth = width;
    c.stroke();
  }
  c.setLineDash([]);
}

const patterns = new Map();

// A pattern that repeats: `draw(context, side)` paints one tile of `side` canvas pixels.
export function pattern(key, side_px, density, draw) {
  const name = key + "@" + density;
  if (!patterns.has(name)) {
    const side = Math.round(side_px * density), tile = document.createElement("canvas");
    tile.width = tile.height = side;
    const c = tile.getContext("2d");
    draw(c, side, density);
    const made = c.createPattern(tile, "repeat");
    made.setTransform(new DOMMatrix([1 / density, 0, 0, 1 / density, 0, 0]));
    patterns.set(name, made);
  }
  return patterns.get(name);
}
