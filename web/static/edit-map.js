// The editor's map: takes over folium's Leaflet map and draws the model on four canvases: plan, selection, names, pointer.
//   const view = new EditMap(geogrid.map, model, {words})     view.setTool(name)     view.setMode("set" | "add" | "remove")
//   view.on("line" {name, coordinates: [[lon, lat], …]} | "focus" {cell, unit} | "tool" {name} | "cursor" {cell, unit}, fn)
//   view.zoomTo(unit row | atom rows)   preview(edit or null)   flash(atoms)   step(direction, {mode})   stepTarget(±1)   redraw()   destroy()
import { EditCanvas, latLng } from "./edit-canvas.js";
import { givenHues } from "./edit-hues.js";
import { Labels } from "./edit-labels.js";
import { lonOf, latOf, worldX, worldY } from "./edit-ground.js";
import { Marks } from "./edit-marks.js";
import { Plan } from "./edit-paint.js";
import { borderingUnits, neighbourTowards } from "./edit-reach.js";
import { Says } from "./edit-says.js";
import { Pointer } from "./edit-pointer.js";
import { boxOfCells } from "./edit-rooms.js";
import { tools } from "./edit-tools.js";

const { geogrid } = window;
const FLASH_MS = 1500, CONTROLS = ".leaflet-control", COVERS = ".elevation-card, [data-covers-map]";

