// What a move would break, in words, and what to do instead: take fewer, take the whole stairwell, merge, retire.
import { boundsOf, codeLabel, countOf, depthOf, households, levelName, number, unitLabel } from "./edit-facts.js";

// [{key, title, text, acts: [{text, then}], refused, fine}], what the service would refuse first.
export function instead(desk, preview, dialogs) {
  const found = [], { details } = preview, sideOf = code => [...preview.sides, ...preview.below, ...preview.above].find(side => side.code === code);
  if (details.splits_cell) found.push(splits(desk, details.splits_cell));
  if (details.empties_unit) for (const code of details.empties_unit.units) found.push(empties(desk, code, dialogs));
  for (const word of ["below", "above"]) for (const code of details[word]?.units || []) if (depthOf(desk, sideOf(code).level) <= desk.model.depth) found.push(out(desk, preview, word, sideOf(code)));
  for (const code of details.disconnects?.units || []) found.push({ key: "apart", title: desk.say("break_apart", { unit: codeLabel(desk, code) }), text: desk.say("break_apart_long"), acts: [] });
  const cut = preview.lower.filter(each => !each.whole);
  if (cut.length && preview.target >= 0) found.push(parts(desk, preview, cut));
  else if (details.unassigned && !details.splits_cell) found.push({ key: "unassigned", title: desk.say("break_unassigned", { n: number(details.unassigned.households) }), text: desk.say("break_unassigned_long"), acts: [], fine: true });
  return found;
}

// Lower units of which only a part moves: what moves is unassigned there, and what stays may be too few. Taken whole they go along.
function parts(desk, preview, cut) {
  const { model } = desk, depth = model.units.get(cut[0].unit).level, now = new Map(preview.below.map(side => [side.unit, side]));
  const left = cut.map(each => now.get(each.unit)).filter(side => side && (side.statusAfter === "below" || side.empty)).map(side => `${unitLabel(desk, side.unit)} ${households(desk, side.after.households)}`);
  const text = desk.say("break_parts_long", { n: number(preview.unassigned.households) }) + (left.length ? " " + desk.say("break_parts_left", { units: left.slice(0, 4).join(desk.page.words.comma) }) : "");
  const whole = cut.flatMap(each => model.units.atoms(each.unit)).filter(atom => model.isFree(atom));
  return { key: "parts", fine: true, title: desk.say("break_parts", { n: number(cut.length), level: levelName(desk, depth, cut.length) }), text, acts: [{ text: desk.say("take_whole"), then: () => model.select(whole, { mode: "add" }) }] };
}

function splits(desk, { atoms }) {
  const add = { text: desk.say("add_floors"), then: () => desk.model.select(atoms, { mode: "add" }) };
  return { key: "splits", refused: true, title: desk.say("break_splits"), text: desk.say("break_splits_long", { level: levelName(desk) }), acts: atoms.length ? [add] : [] };
}

function empties(desk, code, dialogs) {
  const row = desk.model.units.rowOf(code), target = desk.model.target;
  const acts = [{ text: desk.say("retire_instead"), then: () => dialogs.retire(row) }];
  if (target >= 0 && desk.model.units.get(target).level === desk.model.units.get(row)?.level) acts.unshift({ text: desk.say("merge_instead"), then: () => dialogs.merge(row, target) });
  return { key: "empty", refused: true, title: desk.say("break_empty", { unit: codeLabel(desk, code) }), text: desk.say("break_empty_long"), acts };
}

function out(desk, preview, word, side) {
  const unit = codeLabel(desk, side.code), bounds = [side.lower, side.upper], n = side.after.households;
  const long = word === "below" ? { n: households(desk, n), short: households(desk, bounds[0] - n), low: number(bounds[0]) } : { n: households(desk, n), over: households(desk, n - bounds[1]), high: number(bounds[1]) };
  const some = side.level === desk.level ? fewer(desk, preview, side) : null, acts = [];
  let text = desk.say(`break_${word}_long`, long);
  if (some) {
    const what = countOf(desk, some.cells);
    text += " " + desk.say("only_result", { what, households: households(desk, some.households), n: households(desk, some.left) });
    acts.push({ text: desk.say("only", { what }), then: () => desk.model.select(some.atoms) });
  }
  return { key: word, title: desk.say(`break_${word}`, { unit }), text, acts };
}

// The most of the selection, taken from the target's border inwards, that leaves every side within its bounds; null where nothing does.
export function fewer(desk, preview, side) {
  const { model } = desk, { ground, units } = model, cells = model.selectedCells();
  if (cells.length < 2 || cells.length > 400) return null;
  const target = model.target, bounds = boundsOf(desk, units.get(side.unit).level), room = limits(preview);
  const inside = new Set(target >= 0 ? ground.cellsOfAtoms(units.atoms(target)) : []), left = new Set(cells), taken = [], used = new Map();
  for (let grew = true; grew && left.size; ) {
    grew = false;
    for (const cell of [...left]) {
      if (inside.size && ![...ground.neighbours(cell)].some(other => inside.has(other))) continue;
      const n = homes(model, [cell]), from = units.ownersOf(cell, model.depth)[0];
      if ((used.get(from) || 0) + n > (room.get(from) ?? Infinity) || (used.get(target) || 0) + n > (room.get(target) ?? Infinity)) continue;
      for (const row of [from, target]) used.set(row, (used.get(row) || 0) + n);
      taken.push(cell);
      left.delete(cell);
      inside.add(cell);
      grew = true;
    }
  }
  const total = homes(model, taken);
  if (!taken.length || !total || taken.length === cells.length) return null;
  const of = side.unit === target ? total : used.get(side.unit) || 0;
  const n = side.unit === target ? side.before.households + of : side.before.households - of;
  return n < bounds[0] || n > bounds[1] ? null : { cells: taken, households: total, left: n, atoms: [...model.selection].filter(atom => taken.includes(ground.cellOf[atom])) };
}

// How many households each side may lose or gain.
function limits(preview) {
  return new Map(preview.sides.filter(side => side.lower !== null && side.lower !== undefined && side.status !== "dedicated").map(side => [side.unit, side.unit === preview.target ? side.upper - side.before.households : side.before.households - side.lower]));
}

function homes(model, cells) {
  const set = new Set(cells);
  let total = 0;
  for (const atom of model.selection) if (set.has(model.ground.cellOf[atom])) total += model.ground.households[atom];
  return total;
}
