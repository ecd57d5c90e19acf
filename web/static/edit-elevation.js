// A building from the side: entrances × floors, coloured by the lowest unit; floors are selected by click, by drag or by arrows and Space.
import { buildingName, button, element, households, levelName, number, unitLabel } from "./edit-facts.js";
import { latOf, lonOf } from "./edit-ground.js";

const NARROW_REM = 38; // a map narrower than this has the words above the building, not beside it
const CLEAR_PX = 40; // so much of the ground round a building is seen above the card

export class Elevation {
  constructor(desk, place) {
    Object.assign(this, { desk, place, cell: -1, cells: [], columns: [], at: null, anchor: null, buttons: new Map() });
    desk.on("selection", () => this.mark());
    desk.on("applied", () => this.draw());
    place.addEventListener("keydown", event => this.#key(event));
  }

  // Shows the building of a cell; land has none.
  show(cell) {
    if (cell === this.cell && !this.place.hidden) return;
    this.cell = cell;
    this.draw();
  }

  close() {
    this.place.hidden = true;
    window.geogrid.padding({ bottom: 0 });
    this.cell = -1;
  }

  draw() {
    const { model } = this.desk, { ground } = model;
    if (this.cell < 0 || ground.gone.has(this.cell) || !ground.cell.building[this.cell]) return this.close();
    const id = ground.cell.building[this.cell];
    this.cells = ground.cell.building.flatMap((other, cell) => (other === id && !ground.gone.has(cell) ? [cell] : [])).sort((a, b) => ground.cell.entrance[a] - ground.cell.entrance[b]);
    const atoms = ground.atomsOfCells(this.cells), floors = this.#floors(atoms);
    this.lowest = model.units.levels.length - 1;
    const text = [
      element("h2", {}, buildingName(this.desk, this.cell)),
      element("p", { class: "note" }, this.desk.say("elevation_size", { n: number(this.cells.length), m: number(floors.length), households: households(this.desk, sum(atoms, ground)) })),
      element("p", { class: "more" }, this.desk.say("elevation_text", { level: levelName(this.desk, this.lowest) })),
      element("p", { class: "note more" }, this.desk.say("elevation_keys")),
      element("div", { class: "button-row" }, button(this.desk.say("select_all"), () => model.select(atoms, { mode: "add" }))),
    ];
    const close = element("button", { type: "button", class: "elevation-close", "aria-label": this.desk.page.words.close }, "✕");
    close.addEventListener("click", () => this.close());
    this.place.replaceChildren(element("div", {}, ...text), this.#grid(atoms, floors), close);
    this.place.classList.toggle("narrow", this.place.parentElement.clientWidth < NARROW_REM * parseFloat(getComputedStyle(document.documentElement).fontSize));
    this.place.hidden = false;
    this.mark();
    this.#keepClear();
  }

  // The card covers nothing of what it speaks of: the map moves up where it would.
  #keepClear() {
    const { geogrid } = window, { ground } = this.desk.model, card = this.place.getBoundingClientRect(), stage = geogrid.map.getContainer().getBoundingClientRect();
    geogrid.padding({ bottom: card.height + 16 });
    if (this.cleared === this.cell) return;
    this.cleared = this.cell;
    const low = Math.max(...this.cells.map(cell => geogrid.map.latLngToContainerPoint([latOf(ground.y[cell]), lonOf(ground.x[cell])]).y)) + CLEAR_PX;
    const over = low - (card.top - stage.top);
    if (over > 0) geogrid.map.panBy([0, Math.min(over, stage.height / 2)], { animate: false });
  }

  #floors(atoms) {
    const { atom } = this.desk.model.ground, found = new Set();
    for (const row of atoms) for (let floor = atom.floor_from[row]; floor <= atom.floor_to[row]; floor++) if (floor) found.add(floor);
    return [...found].sort((a, b) => b - a);
  }

  // Columns: the parts of each cell side by side; rows: floors, the highest first.
  #grid(atoms, floors) {
    const { ground } = this.desk.model, { atom } = ground, rowOf = new Map(floors.map((floor, i) => [floor, i + 1]));
    const hues = this.#hues(atoms), grid = element("div", { class: "floors", role: "listbox", "aria-label": this.desk.say("elevation_band"), "aria-multiselectable": "true" });
    this.buttons.clear();
    this.columns = [];
    let column = 2;
    for (const cell of this.cells) {
      const rows = [...ground.atomsIn(cell)], parts = Math.max(1, ...rows.map(row => atom.part[row]));
      const perFloor = new Map();
      for (const row of rows) perFloor.set(atom.floor_from[row], (perFloor.get(atom.floor_from[row]) || 0) + 1);
      for (const row of rows) grid.append(this.#button(row, hues, rowOf, column, parts, perFloor.get(atom.floor_from[row])));
      const foot = element("div", { class: "foot", role: "presentation" }, element("b", {}, ground.cell.entrance[cell] ? this.desk.say("door", { n: ground.cell.entrance[cell] }) : ""), this.desk.say("hh", { n: number(sum(rows, ground)) }));
      place(foot, floors.length + 1, 1, column, parts);
      grid.append(foot);
      column += parts;
      this.columns.push(rows);
    }
    floors.forEach((floor, i) => {
      const tick = element("div", { class: "tick", role: "presentation" }, floors.length < 13 || floor % 5 === 0 || i === 0 || i === floors.length - 1 ? this.desk.say("elevation_floor", { n: floor }) : "");
      place(tick, i + 1, 1, 1, 1);
      grid.append(tick);
    });
    const high = floors.length > 14 ? ".875rem" : "1.125rem";
    grid.style.gridTemplateRows = `repeat(${floors.length}, minmax(${high}, 1fr)) auto`;
    grid.style.gridTemplateColumns = `auto repeat(${column - 2}, minmax(${column > 14 ? "2rem" : "3.25rem"}, 5.5rem))`;
    this.#pointer(grid);
    return grid;
  }

