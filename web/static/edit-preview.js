// What a move of the selection to a unit would do, before anybody is asked: the same rules as the server's, on the area's own figures.
import { compactness } from "./edit-figures.js";
import { NONE, statusOf } from "./edit-units.js";

// Words for what a move breaks. The first two are refused by the server, the others are told and may be wanted.
export const REFUSED = ["splits_cell", "empties_unit"];

export function previewMove(model, atoms, target) {
  const move = resolve(model.units, atoms, target), { units } = model;
  const sides = units.levels.map((_, level) => sidesAt(model, move, level));
  const own = target >= 0 ? units.get(target).level : model.depth;
  const found = {
    target, atoms: move.changed.length, moves: move.changed, households: sum(model.ground.households, move.changed), sides: sides[own], above: sides.slice(0, own).flat(),
    below: sides.slice(own + 1).flat(), lower: lower(model, move), unassigned: unassigned(model, move),
  };
  found.details = breaks(model, move, sides.flat(), found);
  found.breaks = Object.keys(found.details);
  found.refused = found.breaks.filter(key => REFUSED.includes(key));
  return found;
}

// Atoms that the move would change: the target's own stay as they are.
export function movingAtoms(units, atoms, target) {
  if (target < 0) return [...atoms].filter(atom => units.leaf[atom] >= 0);
  const level = units.get(target).level;
  return [...atoms].filter(atom => units.owner(atom, level) !== target);
}

// A lower unit that moves with all its atoms goes along under the target; atoms of others become the target's own, unassigned below it.
function resolve(units, atoms, target) {
  const level = target >= 0 ? units.get(target).level : units.levels.length, changed = movingAtoms(units, atoms, target), whole = wholeUnits(units, changed, level);
  const along = atom => units.chain(atom).findLast(unit => whole.has(unit)) ?? NONE, above = units.levels.map(() => NONE);
  for (let at = target; at >= 0; at = units.get(at).parent) above[units.get(at).level] = at;
  const partly = new Map(), goes = new Map(changed.map(atom => [atom, along(atom)]));
  for (const [atom, unit] of goes) {
    const child = unit < 0 ? childBelow(units, atom, level) : NONE;
    if (child >= 0) push(partly, child, atom);
  }
  const after = (atom, at) => (at <= level ? above[at] : goes.get(atom) >= 0 && at >= units.get(goes.get(atom)).level ? units.owner(atom, at) : NONE);
  return { target, level, changed, moved: new Set([...goes.values()].filter(unit => unit >= 0)), partly, after };
}

// Units below a level of which every atom goes.
function wholeUnits(units, atoms, level) {
  const taken = new Map();
  for (const atom of atoms) for (const unit of units.chain(atom)) if (units.get(unit).level > level) taken.set(unit, (taken.get(unit) || 0) + 1);
  return new Set([...taken].filter(([unit, n]) => !units.get(unit).part && n === units.atoms(unit).length).map(pair => pair[0]));
}

// The unit just below a level to which an atom belongs.
function childBelow(units, atom, level) {
  return units.chain(atom).findLast(unit => units.get(unit).level > level) ?? NONE;
}

// Before and after of each unit of a level that loses or gains: those that lose first, the one that gains last.
function sidesAt({ units, figures }, move, level) {
  const lost = new Map(), gained = new Map();
  for (const atom of move.changed) {
    const from = units.owner(atom, level), to = move.after(atom, level);
    if (from === to) continue;
    if (from >= 0) push(lost, from, atom);
    if (to >= 0) push(gained, to, atom);
  }
  const rows = [...new Set([...lost.keys(), ...gained.keys()])];
  const found = rows.map(row => side(units, figures, row, lost.get(row) || [], gained.get(row) || []));
  const loss = each => each.before.households - each.after.households;
  return found.sort((a, b) => gained.has(a.unit) - gained.has(b.unit) || loss(b) - loss(a) || a.unit - b.unit);
}

