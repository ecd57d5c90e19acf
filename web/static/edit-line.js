// The line tool, to split a unit or to redraw a border: a click sets a point, a double click, the last point again or `finish()` ends, `back()` takes the last point back.
// Points snap to vertices and borders of cells, visibly; the line is told as longitude and latitude.
import { stroke } from "./edit-canvas.js";
import { latOf, lonOf } from "./edit-ground.js";
import { nearestOn } from "./edit-places.js";

const VERTEX_PX = 10, BORDER_PX = 8, AGAIN_PX = 5, TOUCH_SHARE = 2; // how near a point snaps, or is the last one again; a finger is coarser
const SNAP = { vertex: "#00664b", border: "#8a5a00" };

export class Line {
  constructor(view, name) { Object.assign(this, { view, name, points: [], snap: null }); }

  move(at) {
    this.snap = this.#snapped(at);
    this.view.above.refresh();
  }

  // A click on the last point ends the line: a second tap is a double click where there is no mouse.
  click(at) {
    const point = this.#snapped(at), last = this.points[this.points.length - 1];
    if (last && Math.hypot(point.x - last.x, point.y - last.y) * at.scale < AGAIN_PX * reachOf(at)) this.finish();
    else this.point(point);
  }

  // Sets a point, as the keyboard does on the cell that is walked to.
  point({ x, y }) {
    this.points.push({ x, y });
    this.#changed();
  }

  double() { this.finish(); }

  finish() {
    if (this.points.length < 2) return false;
    const coordinates = this.points.map(({ x, y }) => [round(lonOf(x)), round(latOf(y))]);
    this.cancel();
    this.view.tell("line", coordinates, { tool: this.name });
    return true;
  }

  back() {
    const had = this.points.length > 0;
    this.points.pop();
    this.#changed();
    return had;
  }

  cancel() {
    const had = this.points.length > 0;
    this.points = [];
    this.snap = null;
    this.#changed();
    return had;
  }

  #changed() {
    this.view.above.refresh();
    this.view.tell("points", { tool: this.name, n: this.points.length });
  }

  // The nearest vertex within reach, else the nearest place on a border, else the place itself.
  #snapped(at) {
    const { ground, places } = this.view.model, coarse = reachOf(at), reach = (VERTEX_PX * coarse) / at.scale;
    let vertex = null, border = null;
    for (const cell of places.near([at.x - reach, at.y - reach, at.x + reach, at.y + reach]))
      for (const ring of ground.rings[cell])
        for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
          const away = Math.hypot(ring[i] - at.x, ring[i + 1] - at.y);
          if (away <= reach && (!vertex || away < vertex.distance)) vertex = { x: ring[i], y: ring[i + 1], distance: away, kind: "vertex" };
          const on = nearestOn(ring[j], ring[j + 1], ring[i], ring[i + 1], at.x, at.y);
          if (on.distance <= (BORDER_PX * coarse) / at.scale && (!border || on.distance < border.distance)) border = { ...on, kind: "border" };
        }
    return vertex || border || { x: at.x, y: at.y, kind: "" };
  }

  draw(c, { scale, dx, dy }) {
    const place = p => [p.x * scale - dx, p.y * scale - dy], all = this.snap && this.points.length ? [...this.points, this.snap] : this.points;
    if (all.length > 1) stroke(c, () => all.forEach((p, i) => (i ? c.lineTo(...place(p)) : c.moveTo(...place(p)))), [["#ffffff", 6], ["#17324d", 2.6]]);
    for (const p of this.points) dot(c, place(p), 5, "#17324d");
    if (this.snap) ring(c, place(this.snap), SNAP[this.snap.kind]);
  }
}

const reachOf = at => (at.event?.pointerType === "touch" ? TOUCH_SHARE : 1);
const round = value => Math.round(value * 1e7) / 1e7;

function dot(c, [x, y], radius, colour) {
  c.beginPath();
  c.arc(x, y, radius, 0, 2 * Math.PI);
  c.fillStyle = colour;
  c.fill();
  c.lineWidth = 1.5;
  c.strokeStyle = "#ffffff";
  c.stroke();
}

// Where the next point would be: a square on a vertex, a circle on a border, a cross in the open.
function ring(c, [x, y], colour) {
  const cross = () => [[6, 0], [0, 6]].forEach(([dx, dy]) => { c.moveTo(x - dx, y - dy); c.lineTo(x + dx, y + dy); });
  const shapes = { [SNAP.vertex]: () => c.rect(x - 6, y - 6, 12, 12), [SNAP.border]: () => c.arc(x, y, 6.5, 0, 2 * Math.PI) };
  stroke(c, shapes[colour] || cross, [["#ffffff", 5], [colour || "#17324d", 2.2]]);
}
