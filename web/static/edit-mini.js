// A small map of the ground round a change: cells in their unit's hue, what moves hatched in the hue of where it goes.
import { element } from "./edit-facts.js";

export const HUES = ["#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#e69f00"];
const PALE = 0.32;

// `atoms`: Map atom row → unit code it goes to; `before` draws where they are now; `around`: what else is to be seen. Two pixels a pixel.
export function mini(desk, { atoms, around = [], before = false, label = "" }) {
  const canvas = element("canvas", { class: "mini", width: 688, height: 336, role: "img", "aria-label": label || desk.say(before ? "d_before" : "d_after") });
  const pen = canvas.getContext("2d"), { ground } = desk.model, chosen = new Set(ground.cellsOfAtoms(atoms.keys())), view = frame(ground, [...chosen, ...ground.cellsOfAtoms(around)], canvas);
  if (!view) return canvas;
  const goes = new Map([...atoms.keys()].map(atom => [ground.cellOf[atom], atoms.get(atom)]));
  for (const cell of desk.model.places.near(view.box)) {
    const own = desk.model.units.cellOwner(cell, desk.model.depth), to = chosen.has(cell) && !before && goes.get(cell) ? desk.model.units.rowOf(goes.get(cell)) : own;
    trace(pen, ground.rings[cell], view);
    pen.globalAlpha = PALE;
    pen.fillStyle = to >= 0 ? HUES[desk.hue(to)] : "#ffffff";
    pen.fill("evenodd");
    pen.globalAlpha = 1;
    pen.setLineDash([4, 3]);
    pen.lineWidth = 1;
    pen.strokeStyle = "#8b8678";
    pen.stroke();
  }
  pen.setLineDash([]);
  borders(pen, desk.model, view);
  for (const cell of chosen) if (!ground.gone.has(cell)) hatched(pen, ground.rings[cell], view);
  names(pen, desk, view);
  return canvas;
}

// What is seen: the cells that change, with as much again on each side.
function frame(ground, cells, canvas) {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const cell of cells) {
    const at = 4 * cell;
    west = Math.min(west, ground.box[at]);
    north = Math.min(north, ground.box[at + 1]);
    east = Math.max(east, ground.box[at + 2]);
    south = Math.max(south, ground.box[at + 3]);
  }
  if (!(east > west)) return null;
  const scale = Math.min(canvas.width / (east - west), canvas.height / (south - north)) / 1.8, x = (west + east) / 2, y = (north + south) / 2;
  const box = [x - canvas.width / 2 / scale, y - canvas.height / 2 / scale, x + canvas.width / 2 / scale, y + canvas.height / 2 / scale];
  return { scale, box, x: at => (at - box[0]) * scale, y: at => (at - box[1]) * scale, width: canvas.width, height: canvas.height };
}

function trace(pen, rings, view) {
  pen.beginPath();
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) pen[i ? "lineTo" : "moveTo"](view.x(ring[i]), view.y(ring[i + 1]));
    pen.closePath();
  }
}

// Borders of the units of the level: outlines that the service sent, in degrees.
function borders(pen, model, view) {
  const { ground, units, depth } = model;
  pen.lineWidth = 3;
  pen.strokeStyle = "#1c2329";
  for (const cell of model.places.near(view.box)) {
    const own = units.cellOwner(cell, depth);
    for (const other of ground.neighbours(cell)) if (other > cell && units.cellOwner(other, depth) !== own) shared(pen, ground.rings[cell], ground.rings[other], view);
  }
}

// The segments that two cells share.
function shared(pen, one, two, view) {
  const keys = new Set();
  for (const ring of two) for (let i = 0; i < ring.length; i += 2) keys.add(ring[i] + ":" + ring[i + 1]);
  pen.beginPath();
  for (const ring of one)
    for (let i = 0; i < ring.length; i += 2) {
      const j = (i + 2) % ring.length;
      if (!keys.has(ring[i] + ":" + ring[i + 1]) || !keys.has(ring[j] + ":" + ring[j + 1])) continue;
      pen.moveTo(view.x(ring[i]), view.y(ring[i + 1]));
      pen.lineTo(view.x(ring[j]), view.y(ring[j + 1]));
    }
  pen.stroke();
}

function hatched(pen, rings, view) {
  pen.save();
  trace(pen, rings, view);
  pen.clip("evenodd");
  pen.lineWidth = 2;
  pen.strokeStyle = "rgba(28, 35, 41, .65)";
  pen.beginPath();
  for (let x = -view.height; x < view.width; x += 14) { pen.moveTo(x, view.height); pen.lineTo(x + view.height, 0); }
  pen.stroke();
  pen.restore();
  trace(pen, rings, view);
  pen.lineWidth = 4;
  pen.strokeStyle = "#111111";
  pen.stroke();
}

// A unit's short name in the middle of its cells that are seen.
function names(pen, desk, view) {
  const { ground, units, depth } = desk.model, middles = new Map();
  for (const cell of desk.model.places.near(view.box)) {
    const own = units.cellOwner(cell, depth), x = view.x(ground.x[cell]), y = view.y(ground.y[cell]);
    if (own < 0 || x < 40 || y < 20 || x > view.width - 40 || y > view.height - 20) continue;
    const at = middles.get(own) || { x: 0, y: 0, n: 0 };
    middles.set(own, { x: at.x + x, y: at.y + y, n: at.n + 1 });
  }
  pen.font = "700 24px sans-serif";
  pen.textAlign = "center";
  pen.lineWidth = 6;
  pen.strokeStyle = "#ffffff";
  pen.fillStyle = "#1c2329";
  for (const [row, { x, y, n }] of middles) {
    const text = desk.short(row);
    pen.strokeText(text, x / n, y / n);
    pen.fillText(text, x / n, y / n);
  }
}
