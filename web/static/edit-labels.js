// Names on the plan with live figures ("99 → 65 户", ▼ in colour): wholly inside their unit or left out, none over another or under a control.
import { nearestOn } from "./edit-places.js";

const { geogrid } = window;
const LATTICE = 7, NAME_PX = [14, 12], FIGURE_PX = 12;
const STACK_ZOOM = 17, PARENT_ZOOM = 14; // below it the units above are named first
const INK = { below: "#005f96", above: "#a84300" }, SIGN = { below: "▼ ", above: "▲ " };

export class Labels {
  constructor(model, plan, { name, say }) {
    Object.assign(this, { model, plan, name, say, shapes: new Map() });
  }

  // Forgets the shapes of units that changed; all of them without a list.
  forget(rows = null) {
    if (!rows) return this.shapes.clear();
    for (const row of rows) this.shapes.delete(row);
  }

  paint(c, frame, sides, controls) {
    const { units, depth } = this.model, room = geogrid.Room();
    for (const box of controls) room.block(box);
    c.textAlign = "center";
    c.textBaseline = "alphabetic";
    c.lineJoin = "round";
    const rank = unit => (sides.has(unit.row) ? 0 : 1);
    const shown = units.live(depth).filter(unit => units.atoms(unit.row).length).sort((a, b) => rank(a) - rank(b) || a.row - b.row);
    if (frame.zoom < PARENT_ZOOM && depth > 0) shown.unshift(...units.live(depth - 1));
    for (const unit of shown) if (sides.has(unit.row) || !this.#shape(unit).isStacked) this.#unit(c, frame, room, unit, sides.get(unit.row));
    if (frame.zoom >= STACK_ZOOM) this.#stacks(c, frame, room);
  }

  // Lines of the outline and places inside, in the Mercator square: computed once a unit and change.
  #shape(unit) {
    if (!this.shapes.has(unit.row)) this.shapes.set(unit.row, this.#shapeOf(this.model.ground.cellsOfAtoms(this.model.units.atoms(unit.row))));
    return this.shapes.get(unit.row);
  }

  #shapeOf(list) {
    const cells = new Set(list), isStacked = list.every(cell => this.model.units.cellOwner(cell, this.model.depth) < -1), shape = { cells, isStacked, lines: this.plan.outline(cells), box: boxOfCells(this.model.ground, cells) };
    return { ...shape, places: this.#places(shape, shape.box) };
  }

  // A unit that would change is named beside the selection, not on it, where anything is left of it.
  #rest(unit) {
    const { model } = this, chosen = new Set(model.selectedCells()), left = model.ground.cellsOfAtoms(model.units.atoms(unit.row)).filter(cell => !chosen.has(cell));
    return left.length ? this.#shapeOf(left) : this.#shape(unit);
  }

