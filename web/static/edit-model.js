// The editor's model: the area document as typed arrays, what is selected and where it would go, live figures, and what the server's deltas change.
//   const model = await EditModel.load(urls, {plan, unit, level})        model.on("selection" | "target" | "change" | "lock", fn)
//   model.select(atoms, {mode: "set" | "add" | "toggle" | "remove"})     model.setTarget(unit row or -1)     model.preview()     model.apply(delta)
import { Figures } from "./edit-figures.js";
import { Ground } from "./edit-ground.js";
import { givenHues } from "./edit-hues.js";
import { Places } from "./edit-places.js";
import { figuresOf, movingAtoms, previewMove } from "./edit-preview.js";
import { NONE, Units, statusOf } from "./edit-units.js";

const LAND_M2 = 0.5; // a rounding is no land

export class EditModel {
  constructor(area) {
    Object.assign(this, { plan: area.plan, version: area.version, state: area.state, unit: area.unit, bbox: area.bbox, outlines: area.outlines || {} });
    this.buildings = area.buildings || [];
    this.ground = new Ground(area);
    this.units = new Units(area, this.ground);
    this.figures = new Figures(this.ground);
    this.places = new Places(this.ground);
    this.selection = new Set();
    this.target = NONE;
    this.source = NONE;
    this.locked = new Set();
    this.listeners = {};
    this.setLevel(area.level);
    givenHues(this);
  }

