// The dialogs that ask for what the map can not say: name, parts, with whom, where to. Each ends in one edit with a reason.
import { levelName, unitLabel } from "./edit-facts.js";
import { Ask } from "./edit-ask.js";
import { askHomes, drawnLine } from "./edit-drawn.js";
import { Proposals } from "./edit-propose.js";

export class Dialogs {
  constructor(desk) {
    this.desk = desk;
    this.ask = new Ask(desk);
    this.proposals = new Proposals(desk, this.ask);
  }

  get model() { return this.desk.model; }

  // The unit that a key speaks of: the one that is looked at, else the one that what is selected comes from.
  current() {
    const { desk, model } = this;
    if (desk.focus >= 0) return desk.focus;
    const from = new Set([...model.selection].map(atom => model.units.owner(atom, model.depth)).filter(row => row >= 0));
    return from.size === 1 ? [...from][0] : -1;
  }

  label(row) { return unitLabel(this.desk, row); }

  code(row) { return this.model.units.get(row).code; }

  async send(edit, reason) {
    const answer = await this.desk.commit(edit, { reason });
    if (answer) this.desk.setFocus(-1);
    return answer;
  }

  create() {
    const { desk, model } = this, above = model.depth - 1, atoms = model.codes();
    if (!atoms.length) return;
    const parents = above < 0 ? [] : [...new Set(model.selectedCells().flatMap(cell => model.units.ownersOf(cell, above)))].filter(row => row >= 0);
    this.ask.open({
      title: desk.say("d_create", { level: levelName(desk) }),
      fields: [{ id: "name", label: desk.say("d_name"), optional: true }, ...(parents.length ? [{ id: "parent", label: desk.say("d_parent"), options: parents.map(row => [this.code(row), this.label(row)]) }] : [])],
      done: async ({ name, parent, reason }) => { if (await this.send({ kind: "create", level: model.level, parent: parent || null, name, atoms }, reason)) desk.tell("clear"); },
    });
  }

  rename(row) {
    if (row < 0) return;
    this.ask.open({
      title: this.desk.say("d_rename", { unit: this.label(row) }),
      fields: [{ id: "name", label: this.desk.say("d_name"), value: this.model.units.get(row).name, optional: true }],
      done: ({ name, reason }) => this.send({ kind: "rename", unit: this.code(row), name }, reason),
    });
  }

  // In k parts alike: looked at before it is done.
  split(row) {
    if (row < 0) return;
    const { desk } = this;
    this.ask.open({
      title: desk.say("d_split", { unit: this.label(row) }),
      fields: [{ id: "parts", label: desk.say("d_parts"), type: "number", value: "2", min: 2, max: 20 }],
      withReason: false,
      ok: desk.say("d_preview"),
      done: ({ parts }) => this.proposals.split(row, Number(parts)),
    });
  }

  merge(row, other = -1) {
    if (row < 0) return;
    const { desk, model } = this, { units } = model, near = this.#neighbours(row);
    const options = near.map(next => [this.code(next), this.label(next)]);
    if (!options.length) return;
    this.ask.open({
      title: desk.say("d_merge", { unit: this.label(row) }),
      fields: [
        { id: "with", label: desk.say("d_merge", { unit: this.label(row) }), many: true, options, value: other >= 0 ? [this.code(other)] : [] },
        { id: "into", label: desk.say("d_merge_into"), options: [[this.code(row), this.label(row)], ...options, ["", desk.say("d_merge_new")]], optional: true, value: other >= 0 ? this.code(other) : this.code(row), only: values => ["", this.code(row), ...values.with] },
      ],
      check: values => values.with.length > 0,
      done: ({ with: others, into, reason }) => this.send({ kind: "merge", units: [units.get(row).code, ...others], ...(into ? { into } : {}) }, reason),
    });
  }

  // Units of the level that border one, those of the same parent first.
  #neighbours(row) {
    const { ground, units } = this.model, { level, parent } = units.get(row), found = new Set();
    for (const cell of ground.cellsOfAtoms(units.atoms(row))) {
      for (const next of units.ownersOf(cell, level)) found.add(next);
      for (const other of ground.neighbours(cell)) for (const next of units.ownersOf(other, level)) found.add(next);
    }
    return [...found].filter(next => next >= 0 && next !== row && !this.model.locked.has(next)).sort((a, b) => (units.get(b).parent === parent) - (units.get(a).parent === parent) || a - b);
  }

  retire(row) {
    if (row < 0) return;
    this.ask.open({ title: this.desk.say("d_retire", { unit: this.label(row) }), text: this.desk.say("d_retire_text"), done: ({ reason }) => this.send({ kind: "retire", unit: this.code(row) }, reason) });
  }

  reparent(row) {
    const { desk, model } = this, unit = model.units.get(row);
    if (row < 0 || unit.level < 1) return;
    const options = model.units.live(unit.level - 1).filter(parent => parent.row !== unit.parent).map(parent => [parent.code, this.label(parent.row)]);
    if (!options.length) return;
    this.ask.open({
      title: desk.say("d_reparent", { unit: this.label(row), level: levelName(desk, unit.level - 1) }), text: desk.say("d_reparent_text"),
      fields: [{ id: "parent", label: levelName(desk, unit.level - 1), options }],
      done: ({ parent, reason }) => this.send({ kind: "reparent", unit: unit.code, parent }, reason),
    });
  }

  line(told) { drawnLine(this, told); }

  homes(error, edit, reason) { askHomes(this, error, edit, reason); }

  fork(at = this.model.version, then = null) {
    const { desk } = this;
    this.ask.open({
      title: desk.say("d_fork"), text: desk.say("d_fork_text", { n: at }), withReason: false, always: true,
      fields: [{ id: "name", label: desk.say("d_fork_name") }],
      done: async ({ name }) => {
        const made = await desk.fork(name, at);
        if (then) await then(made);
        location.assign(desk.address({ plan: made.id }));
      },
    });
  }

}