  // Places of a lattice over a box that lie inside, those with the most room first.
  #places({ cells, lines }, [west, north, east, south]) {
    const found = [], middle = [(west + east) / 2, (north + south) / 2], wide = Math.max(east - west, south - north);
    for (let i = 0; i < LATTICE; i++)
      for (let j = 0; j < LATTICE; j++) {
        const x = west + ((i + 0.5) / LATTICE) * (east - west), y = north + ((j + 0.5) / LATTICE) * (south - north);
        if (cells.has(this.model.places.at(x, y))) found.push({ x, y, room: toLines(lines, x, y) - 0.1 * Math.hypot(x - middle[0], y - middle[1]) - 0.001 * wide });
      }
    return found.sort((a, b) => b.room - a.room);
  }

  #unit(c, frame, room, unit, side) {
    const shape = side ? this.#rest(unit) : this.#shape(unit), seen = overlap(shape.box, inner(frame));
    if (!seen) return;
    const whole = seen.every((v, i) => v === shape.box[i]), places = whole ? shape.places : this.#places(shape, seen);
    const status = side ? side.statusAfter : this.model.statusOf(unit.row), sign = SIGN[status] || "", figure = sign + this.#figure(unit, side);
    for (const text of this.name(unit))
      for (const px of NAME_PX.map(size => size * frame.text)) {
        c.font = `700 ${px}px ${geogrid.FACE}`;
        const wide = c.measureText(text).width;
        c.font = `${sign ? 700 : 400} ${FIGURE_PX * frame.text}px ${geogrid.FACE}`;
        const w = Math.max(wide, c.measureText(figure).width) + 6, h = px + 19 * frame.text;
        const spot = places.map(p => ({ x: p.x * frame.scale - frame.dx, y: p.y * frame.scale - frame.dy })).find(p => this.#fits(shape, frame, p, w, h) && room.take([p.x - w / 2, p.y - h / 2, p.x + w / 2, p.y + h / 2]));
        if (!spot) continue;
        geogrid.halo(c, figure, spot.x, spot.y + 14 * frame.text, INK[status] || "#2f3941");
        c.font = `700 ${px}px ${geogrid.FACE}`;
        geogrid.halo(c, text, spot.x, spot.y - 1, INK[status] || "#1c2329");
        return;
      }
    if (side && places.length) this.#badge(c, frame, room, places, [this.name(unit).at(-1), figure].join("  "), INK[status] || "#1c2329");
  }

  // A unit that would change says so even where its name does not fit into it: on a badge over it.
  #badge(c, frame, room, places, text, ink) {
    const px = FIGURE_PX * frame.text, h = px + 10;
    c.font = `700 ${px}px ${geogrid.FACE}`;
    const w = c.measureText(text).width + 14, x = places[0].x * frame.scale - frame.dx;
    for (const lift of [0, 1, -1, 2, -2]) {
      const y = places[0].y * frame.scale - frame.dy + lift * (h + 2);
      if (!room.take([x - w / 2, y - h / 2, x + w / 2, y + h / 2])) continue;
      c.beginPath();
      c.roundRect(x - w / 2, y - h / 2, w, h, 5);
      c.fillStyle = "#ffffff";
      c.fill();
      c.lineWidth = 1.5;
      c.strokeStyle = ink;
      c.stroke();
      c.fillStyle = ink;
      c.fillText(text, x, y + px * 0.36);
      return;
    }
  }

  // How many units lie over each other in a cell, as on the other pages.
  #stacks(c, frame, room) {
    const { ground, units, places, depth } = this.model, px = FIGURE_PX * frame.text, h = px + 10;
    for (const cell of places.near(inner(frame))) {
      if (units.cellOwner(cell, depth) >= -1) continue;
      const rows = units.ownersOf(cell, depth), text = this.say("stack", { n: rows.length }), x = ground.x[cell] * frame.scale - frame.dx, y = ground.y[cell] * frame.scale - frame.dy;
      c.font = `700 ${px}px ${geogrid.FACE}`;
      const w = c.measureText(text).width + 16;
      if (!room.take([x - w / 2, y - h / 2, x + w / 2, y + h / 2])) continue;
      c.beginPath();
      c.roundRect(x - w / 2, y - h / 2, w, h, h / 2);
      c.fillStyle = "#17324d";
      c.fill();
      c.lineWidth = 2;
      c.strokeStyle = "#ffffff";
      c.stroke();
      c.fillStyle = "#ffffff";
      c.fillText(text, x, y + px * 0.36);
    }
  }

  #figure(unit, side) {
    const locked = this.model.locked.has(unit.row) ? this.say("locked") + " " : "";
    if (!side && this.model.statusOf(unit.row) === "dedicated") return locked + this.say("dedicated");
    const now = side ? side.before.households : this.model.unitFigures(unit.row).households;
    return side && side.after.households !== now ? this.say("households_change", { n: now, to: side.after.households }) : locked + this.say("households_short", { n: now });
  }

  // Does a box of w × h pixels lie inside the unit, in sight: no line of its outline goes through it.
  #fits({ lines }, frame, { x, y }, w, h) {
    const { scale, dx, dy } = frame, seen = inner(frame);
    const box = [(x - w / 2 + dx) / scale, (y - h / 2 + dy) / scale, (x + w / 2 + dx) / scale, (y + h / 2 + dy) / scale];
    return box[0] >= seen[0] && box[1] >= seen[1] && box[2] <= seen[2] && box[3] <= seen[3] && !lines.some(line => crosses(line, box));
  }
}

const MARGIN_PX = 8;

// The part of the canvas that is seen, without the rim that is drawn for panning.
function inner({ scale, dx, dy, size, margin }) {
  return [(dx + margin.x + MARGIN_PX) / scale, (dy + margin.y + MARGIN_PX) / scale, (dx + size.x - margin.x - MARGIN_PX) / scale, (dy + size.y - margin.y - MARGIN_PX) / scale];
}

function overlap(a, b) {
  const box = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  return box[0] < box[2] && box[1] < box[3] ? box : null;
}

export function boxOfCells(ground, cells) {
  let box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const cell of cells) {
    const at = ground.box.subarray(4 * cell, 4 * cell + 4);
    box = [Math.min(box[0], at[0]), Math.min(box[1], at[1]), Math.max(box[2], at[2]), Math.max(box[3], at[3])];
  }
  return box;
}

function toLines(lines, x, y) {
  let best = Infinity;
  for (const line of lines) for (let i = 2; i < line.length; i += 2) best = Math.min(best, nearestOn(line[i - 2], line[i - 1], line[i], line[i + 1], x, y).distance);
  return best;
}

function crosses(line, box) {
  for (let i = 2; i < line.length; i += 2) if (meets(line[i - 2], line[i - 1], line[i], line[i + 1], box)) return true;
  return false;
}

// Does a segment meet a box: Liang and Barsky's clipping.
function meets(ax, ay, bx, by, [west, north, east, south]) {
  const dx = bx - ax, dy = by - ay;
  let from = 0, to = 1;
  for (const [way, gap] of [[-dx, ax - west], [dx, east - ax], [-dy, ay - north], [dy, south - ay]]) {
    if (way === 0 && gap < 0) return false;
    if (way < 0) from = Math.max(from, gap / way);
    else if (way > 0) to = Math.min(to, gap / way);
  }
  return from <= to;
}
