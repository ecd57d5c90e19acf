// The tools by name. A tool that `drags` gets down, trail, move and up; one that does not gets click, and the map pans. All of them call model.select.
import { REACH } from "./edit-reach.js";
import { Brush, Lasso, Rectangle } from "./edit-draw.js";
import { Line } from "./edit-line.js";

export function tools(view) {
  const made = { click: new Click(view, "cell") };
  for (const name of ["building", "compound", "street"]) made[name] = new Click(view, name);
  Object.assign(made, { brush: new Brush(view), rectangle: new Rectangle(view), lasso: new Lasso(view) });
  for (const name of ["line", "split", "reshape"]) made[name] = new Line(view, name);
  made.lock = new Unit(view, (model, unit) => model.lock(unit));
  made.target = new Unit(view, (model, unit) => model.setTarget(unit));
  made.source = new Unit(view, (model, unit) => model.setSource(model.source === unit ? -1 : unit));
  return made;
}

// Takes a cell, or all that belongs together with it; a second click on all that is selected lets it go.
class Click {
  constructor(view, reach) { Object.assign(this, { view, reach: REACH[reach] }); }

  #cells(at) {
    const cell = this.view.model.places.at(at.x, at.y);
    return { cell, cells: cell < 0 ? [] : this.reach(this.view.model.ground, cell) };
  }

  move(at) {
    const { cell, cells } = this.#cells(at);
    this.view.hover(cells, cell < 0 ? null : this.view.lines(cell), at.px);
  }

  click(at) {
    const { view } = this, { model } = view, { cell, cells } = this.#cells(at), atoms = model.ground.atomsOfCells(cells);
    if (cell < 0) return at.mode === "set" ? model.clear() : undefined;
    const again = at.mode === "set" && atoms.length === model.selection.size && atoms.every(atom => model.selection.has(atom));
    view.cursor = cell;
    if (again) model.clear();
    else model.select(atoms, { mode: at.mode === "add" ? "toggle" : at.mode });
    view.tell("focus", { cell, unit: model.units.cellOwner(cell, model.depth) });
  }
}

// Takes the unit of the level under the pointer.
class Unit {
  constructor(view, take) { Object.assign(this, { view, take }); }

  #unit(at) {
    const { model } = this.view, cell = model.places.at(at.x, at.y);
    return cell < 0 ? -1 : model.units.ownersOf(cell, model.depth).find(row => row >= 0) ?? -1;
  }

  move(at) {
    const { model, says } = this.view, unit = this.#unit(at), cells = unit < 0 ? [] : model.ground.cellsOfAtoms(model.units.atoms(unit));
    this.view.hover(cells, unit < 0 ? null : says.unit(unit), at.px);
  }

  click(at) {
    const unit = this.#unit(at);
    if (unit >= 0) this.take(this.view.model, unit);
  }
}
