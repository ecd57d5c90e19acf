// What units, cells and atoms are called, and how they stand to their bounds: words for the panel, made of the model's rows.
import { element, number, say, SIGNS, svg } from "./dom.js";

export const depthOf = (desk, level = desk.level) => desk.model.units.depth.get(level);
export const levelName = (desk, depth = depthOf(desk), n = 1) => desk.page.levels[desk.model.units.levels[depth].id]?.[n === 1 ? "name" : "plural"] ?? desk.model.units.levels[depth].id;
export const boundsOf = (desk, depth) => desk.told.bounds[desk.model.units.levels[depth].id];

// Where levels share codes, the service says grid:7; the level's name stands before it in every sentence already.
export const plainCode = code => code.slice(code.indexOf(":") + 1);

export function shortCode(desk, row) {
  const unit = desk.model.units.get(row), parent = unit.parent >= 0 ? desk.model.units.get(unit.parent).code : "";
  return parent && unit.code.startsWith(parent) && unit.code.length > parent.length ? unit.code.slice(parent.length) : plainCode(unit.code);
}

// Its name, else its level and last digits, after those of the unit above where that has no name either: 微网格 003-001.
export function unitLabel(desk, row) {
  const unit = desk.model.units.get(row), above = unit.parent >= 0 && unit.level > 1 && !desk.model.units.get(unit.parent).name ? shortCode(desk, unit.parent) + "-" : "";
  return unit.name || `${levelName(desk, unit.level)} ${above}${shortCode(desk, row)}`;
}

// What a code adds to the longest code above it that is known here, in a district whose codes begin with those above.
export function shortOf(desk, code) {
  const { rows } = desk.model.units;
  if (!rows.every(unit => unit.parent < 0 || unit.code.startsWith(rows[unit.parent].code))) return plainCode(code);
  const above = rows.reduce((longest, unit) => (code.startsWith(unit.code) && unit.code.length < code.length && unit.code.length > longest.length ? unit.code : longest), "");
  return code.slice(above.length);
}

// A unit that is, or one that was while the page was open, by its name; a code of another area or of long ago by what it adds to its parent's.
export function codeLabel(desk, code) {
  const row = desk.model.units.rowOf(code), was = row >= 0 ? row : (desk.model.units.rows.find(unit => unit.code === code)?.row ?? -1);
  return was >= 0 ? unitLabel(desk, was) : shortOf(desk, code);
}

// Is a unit inside the one where one works? Its neighbours are on the page too, for what is moved over the border.
export function isHere(desk, row) {
  const { units, unit } = desk.model, here = unit ? units.rowOf(unit) : -1;
  for (let at = row; at >= 0; at = units.get(at).parent) if (at === here) return true;
  return here < 0;
}

export const households = (desk, n) => desk.say(n === 1 ? "one_household" : "n_households", { n: number(n) });

export function statusWords(desk, status, n, bounds) {
  if (!status || !bounds) return "";
  if (status === "below") return `${SIGNS.below} ${desk.say("short_by", { n: number(bounds[0] - n) })}`;
  if (status === "above") return `${SIGNS.above} ${desk.say("over_by", { n: number(n - bounds[1]) })}`;
  return `${SIGNS[status]} ${desk.say(status === "in" ? "in_bounds" : status)}`;
}

export const boundsText = bounds => (bounds ? `${number(bounds[0])}–${number(bounds[1])}` : "");

// A value against its bounds: grey track, allowed range, hollow dot before, filled dot after.
export function changeBar(desk, before, after, bounds, status) {
  const top = Math.max(bounds[1] * 1.4, before * 1.05, after * 1.05, 1), at = value => Math.max(5, Math.min(195, (200 * value) / top));
  const label = desk.say("bar_label", { before: number(before), after: number(after), low: number(bounds[0]), high: number(bounds[1]) });
  const parts = [
    svg("rect", { x: 0, y: 7, width: 200, height: 4, rx: 2, class: "track" }),
    svg("rect", { x: (200 * bounds[0]) / top, y: 3, width: (200 * (bounds[1] - bounds[0])) / top, height: 12, class: "allowed" }),
  ];
  if (before !== after) parts.push(svg("path", { d: `M${at(before)} 9H${at(after)}`, class: `way ${status || "in"}` }), svg("circle", { cx: at(before), cy: 9, r: 4.5, class: `hollow ${status || "in"}` }));
  parts.push(svg("circle", { cx: at(after), cy: 9, r: 5, class: `dot ${status || "in"}` }));
  return svg("svg", { class: "change-bar", viewBox: "0 0 200 18", role: "img", "aria-label": label }, ...parts);
}

export function buildingName(desk, cell) {
  const { ground } = desk.model, id = ground.cell.building[cell];
  if (!id) return desk.say("cell_land", { n: ground.cell.id[cell] });
  desk.addresses ||= new Map(desk.model.buildings.map(building => [building.id, building.address]));
  return desk.addresses.get(id) || desk.say("cell_building", { id });
}

export function cellName(desk, cell) {
  const { ground } = desk.model, door = ground.cell.entrance[cell];
  return door ? desk.say("cell_door", { address: buildingName(desk, cell), n: door }) : buildingName(desk, cell);
}

// "3 stairwells", "2 places", or "4 floors in 2 stairwells": what a list of atoms is.
export function whatIsSelected(desk, atoms) {
  const { ground } = desk.model, cells = ground.cellsOfAtoms(atoms), whole = cells.every(cell => [...ground.atomsIn(cell)].length === atoms.filter(atom => ground.cellOf[atom] === cell).length);
  const doors = cells.every(cell => ground.cell.entrance[cell]);
  if (!whole && doors) {
    const floors = new Set(atoms.map(atom => ground.cellOf[atom] + ":" + ground.atom.floor_from[atom]));
    return desk.say("floors_of", { n: number(floors.size), m: number(cells.length) });
  }
  return desk.say(doors ? "stairwells" : "places", { n: number(cells.length) });
}

export const countOf = (desk, cells) => desk.say(cells.every(cell => desk.model.ground.cell.entrance[cell]) ? "stairwell_n" : "place_n", { n: number(cells.length) });

// Without users everybody is the one at this machine.
export const personName = (desk, name) => (name === "local" ? desk.say("local_user") : name || "");

export function timeOf(text) {
  const at = new Date(text), two = n => String(n).padStart(2, "0");
  if (Number.isNaN(at.getTime())) return String(text || "").slice(11, 16);
  const today = new Date().toDateString() === at.toDateString();
  return today ? `${two(at.getHours())}:${two(at.getMinutes())}` : `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function button(text, then, { key = "", primary = false, small = true, ...attributes } = {}) {
  const made = element("button", { type: "button", class: `button${small ? " small" : ""}${primary ? " primary" : ""}`, ...attributes }, text, key ? element("kbd", { "aria-hidden": "true" }, key) : "");
  made.addEventListener("click", then);
  return made;
}

export { element, number, say, SIGNS };