  #button(row, hues, rowOf, column, parts, sharing) {
    const { ground, units } = this.desk.model, { atom } = ground, unit = units.owner(row, this.lowest);
    const floors = atom.floor_from[row] === atom.floor_to[row] ? String(atom.floor_from[row]) : `${atom.floor_from[row]}–${atom.floor_to[row]}`;
    const said = this.desk.say("elevation_atom", { door: ground.cell.entrance[ground.cellOf[row]] || "–", floor: floors, households: households(this.desk, atom.households[row]), unit: unit >= 0 ? unitLabel(this.desk, unit) : this.desk.say("unassigned_short") });
    const made = element("button", { type: "button", role: "option", class: `atom ${unit >= 0 ? "hue-" + hues.get(unit) : "none"}`, "aria-label": said, "aria-selected": "false", tabindex: "-1", "data-atom": row, title: said }, element("span", {}, number(atom.households[row])));
    const width = sharing > 1 ? 1 : parts, left = sharing > 1 ? atom.part[row] - 1 : 0;
    const top = rowOf.get(atom.floor_to[row]) ?? 1, bottom = rowOf.get(atom.floor_from[row] || 1) ?? top;
    place(made, top, Math.max(1, bottom - top + 1), column + left, width);
    this.buttons.set(row, { made, column: column + left, top, bottom });
    return made;
  }

  // Five hues by the order in which units come, so that neighbours in the stack differ.
  #hues(atoms) {
    const { units } = this.desk.model, building = this.desk.model.ground.cell.building[this.cell];
    if (this.hued?.building !== building) this.hued = { building, found: new Map() };
    const { found } = this.hued; // a unit keeps its hue while the building is looked at
    for (const row of atoms) {
      const unit = units.owner(row, this.lowest);
      if (unit >= 0 && !found.has(unit)) found.set(unit, found.size % 5);
    }
    return found;
  }

  mark() {
    if (this.place.hidden) return;
    const { selection } = this.desk.model;
    let first = true;
    for (const [row, { made }] of this.buttons) {
      made.setAttribute("aria-selected", String(selection.has(row)));
      const isAt = this.at === row || (this.at === null && first);
      made.tabIndex = isAt ? 0 : -1;
      first = false;
    }
  }

  focus() {
    const at = this.buttons.get(this.at) || this.buttons.values().next().value;
    at?.made.focus();
  }

  #pointer(grid) {
    const rowOf = event => Number(document.elementFromPoint(event.clientX, event.clientY)?.closest?.("[data-atom]")?.dataset.atom ?? -1);
    let adding = true;
    grid.addEventListener("pointerdown", event => {
      const row = rowOf(event);
      if (row < 0 || event.button) return;
      this.anchor = this.at = row;
      adding = !this.desk.model.selection.has(row);
      this.#band(row, adding);
      grid.setPointerCapture(event.pointerId);
    });
    grid.addEventListener("pointermove", event => {
      if (this.anchor === null || !grid.hasPointerCapture(event.pointerId)) return;
      const row = rowOf(event);
      if (row >= 0 && row !== this.at) { this.at = row; this.#band(row, adding); }
    });
    grid.addEventListener("pointerup", () => { this.anchor = null; this.buttons.get(this.at)?.made.focus(); });
    grid.addEventListener("click", event => { if (event.detail === 0) this.#toggle(Number(event.target.closest("[data-atom]")?.dataset.atom ?? -1)); });
  }

  #toggle(row) { if (row >= 0) this.desk.model.select([row], { mode: "toggle" }); }

  // Every atom in the rectangle from the anchor to here.
  #band(row, adding) {
    const one = this.buttons.get(this.anchor ?? row), two = this.buttons.get(row);
    const [left, right] = [Math.min(one.column, two.column), Math.max(one.column, two.column)], [top, bottom] = [Math.min(one.top, two.top), Math.max(one.bottom, two.bottom)];
    const rows = [...this.buttons].filter(([, at]) => at.column >= left && at.column <= right && at.bottom >= top && at.top <= bottom).map(([atom]) => atom);
    this.desk.model.select(rows, { mode: adding ? "add" : "remove" });
  }

  #key(event) {
    const here = this.buttons.get(Number(event.target.dataset?.atom ?? -1));
    if (!here) return;
    const row = Number(event.target.dataset.atom), step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (event.key === " ") { this.anchor = null; this.#toggle(row); event.preventDefault(); return; }
    if (!step) return;
    event.preventDefault();
    const next = this.#next(here, step);
    if (next === null) return;
    if (event.shiftKey) { this.anchor ??= row; this.at = next; this.#band(next, true); }
    else { this.anchor = null; this.at = next; }
    this.mark();
    this.buttons.get(next).made.focus();
  }

  #next(here, [right, down]) {
    const others = [...this.buttons].filter(([, at]) => (right ? Math.sign(at.column - here.column) === right && at.top <= here.bottom && at.bottom >= here.top : at.column === here.column && Math.sign(at.top - here.top) === down));
    const far = ([, at]) => Math.abs(at.column - here.column) + Math.abs(at.top - here.top);
    return others.sort((a, b) => far(a) - far(b))[0]?.[0] ?? null;
  }

}

const sum = (rows, ground) => [...rows].reduce((total, row) => total + ground.households[row], 0);

function place(node, row, rows, column, columns) {
  node.style.gridRow = `${row} / span ${rows}`;
  node.style.gridColumn = `${column} / span ${columns}`;
}