export class EditMap {
  constructor(map, model, { words = {}, levels = (geogrid.settings || {}).edit_levels || [] } = {}) {
    Object.assign(this, { map, model, words, levels, listeners: {}, hovered: [], cursor: -1, mode: "set", sides: new Map(), later: null });
    this.paintPlan = new Plan(model, levels);
    this.says = new Says(model, levels, (name, facts) => this.say(name, facts));
    this.labels = new Labels(model, this.paintPlan, { name: unit => this.names(unit), say: (name, facts) => this.say(name, facts) });
    this.marks = new Marks(model, this.paintPlan);
    this.plan = new EditCanvas(410, (c, frame, box) => this.paintPlan.paint(c, frame, box)).addTo(map);
    this.chosen = new EditCanvas(420, (c, frame) => this.marks.paint(c, frame)).addTo(map);
    this.named = new EditCanvas(430, (c, frame) => this.labels.paint(c, frame, this.sides, this.#controls(frame))).addTo(map);
    this.above = new EditCanvas(440, (c, frame) => this.#pointed(c, frame)).addTo(map);
    for (const handler of ["boxZoom", "doubleClickZoom", "keyboard"]) map[handler].disable();
    geogrid.stepBack();
    this.tip = geogrid.Tip(map);
    this.tools = tools(this);
    this.pointer = new Pointer(this);
    this.#listen();
    this.setTool("click");
    geogrid.on("ready", () => this.#rehue());
  }

  on(name, fn) { (this.listeners[name] = this.listeners[name] || []).push(fn); }

  tell(name, ...detail) { for (const fn of this.listeners[name] || []) fn(...detail); }

  // A word of the page, else one of the map.
  say(name, facts = {}) { return name in this.words ? this.words[name].replace(/\{(\w+)\}/g, (_, key) => facts[key] ?? "") : geogrid.say(name, facts); }

  #listen() {
    const { model } = this, refresh = () => this.#refresh(), heard = { selection: refresh, target: refresh, lock: refresh, change: detail => this.#changed(detail) };
    for (const [name, fn] of Object.entries(heard)) model.on(name, fn);
    const zoom = e => { if (e.key === "+" || e.key === "=") this.map.zoomIn(); else if (e.key === "-") this.map.zoomOut(); }, node = this.map.getContainer();
    const moving = () => this.hover([]);
    node.addEventListener("keydown", zoom);
    this.map.on("zoomstart dragstart", moving);
    this.unhear = () => {
      node.removeEventListener("keydown", zoom);
      this.map.off("zoomstart dragstart", moving);
      delete node.dataset.tool;
      for (const [name, fn] of Object.entries(heard)) model.off(name, fn);
    };
  }

  // Gives the map back, without canvases and listeners.
  destroy() {
    this.unhear();
    this.pointer.destroy();
    this.tip.hide();
    clearTimeout(this.later);
    for (const canvas of [this.plan, this.chosen, this.named, this.above]) canvas.remove();
  }

  // ---- what is drawn ----
  // Units have the hues of the other pages, once those are known.
  #rehue() {
    const known = Object.assign({}, ...Object.values(geogrid.tables || {}).map(table => Object.fromEntries((table.hue || []).map((hue, i) => [table.code[i], hue]))));
    if (this.model.givesHues || !Object.keys(known).length) return;
    for (const unit of this.model.units.rows) unit.hue = null;
    givenHues(this.model, null, known);
    this.redraw();
  }

  redraw() { for (const canvas of [this.plan, this.chosen, this.named, this.above]) canvas.redraw(); }

  // The figures that a move would give, once a frame however often the selection changes.
  #refresh() {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      const { model } = this, found = model.selection.size && model.target >= 0 ? model.preview() : null;
      this.sides = new Map(found ? [...found.sides, ...found.above].map(side => [side.unit, side]) : []);
      this.chosen.redraw();
      this.named.redraw();
    });
  }

  #changed({ units = null, cells = false, level = false, delta = null }) {
    this.tip.hide(); // it speaks of what was
    if (cells) this.paintPlan.reground();
    else if (!level) this.paintPlan.rerank();
    this.labels.forget(cells || level ? null : units);
    this.hovered = this.hovered.filter(cell => !this.model.ground.gone.has(cell));
    if (units && !cells) this.plan.patch(this.#boxOf(units, delta));
    else this.plan.redraw();
    this.#refresh();
  }

  // The land of units that changed, and of atoms that have another unit now, or none.
  #boxOf(units, delta) {
    const { model } = this, moved = (delta?.atoms || []).map(([code]) => model.atomRow(code)).filter(atom => atom >= 0);
    return boxOfCells(model.ground, model.ground.cellsOfAtoms(units.flatMap(row => model.units.atoms(row)).concat(moved)));
  }

  #pointed(c, frame) {
    this.marks.hover(c, frame, this.hovered, this.mode);
    this.tool.draw?.(c, frame);
  }

  // Boxes of what stands over the map, in pixels of a canvas.
  #controls({ margin }) {
    const stage = this.map.getContainer().getBoundingClientRect();
    return [...document.querySelectorAll(`${CONTROLS}, ${COVERS}`)].map(node => node.getBoundingClientRect()).filter(box => box.width).map(box => {
      const x = box.left - stage.left + margin.x, y = box.top - stage.top + margin.y;
      return [x - 4, y - 4, x + box.width + 4, y + box.height + 4];
    });
  }

  names(unit) { return this.says.names(unit); }

  // ---- tools ----
  setTool(name) {
    if (!this.tools[name]) return;
    this.tool?.cancel?.();
    this.tool = this.tools[name];
    this.map.dragging[this.tool.drags ? "disable" : "enable"]();
    this.map.getContainer().dataset.tool = name;
    this.hover([]);
    this.tell("tool", name);
  }

  setMode(mode) { this.mode = mode; }

  // Gives up what the tool has begun; answers whether there was anything.
  cancel() { return this.tool.cancel?.() || false; }

  // Ends what the tool has begun, as a line.
  finish() { return this.tool.finish?.() || false; }

  // Takes the last point of a line back.
  back() { return this.tool.back?.() || false; }

  hover(cells, lines = null, at = null) {
    const same = cells.length === this.hovered.length && cells.every((cell, i) => cell === this.hovered[i]);
    this.hovered = cells;
    if (!same) this.above.refresh();
    if (lines && at) this.tip.show(at, lines);
    else this.tip.hide();
  }

  lines(cell) { return this.says.lines(cell); }

  // ---- what others call ----
  // Looks at a unit (row), or at atoms (rows).
  zoomTo(what, options = {}) {
    const { ground, units } = this.model, atoms = typeof what === "number" ? units.atoms(what) : [...what];
    if (!atoms.length) return;
    const [west, north, east, south] = boxOfCells(ground, ground.cellsOfAtoms(atoms));
    const covered = Math.max(0, ...[...document.querySelectorAll(COVERS)].map(node => node.offsetHeight)); // such a card stands at the bottom
    geogrid.fit([lonOf(west), latOf(south), lonOf(east), latOf(north)], { maxZoom: 19, paddingBottomRight: [24, covered + 40], ...options });
  }

  // Shows what an edit would move (a move, a create, a line, or several), until `preview(null)`.
  preview(edit) {
    const { model } = this, moves = [], lines = [];
    for (const each of edit ? edit.edits || [edit] : []) {
      const to = model.unitRow(each.to || each.into || ""), joined = each.kind === "merge" ? each.units : each.kind === "retire" ? [each.unit] : [];
      const left = joined.map(code => model.unitRow(code)).filter(row => row >= 0 && row !== to);
      const atoms = (each.atoms || []).map(code => model.atomRow(code)).concat(left.flatMap(row => model.units.atoms(row)));
      const cells = model.ground.cellsOfAtoms(atoms.filter(atom => atom >= 0));
      if (cells.length) moves.push({ cells, hue: to >= 0 ? model.hue(to) : null });
      if (each.line) lines.push(...each.line.coordinates.flatMap(([lon, lat]) => [worldX(lon), worldY(lat)]));
    }
    this.marks.shown = moves.length || lines.length ? { moves, line: lines.length ? lines : null } : null;
    this.chosen.redraw();
  }

  flash(atoms) {
    clearTimeout(this.later);
    this.marks.flashed = this.model.ground.cellsOfAtoms(atoms);
    this.chosen.redraw();
    this.later = setTimeout(() => { this.marks.flashed = null; this.chosen.redraw(); }, FLASH_MS);
  }

  // The next cell in a direction becomes the cursor, is hovered and kept in sight; with a mode it is selected too.
  step(direction, { mode = null } = {}) {
    const { model, map } = this, centre = map.getCenter();
    if (this.cursor < 0 || model.ground.gone.has(this.cursor)) this.cursor = model.selectedCells()[0] ?? this.#nearest(worldX(centre.lng), worldY(centre.lat));
    else this.cursor = neighbourTowards(model.ground, this.cursor, direction);
    return this.take(mode);
  }

  // Hovers the cursor's cell and tells which it is; with a mode it is selected, or becomes the next point of a line.
  take(mode = null) {
    const { model, map } = this, cell = this.cursor;
    if (cell < 0) return -1;
    if (mode && this.tool.point) this.tool.point({ x: model.ground.x[cell], y: model.ground.y[cell] });
    else if (mode) model.select(model.atomsOf(cell), { mode });
    const place = latLng(model.ground.x[cell], model.ground.y[cell]);
    if (!map.getBounds().pad(-0.1).contains(place)) map.panTo(place, { animate: false });
    this.hover([cell], this.lines(cell), map.latLngToContainerPoint(place));
    this.tell("cursor", { cell, unit: model.units.cellOwner(cell, model.depth), lines: this.lines(cell).filter(Boolean) });
    return cell;
  }

  #nearest(x, y) {
    const at = this.model.places.at(x, y), { ground } = this.model;
    if (at >= 0) return at;
    let best = -1, near = Infinity;
    for (let cell = 0; cell < ground.size; cell++) {
      const away = Math.hypot(ground.x[cell] - x, ground.y[cell] - y);
      if (away < near && !ground.gone.has(cell)) [best, near] = [cell, away];
    }
    return best;
  }

  // The next (or the one before) of the units that border the selection, else the selection's unit, becomes the target.
  stepTarget(by = 1) {
    const { model } = this, cells = model.selectedCells(), free = units => units.filter(unit => !model.locked.has(unit));
    const own = cells.flatMap(cell => model.units.ownersOf(cell, model.depth)).flatMap(unit => model.units.atoms(unit));
    let near = free(borderingUnits(model, cells));
    if (!near.length) near = free(borderingUnits(model, model.ground.cellsOfAtoms(own)));
    const at = near.indexOf(model.target);
    if (near.length) model.setTarget(near[(at < 0 ? (by > 0 ? 0 : near.length - 1) : at + by + near.length) % near.length]);
    return model.target;
  }
}
