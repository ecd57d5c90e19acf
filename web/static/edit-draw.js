// Tools that select by drawing: a brush, a rectangle, a lasso. A cell is inside when its point (where its people live) is; the brush takes what it touches.
import { stroke, traceRings } from "./edit-canvas.js";

const BRUSH_PX = [6, 80], STEP_PX = 3; // how wide a brush may be; how far a lasso goes before it gets another point
const LINE = [["#ffffff", 4], ["#17324d", 2]];

class Drawing {
  drags = true;

  constructor(view) {
    this.view = view;
    this.path = [];
  }

  move(at, isDown) {
    if (isDown) return this.view.above.refresh();
    const { model } = this.view, cell = model.places.at(at.x, at.y);
    this.view.hover(cell < 0 ? [] : [cell], cell < 0 ? null : this.view.lines(cell), at.px);
  }

  cancel() {
    const had = this.path.length > 0;
    this.path = [];
    this.view.above.refresh();
    return had;
  }

  // What was drawn becomes the selection, or is added to it or taken from it; a mere click takes the cell.
  finish_(cells, at) {
    this.cancel();
    const { model } = this.view;
    model.select(model.ground.atomsOfCells(cells), { mode: at.mode });
    if (cells.length) this.view.tell("focus", { cell: cells[0], unit: model.units.cellOwner(cells[0], model.depth) });
  }

  one(at) {
    const cell = this.view.model.places.at(at.x, at.y);
    return cell < 0 ? [] : [cell];
  }
}

export class Brush extends Drawing {
  radius = 18;

  down(at) {
    this.path = [at];
    this.before = [...this.view.model.selection];
    this.view.hover([]);
    this.#paint(at);
  }

  // A stroke that is given up, as when a second finger comes to zoom, has painted nothing.
  cancel() {
    const had = super.cancel(), { model } = this.view;
    if (had && this.before.length !== model.selection.size) {
      model.clear();
      model.select(this.before, { mode: "add" });
    }
    return had;
  }

  trail(at) { if (this.path.length) this.#paint(at); }

  // A stroke adds, whatever the mode, unless it takes away.
  #paint(at) {
    const { model } = this.view, cells = model.places.inDisc(at.x, at.y, this.radius / at.scale);
    this.path = [at];
    const atoms = model.ground.atomsOfCells(cells), mode = at.mode === "remove" ? "remove" : "add";
    if (atoms.some(atom => model.selection.has(atom) === (mode === "remove"))) model.select(atoms, { mode });
  }

  up() { this.path = []; }

  move(at, isDown) {
    this.at = at;
    if (!isDown) this.view.hover(this.view.model.places.inDisc(at.x, at.y, this.radius / at.scale));
    this.view.above.refresh();
  }

  setRadius(px) {
    this.radius = Math.max(BRUSH_PX[0], Math.min(BRUSH_PX[1], px));
    this.view.above.refresh();
  }

  draw(c, frame) {
    if (!this.at) return;
    stroke(c, () => c.arc(this.at.x * frame.scale - frame.dx, this.at.y * frame.scale - frame.dy, this.radius, 0, 2 * Math.PI), LINE);
  }
}

export class Rectangle extends Drawing {
  down(at) {
    this.path = [at, at];
    this.view.hover([]);
  }

  trail(at) { if (this.path.length) this.path[1] = at; }

  #box() {
    const [a, b] = this.path;
    return [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];
  }

  up(at, moved) { if (this.path.length) this.finish_(moved ? this.view.model.places.inBox(this.#box()) : this.one(at), at); }

  draw(c, frame) {
    if (this.path.length < 2) return;
    const [west, north, east, south] = this.#box();
    area(c, [west, north, east, north, east, south, west, south], frame);
  }
}

export class Lasso extends Drawing {
  down(at) {
    this.path = [at];
    this.view.hover([]);
  }

  trail(at) {
    const last = this.path[this.path.length - 1];
    if (last && Math.hypot(at.x - last.x, at.y - last.y) * at.scale >= STEP_PX) this.path.push(at);
  }

  #ring() { return this.path.flatMap(({ x, y }) => [x, y]); }

  up(at, moved) { if (this.path.length) this.finish_(moved && this.path.length > 2 ? this.view.model.places.inRing(this.#ring()) : this.one(at), at); }

  draw(c, frame) { if (this.path.length > 1) area(c, this.#ring(), frame); }
}

function area(c, ring, frame) {
  c.beginPath();
  traceRings(c, [ring], frame);
  c.fillStyle = "rgba(23, 50, 77, 0.1)";
  c.fill();
  stroke(c, () => traceRings(c, [ring], frame), LINE, [6, 4]);
}
