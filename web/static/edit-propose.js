// Answers that the kernel finds: repair here, fill the unassigned, k parts alike. Shown first, as table and map; done as one edit.
import { boundsOf, changeBar, element, households, levelName, number, shortOf, statusWords, unitLabel } from "./edit-facts.js";
import { mini } from "./edit-mini.js";
import { statusOf } from "./edit-units.js";

export class Proposals {
  constructor(desk, ask) { Object.assign(this, { desk, ask }); }

  repair(row) { return row < 0 ? null : this.#propose({ what: "repair", units: [this.desk.model.units.get(row).code] }, this.desk.say("d_repair", { unit: unitLabel(this.desk, row) })); }

  fill(level) {
    const { desk } = this;
    return this.#propose({ what: "fill", level, parent: desk.model.unit || null }, desk.say("d_fill"));
  }

  split(row, k) { return this.#propose({ what: "split", unit: this.desk.model.units.get(row).code, k }, this.desk.say("d_balance", { unit: unitLabel(this.desk, row), n: k })); }

  // Resolves with null so that the question that led here leaves the dialog to the answer.
  async #propose(body, title) {
    const { desk, ask } = this;
    if (!desk.canChange) return desk.tell("cannot");
    ask.show(title, [element("p", { role: "status" }, desk.say("d_propose_wait"))]);
    try {
      const found = await desk.net.post(desk.urls.propose, { plan: desk.plan, ...body });
      this.#show(found, title);
    } catch (error) {
      ask.open({ title, text: error.message, withReason: false });
    }
    return null;
  }

  #show(found, title) {
    const { desk, ask } = this, { edit } = found, units = found.preview?.units || found.units || [];
    if (!edit) return ask.open({ title, text: desk.say("d_propose_none"), withReason: false });
    const moves = movesOf(desk.model, edit);
    const maps = element("div", { class: "minis" },
      element("div", {}, element("h3", {}, desk.say("d_before")), mini(desk, { atoms: moves, before: true })),
      element("div", {}, element("h3", {}, desk.say("d_after")), mini(desk, { atoms: moves })));
    ask.open({
      title, wide: true, content: [moves.size ? maps : "", this.#table(units)], ok: desk.say("d_commit"),
      done: ({ reason }) => desk.commit(edit, { reason, base: found.version || desk.model.version }),
    });
    return undefined;
  }

  // What changes its households, is new or goes; units below that only move along are counted.
  #table(units) {
    const { desk } = this, changed = units.filter(unit => !unit.before || !unit.after || unit.before.households !== unit.after.households), along = units.length - changed.length;
    const head = ["d_propose_unit", "d_before", "d_after", "c_bounds"].map(name => element("th", { scope: "col" }, desk.say(name)));
    return element("div", { class: "proposal", tabindex: "0", role: "region", "aria-label": desk.say("d_after") },
      element("table", { class: "figures-table" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...changed.map(unit => figuresRow(desk, unit)))),
      along ? element("p", { class: "note" }, desk.say("d_along", { n: number(along) })) : "");
  }
}

// A unit before and after, of a server's preview: `{code, level, before, after, bounds, status}`.
export function figuresRow(desk, unit) {
  const { model } = desk, code = unit.code ?? unit.code_before ?? "", row = model.units.rowOf(unit.code_before ?? code), depth = model.units.depth.get(unit.level), bounds = unit.bounds || boundsOf(desk, depth);
  const after = unit.after?.households ?? null, before = unit.before?.households ?? null;
  const status = unit.after?.status ?? (after === null ? "" : statusOf(model.units.levels[depth], row >= 0 ? model.units.get(row).kind : "base", after));
  return element("tr", {}, element("td", {}, row >= 0 ? unitLabel(desk, row) : unit.name || `${levelName(desk, depth)} ${shortOf(desk, code)}`), element("td", {}, before === null ? "–" : households(desk, before)),
    element("td", {}, after === null ? "–" : households(desk, after), before !== null && after !== null && after !== before ? ` ${after > before ? "+" : "−"}${number(Math.abs(after - before))}` : ""),
    element("td", {}, bounds && after !== null && status !== "dedicated" ? changeBar(desk, before ?? after, after, bounds, status) : "", " ", element("span", { class: `status ${status}` }, after === null ? "" : statusWords(desk, status, after, bounds))));
}

// Atom row → code of the unit it goes to, of an edit that moves or makes; other kinds change no ground.
export function movesOf(model, edit) {
  const found = new Map();
  for (const one of edit.kind === "compose" ? edit.edits : [edit])
    for (const code of one.atoms || []) {
      const atom = model.ground.atomOf.get(code);
      if (atom !== undefined) found.set(atom, one.to ?? one.name ?? "");
    }
  return found;
}
