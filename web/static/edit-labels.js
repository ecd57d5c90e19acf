// Names on the plan with live figures ("99 → 65 户", ▼ in colour): wholly inside their unit or left out, none over another or under a control.
import { Rooms, fits, inSight } from "./edit-rooms.js";

const { geogrid } = window;
const NAME_PX = [14, 12], FIGURE_PX = 12, STACK_ZOOM = 17;
const PARENT_ZOOM = 14; // below it the units above are named first
const FEW = 40, BESIDE = [0, 24, -24, 48, -48].flatMap(dy => [0, -32, 32, -64, 64, -96, 96].map(dx => [dx, dy])); // where a badge may stand
const INK = { below: "#005f96", above: "#a84300" }, SIGN = { below: "▼ ", above: "▲ " };

export class Labels {
  constructor(model, plan, { name, say }) {
    Object.assign(this, { model, name, say, rooms: new Rooms(model, plan), shapes: new Map(), free: null });
  }

  // Forgets the shapes of units that changed; all of them without a list.
  forget(rows = null) {
    this.free = null;
    if (!rows) this.shapes.clear();
    else for (const row of rows) this.shapes.delete(row);
  }

  paint(c, frame, sides, controls) {
    const { units, depth } = this.model, room = geogrid.Room(), rank = unit => (sides.has(unit.row) ? 0 : 1);
    for (const box of [...controls, ...(sides.size ? this.#chosen(frame) : [])]) room.block(box);
    Object.assign(c, { textAlign: "center", textBaseline: "alphabetic", lineJoin: "round" });
    const shown = units.live(depth).filter(unit => units.atoms(unit.row).length).sort((a, b) => rank(a) - rank(b) || a.row - b.row);
    if (frame.zoom < PARENT_ZOOM && depth > 0) shown.unshift(...units.live(depth - 1));
    for (const { shape, households } of this.#unassigned()) this.#name(c, frame, room, shape, [this.say("nobodys")], this.model.isCounted ? this.say("households_short", { n: households }) : "", "");
    for (const unit of shown) if (sides.has(unit.row) || !this.#isStacked(unit)) this.#unit(c, frame, room, unit, sides.get(unit.row));
    if (frame.zoom >= STACK_ZOOM) this.#stacks(c, frame, room);
  }

  // Boxes of what is selected, in pixels, where that is not much: nothing is written over it.
  #chosen({ scale, dx, dy }) {
    const cells = this.model.selectedCells(), { box } = this.model.ground, px = (cell, k) => box[4 * cell + k] * scale - (k % 2 ? dy : dx);
    return cells.length > FEW ? [] : cells.map(cell => [px(cell, 0), px(cell, 1), px(cell, 2), px(cell, 3)]);
  }

  #shape(unit) {
    if (!this.shapes.has(unit.row)) this.shapes.set(unit.row, this.rooms.of(this.model.ground.cellsOfAtoms(this.model.units.atoms(unit.row))));
    return this.shapes.get(unit.row);
  }

  // Units that share all their ground with others are counted there, not named.
  #isStacked(unit) { return [...this.#shape(unit).cells].every(cell => this.model.units.cellOwner(cell, unit.level) < -1); }

  // Land and homes that no unit of the level has, piece by piece.
  #unassigned() {
    const { model } = this, complete = model.units.levels[model.depth].complete !== false;
    const free = cells => model.ground.atomsOfCells(cells).filter(atom => model.units.owner(atom, model.depth) < 0);
    const of = cells => ({ shape: this.rooms.of(cells), households: model.households(free(cells)) });
    this.free = this.free || (complete ? model.unassigned().pieces.map(of) : []);
    return this.free;
  }

  // A unit that would change is named beside the selection, not on it, where anything is left of it.
  #rest(unit) {
    const { model } = this, chosen = new Set(model.selectedCells()), left = model.ground.cellsOfAtoms(model.units.atoms(unit.row)).filter(cell => !chosen.has(cell));
    return left.length ? this.rooms.of(left) : this.#shape(unit);
  }

  // A unit that would change says so even where its name does not fit into it: on a badge over it.
  #unit(c, frame, room, unit, side) {
    const shape = side ? this.#rest(unit) : this.#shape(unit), status = side ? side.statusAfter : this.model.statusOf(unit.row);
    const figure = (SIGN[status] || "") + this.#figure(unit, side), names = this.name(unit);
    if (this.#name(c, frame, room, shape, names, figure, status) || !side) return;
    const [place] = this.rooms.seen(shape, frame) || [], ink = INK[status] || "#1c2329", text = names.at(-1) + "  " + figure;
    const at = ([dx, dy]) => badge(c, frame, room, place.x + dx, place.y + dy, text, ["#ffffff", ink, ink], dx || dy ? place : null);
    if (place && !BESIDE.some(at)) badge(c, frame, null, place.x, place.y, text, ["#ffffff", ink, ink]);
  }

  // Writes the longest name that fits into a shape, the figure below it; answers whether one did.
  #name(c, frame, room, shape, names, figure, status) {
    const places = this.rooms.seen(shape, frame) || [], k = frame.text, font = (weight, px) => { c.font = `${weight} ${px * k}px ${geogrid.FACE}`; };
    for (const text of places.length ? names : [])
      for (const px of NAME_PX) {
        font(700, px);
        const wide = c.measureText(text).width;
        font(status in INK ? 700 : 400, FIGURE_PX);
        const w = Math.max(wide, c.measureText(figure).width) + 6, h = (px + 19) * k, box = p => [p.x - w / 2, p.y - h / 2, p.x + w / 2, p.y + h / 2];
        const spot = places.find(p => fits(shape, frame, p, w, h) && room.take(box(p)));
        if (!spot) continue;
        geogrid.halo(c, figure, spot.x, spot.y + 14 * k, INK[status] || "#2f3941");
        font(700, px);
        geogrid.halo(c, text, spot.x, spot.y - 1, INK[status] || "#1c2329");
        return true;
      }
    return false;
  }