function side(units, figures, row, lost, gained) {
  const unit = units.get(row), level = units.levels[unit.level], gone = new Set(lost);
  const own = units.atoms(row), next = own.filter(atom => !gone.has(atom)).concat(gained);
  const before = figuresOf(figures, unit, own, own), after = figuresOf(figures, unit, own, next);
  return {
    unit: row, code: unit.code, level: level.id, before, after, lower: level.lower, upper: level.upper, part: unit.part, empty: !next.length && !unit.part,
    status: statusOf(level, unit.kind, before.households), statusAfter: statusOf(level, unit.kind, after.households),
  };
}

// Figures of a unit if it had the atoms `next`. What of it lies outside this area is what its row says beyond the atoms known here.
export function figuresOf(figures, unit, own, next) {
  const then = figures.of(next, unit.part), now = unit.part ? figures.of(own, true) : null;
  const add = name => then[name] + (now ? unit[name] - now[name] : 0);
  const area_m2 = add("area_m2"), perimeter_m = add("perimeter_m"), pieces = then.pieces;
  return { households: add("households"), connected: pieces <= 1, pieces, pp: compactness(area_m2, perimeter_m), area_m2, perimeter_m, cells: then.cells };
}

// What happens to units below the target's level: those that go along, and those that lose atoms which nobody below the target then has.
function lower({ units, ground }, move) {
  const entry = (row, atoms, whole) => ({
    unit: row, code: units.get(row).code, name: units.get(row).name, level: units.levels[units.get(row).level].id, status: units.get(row).status,
    newParent: whole ? units.get(move.target).code : null, households: sum(ground.households, atoms), atoms: atoms.slice(), whole,
  });
  const found = [...move.moved].map(row => entry(row, units.atoms(row), true)).concat([...move.partly].map(([row, atoms]) => entry(row, atoms, false)));
  return found.sort((a, b) => (a.code < b.code ? -1 : 1));
}

// Atoms and households that have a unit at a complete level now, and none afterwards.
function unassigned({ units, ground }, move) {
  const lost = new Set();
  units.levels.forEach((level, i) => {
    if (level.complete !== false) for (const atom of move.changed) if (units.owner(atom, i) >= 0 && move.after(atom, i) < 0) lost.add(atom);
  });
  return { atoms: lost.size, households: sum(ground.households, lost) };
}

// {key: facts} of what the move would break.
function breaks({ units, ground }, move, sides, found) {
  const details = {}, split = splitCells(units, ground, move), empty = sides.filter(each => each.empty), codes = list => list.map(each => each.code);
  const buildings = [...new Set(split.map(cell => ground.cell.building[cell]))].filter(Boolean);
  if (split.length) details.splits_cell = { cells: split, buildings, atoms: missing(ground, split, move) };
  if (empty.length) details.empties_unit = { units: codes(empty) };
  const apart = sides.filter(each => !each.empty && each.after.pieces > Math.max(1, each.before.pieces));
  if (apart.length) details.disconnects = { units: codes(apart) };
  for (const word of ["below", "above"]) {
    const out = sides.filter(each => !each.empty && each.statusAfter === word && (each.status !== word || worse(each, word)));
    if (out.length) details[word] = { units: codes(out) };
  }
  if (found.unassigned.atoms) details.unassigned = found.unassigned;
  return details;
}

const worse = (each, word) => (word === "below" ? each.after.households < each.before.households : each.after.households > each.before.households);

// Above the lowest level a cell has one owner: cells that have one now and would have several.
function splitCells(units, ground, move) {
  const moving = new Set(move.changed), last = units.levels.length - 1;
  return ground.cellsOfAtoms(move.changed).filter(cell => {
    const atoms = ground.atomsIn(cell), first = atoms[0], after = (atom, level) => (moving.has(atom) ? move.after(atom, level) : units.owner(atom, level));
    for (let level = 0; level < last; level++) if (units.cellOwner(cell, level) >= NONE && atoms.some(atom => after(atom, level) !== after(first, level))) return true;
    return false;
  });
}

// The atoms that would have to move too so that no cell is split.
function missing(ground, cells, move) {
  const moving = new Set(move.changed);
  return ground.atomsOfCells(cells).filter(atom => !moving.has(atom));
}

function push(lists, key, value) {
  if (!lists.has(key)) lists.set(key, []);
  lists.get(key).push(value);
}

function sum(values, rows) {
  let total = 0;
  for (const row of rows) total += values[row];
  return total;
}
