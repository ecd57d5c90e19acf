// What a drawn line is for: to divide the unit it crosses, or to redraw the border between two; and whose homes they are where the line can not tell.
import { button, cellName, codeLabel, households, unitLabel } from "./edit-facts.js";
import { worldX, worldY } from "./edit-ground.js";

const STEPS = 40; // so many places of each stretch are asked for their unit

// Units of the level that a line crosses, those it runs through longest first. `coordinates`: [[lon, lat], …].
export function crossed(model, coordinates) {
  const found = new Map();
  for (let i = 1; i < coordinates.length; i++)
    for (let k = 0; k <= STEPS; k++) {
      const [lon, lat] = [0, 1].map(axis => coordinates[i - 1][axis] + ((coordinates[i][axis] - coordinates[i - 1][axis]) * k) / STEPS);
      const cell = model.places.at(worldX(lon), worldY(lat));
      if (cell >= 0) for (const row of model.units.ownersOf(cell, model.depth)) if (row >= 0) found.set(row, (found.get(row) || 0) + 1);
    }
  return [...found].sort((a, b) => b[1] - a[1]).map(([row]) => row);
}

export function drawnLine(dialogs, { name, coordinates }) {
  const { desk, model } = dialogs, rows = crossed(model, coordinates).filter(row => !model.locked.has(row));
  if (!rows.length) return;
  const line = { type: "LineString", coordinates }, first = rows.includes(desk.focus) ? desk.focus : rows[0];
  const others = [...new Set([...rows, ...neighbours(model, first)])].filter(row => row !== first && !model.locked.has(row)).slice(0, 12);
  const split = [[`split ${first}`, desk.say("d_line_split", { unit: unitLabel(desk, first) })]], reshape = others.map(row => [`reshape ${row}`, `${desk.say("d_line_reshape")}: ${unitLabel(desk, first)} / ${unitLabel(desk, row)}`]);
  const done = async ({ what, reason }) => {
    const [kind, row] = what.split(" "), code = dialogs.code(first);
    const edit = kind === "split" ? { kind, unit: code, line } : { kind, units: [code, dialogs.code(Number(row))], line };
    const answer = await dialogs.send(edit, reason);
    if (answer) desk.view?.setTool("click");
    return answer;
  };
  dialogs.ask.open({ title: desk.say("d_line"), fields: [{ id: "what", label: desk.say("d_line_use"), one: true, options: name === "reshape" ? reshape : name === "split" ? split : [...split, ...reshape] }], done });
}

function neighbours(model, row) {
  const { ground, units } = model, found = new Set();
  for (const cell of ground.cellsOfAtoms(units.atoms(row))) for (const other of ground.neighbours(cell)) for (const next of units.ownersOf(other, model.depth)) if (next >= 0) found.add(next);
  return found;
}

// The service could not tell on which side some homes lie: it is asked here, and the same edit is sent with the answers.
export function askHomes(dialogs, error, edit, reason) {
  const { desk, model } = dialogs, { ground } = model, asked = error.details.cells || [];
  const atoms = id => (ground.rowOf.has(id) ? [...ground.atomsIn(ground.rowOf.get(id))] : []);
  const named = ({ cell, households: n }) => `${ground.rowOf.has(cell) ? cellName(desk, ground.rowOf.get(cell)) : cell} (${households(desk, n)})`;
  const see = each => button(desk.say("zoom"), () => desk.view?.zoomTo(atoms(each.cell)), { "aria-label": `${desk.say("zoom")}: ${named(each)}` });
  dialogs.ask.open({
    title: desk.say("d_homes"), always: true, text: desk.say("d_homes_text"), withReason: false,
    fields: asked.map(each => ({ id: "cell-" + each.cell, label: named(each), act: see(each), options: (each.units || edit.units).map(code => [code, codeLabel(desk, code)]) })),
    done: values => dialogs.send({ ...edit, homes: Object.fromEntries(asked.map(({ cell }) => [cell, values["cell-" + cell]])) }, reason),
  });
}