  // How many units lie over each other in a cell, as on the other pages.
  #stacks(c, frame, room) {
    const { ground, units, places, depth } = this.model;
    for (const cell of places.near(inSight(frame))) {
      if (units.cellOwner(cell, depth) >= -1) continue;
      const text = this.say("stack", { n: units.ownersOf(cell, depth).length });
      badge(c, frame, room, ground.x[cell] * frame.scale - frame.dx, ground.y[cell] * frame.scale - frame.dy, text, ["#17324d", "#ffffff", "#ffffff"]);
    }
  }

  #figure(unit, side) {
    const now = side ? side.before.households : this.model.unitFigures(unit.row).households, locked = this.model.locked.has(unit.row) ? this.say("locked") + " " : "";
    if (side && side.after.households !== now) return this.say("households_change", { n: now, to: side.after.households });
    if (!side && this.model.statusOf(unit.row) === "dedicated") return locked + this.say("dedicated");
    return locked + (this.model.isCounted ? this.say("households_short", { n: now }) : "");
  }
}

// A rounded box with text, in [its colour, the colour of its line, of its text]; answers whether there was room. Without `room` it is drawn anyway.
// `from`: the place that it speaks of, when it stands beside it; a line leads there.
function badge(c, frame, room, x, y, text, [ground, line, ink], from = null) {
  const px = FIGURE_PX * frame.text, h = px + 10;
  c.font = `700 ${px}px ${geogrid.FACE}`;
  const w = c.measureText(text).width + 16;
  const sight = { x: frame.size.x - frame.margin.x, y: frame.size.y - frame.margin.y };
  if (x - w / 2 < frame.margin.x || y - h / 2 < frame.margin.y || x + w / 2 > sight.x || y + h / 2 > sight.y) return false;
  if (room && !room.take([x - w / 2, y - h / 2, x + w / 2, y + h / 2])) return false;
  if (from) leader(c, from, { x, y }, line);
  c.beginPath();
  c.roundRect(x - w / 2, y - h / 2, w, h, h / 2);
  Object.assign(c, { fillStyle: ground, lineWidth: 1.5, strokeStyle: line });
  c.fill();
  c.stroke();
  c.fillStyle = ink;
  c.fillText(text, x, y + px * 0.36);
  return true;
}

function leader(c, from, to, ink) {
  for (const [style, width] of [["#ffffff", 4], [ink, 1.5]]) {
    Object.assign(c, { strokeStyle: style, lineWidth: width });
    c.beginPath();
    c.moveTo(from.x, from.y);
    c.lineTo(to.x, to.y);
    c.stroke();
  }
  c.beginPath();
  c.arc(from.x, from.y, 3, 0, 2 * Math.PI);
  c.fillStyle = ink;
  c.fill();
}
