// The list of changes: who did what, when and why; take back and again.
import { codeLabel, countOf, element, number, personName, plainCode, timeOf } from "./edit-facts.js";

const SHOWN = 30;

export class History {
  constructor(desk) {
    Object.assign(this, { desk, entries: [], list: document.getElementById("entries"), all: document.getElementById("history-all"), undo: document.getElementById("undo"), redo: document.getElementById("redo"), version: document.getElementById("edit-version") });
    this.undo.addEventListener("click", () => this.takeBack());
    this.redo.addEventListener("click", () => this.again());
    desk.on("applied", () => this.fetch());
    desk.on("busy", () => this.#buttons());
  }

  async takeBack() { if (!this.undo.disabled) await this.desk.undo(); }

  async again() { if (!this.redo.disabled) await this.desk.redo(); }

  async fetch() {
    const { desk } = this;
    try {
      const answer = await desk.net.ask(desk.urls.log, { plan: desk.plan, since: Math.max(0, desk.model.version - SHOWN) });
      this.entries = (answer.edits || []).slice().sort((a, b) => b.version - a.version);
      this.draw();
    } catch (error) { /* the connection's notice tells; the list stays as it was */ }
  }

  draw() {
    const { desk } = this;
    const named = document.querySelector(".where .plan");
    if (named) named.lastChild.textContent = desk.say("version", { n: number(desk.model.version) });
    this.version.textContent = `${desk.say(desk.isAdopted ? "adopted" : "draft")} · ${desk.say("version", { n: number(desk.model.version) })}`;
    this.list.replaceChildren(...(this.entries.length ? this.entries.map(entry => this.#entry(entry)) : [element("li", { class: "empty" }, desk.say("history_empty"))]));
    this.all.textContent = this.entries.length ? desk.say("history_all", { n: number(desk.model.version - 1) }) : "";
    this.all.parentElement.hidden = !this.entries.length;
    this.all.href = `${desk.urls.plan_pages}/${encodeURIComponent(desk.plan)}`;
    this.#buttons();
  }

  #entry(entry) {
    const { desk } = this, who = entry.user || entry.author || "";
    const address = `${desk.urls.plan_pages}/${encodeURIComponent(desk.plan)}/changes/${entry.version}`;
    return element("li", { "data-version": entry.version }, element("a", { href: address }, element("span", { class: "when" }, timeOf(entry.time)), element("span", { class: "what" }, editWords(desk, entry)), element("span", { class: "by" }, [personName(desk, who), entry.reason].filter(Boolean).join(" · "))));
  }

  // What can be taken back: my last change that was not; again: what I took back last, while I did nothing else. Of what lies before the
  // entries that are shown the service knows.
  #buttons() {
    const { desk } = this, me = desk.told.user, mine = this.entries.filter(entry => !me || (entry.user || entry.author) === me).sort((a, b) => a.version - b.version);
    const done = [], undone = [];
    for (const entry of mine) {
      const kind = entry.kind || entry.edit?.kind;
      if (kind === "undo") { undone.push(done.pop() ?? entry); }
      else if (kind === "redo") { if (undone.length) done.push(undone.pop()); }
      else if (kind !== "adopt") { done.push(entry); undone.length = 0; }
    }
    const older = this.entries.length && this.entries.at(-1).version > 2;
    this.undo.disabled = !desk.canChange || !(done.length || older);
    this.redo.disabled = !desk.canChange || !undone.length;
    const last = done.at(-1);
    this.undo.title = last ? editWords(desk, last) : "";
  }
}

// What a colleague's delta did, in the same words: of a move all that is known is where things went.
export function deltaWords(desk, { delta, moved }) {
  const codes = (delta.units || []).map(unit => unit.code), to = new Set(moved.values());
  if (delta.kind !== "move") return editWords(desk, { kind: delta.kind, edit: { unit: codes[0], units: codes, name: delta.units?.[0]?.name, parent: delta.units?.[0]?.parent, edits: codes } });
  const n = countOf(desk, desk.model.ground.cellsOfAtoms(moved.keys()));
  return to.size === 1 && ![...to][0] ? desk.say("edit_move_none", { n }) : desk.say("edit_move", { n, to: [...to].map(code => codeLabel(desk, code)).join(desk.page.words.comma) });
}

// An edit in words: "Moved 2 stairwells to grid 005".
export function editWords(desk, entry) {
  const edit = entry.edit || {}, kind = entry.kind || edit.kind, unit = code => codeLabel(desk, code || ""), { ground } = desk.model;
  if (kind === "undo") return desk.say("edit_undo", { n: entry.undoes ?? "" });
  if (kind === "redo") return `${desk.say("redo")}: ${desk.say("version", { n: entry.undoes ?? "" })}`;
  if (kind === "adopt") return desk.say("edit_adopt");
  const units = () => (edit.units || entry.units || []).slice(0, 3).map(unit).join(desk.page.words.comma);
  if (kind === "move") {
    const cells = new Set((edit.atoms || []).map(code => ground.cellOf[ground.atomOf.get(code)] ?? code.split("-")[0]));
    const n = [...cells].every(Number.isInteger) ? countOf(desk, [...cells]) : desk.say("place_n", { n: number(cells.size) });
    return edit.to ? desk.say("edit_move", { n, to: unit(edit.to) }) : desk.say("edit_move_none", { n });
  }
  const into = text => (entry.made?.length ? `${text} → ${entry.made.slice(0, 6).map(unit).join(desk.page.words.comma)}` : text);
  const facts = {
    split: () => into(edit.parts ? desk.say("edit_split_parts", { unit: unit(edit.unit), n: edit.parts }) : desk.say("edit_split", { unit: unit(edit.unit) })),
    merge: () => into(desk.say("edit_merge", { units: units() })),
    reshape: () => desk.say("edit_reshape", { units: units() }),
    reparent: () => desk.say("edit_reparent", { unit: unit(edit.unit), parent: unit(edit.parent) }),
    rename: () => desk.say("edit_rename", { unit: unit(edit.unit) === edit.name ? plainCode(edit.unit) : unit(edit.unit), name: edit.name || "" }),
    create: () => desk.say("edit_create", { name: edit.name || (entry.made?.length ? entry.made.map(unit).join(desk.page.words.comma) : units()) }),
    retire: () => desk.say("edit_retire", { unit: unit(edit.unit) }),
    compose: () => desk.say("edit_compose", { n: number((edit.edits || []).length) }),
  };
  return (facts[kind] || (() => kind || ""))();
}