  // Fetches the area document; raises an Error with `answer` (the server's error document) where it is refused.
  static async load(urls, { plan = "main", unit = "", level = "" } = {}) {
    const query = new URLSearchParams(Object.entries({ plan, unit, level }).filter(pair => pair[1]));
    const answer = await fetch((urls.area || "/api/edit/area") + "?" + query), body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(body.message || String(answer.status)), { status: answer.status, answer: body });
    return new EditModel(body);
  }

  on(name, fn) { (this.listeners[name] = this.listeners[name] || []).push(fn); }

  off(name, fn) { this.listeners[name] = (this.listeners[name] || []).filter(other => other !== fn); }

  tell(name, detail = {}) { for (const fn of this.listeners[name] || []) fn(detail); }

  get level() { return this.units.levels[this.depth].id; }

  // The level whose units are edited; a target of another level is let go.
  setLevel(id) {
    this.depth = this.units.depth.get(id) ?? this.units.levels.length - 1;
    if (this.target >= 0 && this.units.get(this.target).level !== this.depth) this.setTarget(NONE);
    this.tell("change", { level: true });
  }

  // The area document as it now is, as the server would send it: rows as in the model.
  get doc() {
    const { ground, units } = this, names = ["code", "parent", "name", "kind", "households", "area_m2", "perimeter_m", "part", "reason", "note", "status"];
    const table = Object.fromEntries(names.map(name => [name, units.rows.map(unit => unit[name])])), level = units.rows.map(unit => units.levels[unit.level].id);
    return {
      plan: this.plan, version: this.version, state: this.state, level: this.level, unit: this.unit, bbox: this.bbox, cells: ground.cell, edges: ground.edge,
      buildings: this.buildings, atoms: { ...ground.atom, leaf: units.leaf }, units: { ...table, level }, outlines: this.outlines, levels: units.levels,
    };
  }

  unitRow(code) { return this.units.rowOf(code); }

  atomRow(code) { return this.ground.atomOf.has(code) ? this.ground.atomOf.get(code) : NONE; }

  atomsOf(cell) { return [...this.ground.atomsIn(cell)]; }

  owner(atom, level = this.level) { return this.units.owner(atom, this.units.depth.get(level)); }

  hue(unit) { return this.units.get(unit).hue || 0; }

  // A division without buildings knows no households: then no figure is shown, rather than a nought.
  get isCounted() { return this.ground.households.some(n => n > 0); }

  households(atoms = this.selection) { return [...atoms].reduce((sum, atom) => sum + this.ground.households[atom], 0); }

  // ---- selection ----
  select(atoms, { mode = "set" } = {}) {
    const rows = [...atoms];
    if (mode === "set") this.selection = new Set(rows.filter(atom => this.isFree(atom)));
    else {
      const all = mode === "toggle" && rows.length > 0 && rows.every(atom => this.selection.has(atom) || !this.isFree(atom));
      for (const atom of rows) {
        if (mode === "remove" || all) this.selection.delete(atom);
        else if (this.isFree(atom)) this.selection.add(atom);
      }
    }
    this.tell("selection", { atoms: this.selection });
  }

  clear() { this.select([]); }

  // May an atom be selected: no unit above it is locked, and it is of the source where one is set.
  isFree(atom) {
    if (this.ground.gone.has(this.ground.cellOf[atom])) return false;
    if (this.source >= 0 && this.units.owner(atom, this.units.get(this.source).level) !== this.source) return false;
    return !this.locked.size || !this.units.chain(atom).some(unit => this.locked.has(unit));
  }

  selectedCells() { return this.ground.cellsOfAtoms(this.selection); }

  codes(atoms = this.selection) { return [...atoms].map(atom => this.ground.atom.code[atom]).sort(byCode); }

  // Households that are selected, in how many cells and buildings, and from which units of the level.
  chosen() {
    let households = 0;
    const from = new Map();
    for (const atom of this.selection) {
      const unit = this.units.owner(atom, this.depth);
      households += this.ground.households[atom];
      from.set(unit, (from.get(unit) || 0) + this.ground.households[atom]);
    }
    const cells = this.selectedCells(), buildings = new Set(cells.map(cell => this.ground.cell.building[cell]).filter(Boolean));
    return { atoms: this.selection.size, households, cells: cells.length, buildings: buildings.size, from };
  }

  setTarget(row = NONE) {
    if (row >= 0 && (!this.units.get(row) || this.units.get(row).gone || this.locked.has(row))) return;
    this.target = row;
    this.tell("target", { unit: row });
  }

  setSource(row) {
    this.source = row;
    this.select(this.selection);
    this.tell("lock", { source: row });
  }

  lock(row, on = !this.locked.has(row)) {
    this.locked[on ? "add" : "delete"](row);
    if (on && this.target === row) this.setTarget(NONE);
    this.select(this.selection);
    this.tell("lock", { unit: row, on });
  }

  // ---- figures ----
  unitFigures(row) { return figuresOf(this.figures, this.units.get(row), this.units.atoms(row), this.units.atoms(row)); }

  statusOf(row, households = this.unitFigures(row).households) { return statusOf(this.units.levels[this.units.get(row).level], this.units.get(row).kind, households); }

  // The move of the selection to the target; to nobody where `target` is null.
  preview(atoms = this.selection, target = this.target) { return previewMove(this, atoms, target === null ? NONE : target); }

  // The selected atoms that such a move would change.
  moving(target = this.target) { return movingAtoms(this.units, this.selection, target === null ? NONE : target); }

  // Atoms of a complete level that no unit of it has, in connected pieces.
  unassigned(level = this.level) {
    const at = this.units.depth.get(level), owner = this.units.owners[at], atoms = [];
    for (let atom = 0; atom < owner.length; atom++) if (owner[atom] < 0 && !this.ground.gone.has(this.ground.cellOf[atom])) atoms.push(atom);
    const cells = this.ground.cellsOfAtoms(atoms), households = atoms.reduce((sum, atom) => sum + this.ground.households[atom], 0);
    return { level, atoms, cells, households, pieces: this.figures.pieces(cells) };
  }

  // What needs a look: units out of bounds or in pieces at this level and below, and what is unassigned there.
  exceptions() {
    const found = [];
    for (let at = this.depth; at < this.units.levels.length; at++) {
      const level = this.units.levels[at];
      for (const unit of this.units.live(at)) found.push(...this.#faults(unit, level));
      const { atoms, cells, households } = level.complete === false ? { atoms: [] } : this.unassigned(level.id);
      if (atoms.length) found.push({ kind: "unassigned", unit: NONE, code: "", level: level.id, households, atoms, cells, reason: "" });
    }
    return found;
  }

  #faults(unit, level) {
    const atoms = this.units.atoms(unit.row), now = atoms.length ? this.unitFigures(unit.row) : null;
    if (!now) return [];
    const { row, code, reason, part } = unit, entry = kind => ({ kind, unit: row, code, level: level.id, households: now.households, atoms, pieces: now.pieces, reason, part });
    const status = statusOf(level, unit.kind, now.households), out = status === "below" || status === "above" ? [entry(status)] : [];
    return now.connected || unit.reason ? out : [...out, entry("not_connected")];
  }

  // ---- what the server says has changed ----
  apply(delta) {
    if (delta.cells) this.#cut(delta.cells);
    const rows = this.units.apply(delta);
    for (const row of rows) this.#measure(this.units.get(row));
    for (const code of Object.keys(delta.outlines || {})) this.outlines[code] = delta.outlines[code];
    for (const code of delta.retired || []) if (this.units.rowOf(code) < 0) delete this.outlines[code];
    if (delta.version !== undefined) this.version = delta.version;
    if (this.target >= 0 && this.units.get(this.target).gone) this.target = NONE;
    if (this.source >= 0 && this.units.get(this.source).gone) this.source = NONE;
    for (const row of this.locked) if (this.units.get(row).gone) this.locked.delete(row);
    this.selection = new Set([...this.selection].filter(atom => this.isFree(atom)));
    givenHues(this, rows);
    this.tell("change", { units: rows, cells: !!delta.cells, delta });
    this.tell("selection", { atoms: this.selection });
    return rows;
  }

  // A unit is `part` when it has more land than this area knows.
  #measure(unit) { unit.part = Math.abs(unit.area_m2 - this.figures.of(this.units.atoms(unit.row)).area_m2) > LAND_M2; }

  #cut(cells) {
    this.ground.cut(cells);
    this.figures = new Figures(this.ground);
    this.places = new Places(this.ground);
  }
}

function byCode(a, b) { return a < b ? -1 : a > b ? 1 : 0; }
