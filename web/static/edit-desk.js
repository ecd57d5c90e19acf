// The desk: one plan, one area, what was changed since; everything on the page that changes the plan goes through `commit`, `undo` and `redo`.
import { say } from "./dom.js";
import { Refused } from "./ask.js";
import { Net, requestId } from "./edit-net.js";

const POLL_MS = 1000;

export class Desk {
  constructor(page) {
    Object.assign(this, { page, words: page.words, told: page.edit, urls: page.edit.urls, plan: page.edit.plan, level: page.level, unit: page.edit.unit });
    this.net = new Net({ lang: page.lang, token: page.edit.token, told: state => this.tell(state) });
    this.listeners = {};
    this.model = this.view = null;
    this.focus = -1; // the unit that is looked at, a row
    this.base = 0; // the version that what is selected was seen on
    this.foreign = []; // what others did since then to units of the selection: {delta, before}
    this.busy = false;
    this.polling = false;
  }

  on(name, then) { (this.listeners[name] ||= []).push(then); }

  tell(name, detail) { for (const then of this.listeners[name] || []) then(detail); }

  say(name, facts = {}) { return say(this.words[name] ?? name, facts); }

  get mayEdit() { return this.told.may_edit; }
  get isAdopted() { return (this.model?.state || this.told.state) === "adopted"; }
  get canChange() { return this.mayEdit && !this.isAdopted && !this.busy && Boolean(this.model); }

  setFocus(row) {
    this.focus = row;
    this.tell("focus", row);
  }

  // Sends an edit. Resolves with the answer, or null when it was refused and that was told.
  async commit(edit, { reason = "", base = this.base, plan = this.plan } = {}) {
    return this.#change(this.urls.edits, { plan, base_version: base, request_id: requestId(), reason, edit }, { edit, reason });
  }

  undo() { return this.#change(this.urls.undo, { plan: this.plan, base_version: this.model.version, request_id: requestId() }, {}); }

  redo() { return this.#change(this.urls.redo, { plan: this.plan, base_version: this.model.version, request_id: requestId() }, {}); }

  async #change(address, body, { edit, reason }) {
    if (this.busy) return null;
    this.#setBusy(true);
    try {
      const answer = await this.net.deliver(address, body);
      if (body.plan === this.plan) await this.#take(answer);
      this.tell("done", { answer, edit, reason });
      return answer;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 409 && error.code === "conflict") {
        await this.#catchUp().catch(() => {});
        this.tell("conflict", { error, edit, reason, base: body.base_version });
      } else {
        this.refusal = error.message;
        this.tell("refused", { error, edit, reason });
      }
      return null;
    } finally {
      this.#setBusy(false);
    }
  }

  #setBusy(on) {
    this.busy = on;
    this.tell("busy", on);
  }

  // Own changes come with the answer; when others were in between, all are fetched in their order.
  async #take(answer) {
    if (answer.delta && answer.version === this.model.version + 1) this.#apply({ ...answer.delta, version: answer.version }, true);
    else await this.#catchUp(answer.version);
    this.acknowledge();
  }

  async #catchUp(mine = 0) {
    const answer = await this.net.ask(this.urls.changes, { plan: this.plan, since: this.model.version });
    for (const delta of answer.changes || []) if (delta.version > this.model.version) this.#apply(delta, delta.version === mine);
    return answer;
  }

  #apply(delta, mine) {
    const { model } = this, touched = this.#touches(delta), before = this.#households(delta), owners = model.units.owners[model.depth].slice();
    model.apply(delta);
    const moved = movedAtoms(model, owners);
    if (model.target >= 0 && model.units.get(model.target).gone) model.setTarget(-1);
    if (this.focus >= 0 && model.units.get(this.focus).gone) this.focus = -1;
    if (!mine && touched.length) this.foreign.push({ delta, before, moved, units: touched });
    else if (!this.foreign.length) this.base = model.version;
    this.tell("applied", { delta, moved, mine, touched });
  }

  // Codes of units that both a delta and the selection change.
  #touches(delta) {
    if (!this.model.selection.size) return [];
    const mine = new Set(this.model.preview().sides.map(side => side.code));
    return (delta.units || []).filter(unit => mine.has(unit.code_before || unit.code)).map(unit => unit.code);
  }

  #households(delta) {
    const { model } = this, before = {};
    for (const unit of delta.units || []) {
      const row = model.units.rowOf(unit.code_before || unit.code);
      if (row >= 0) before[unit.code] = model.units.get(row).households;
    }
    return before;
  }

  // What is on the screen has been seen: from here on it is what a change builds on.
  acknowledge() {
    this.foreign = [];
    this.base = this.model.version;
  }

  // Others' changes appear within two seconds, while somebody looks.
  poll() {
    setInterval(async () => {
      if (!this.model || this.busy || this.polling || document.visibilityState !== "visible") return;
      this.polling = true;
      try {
        await this.#catchUp();
      } catch (error) { /* the connection's notice tells */
      } finally { this.polling = false; }
    }, POLL_MS);
    document.addEventListener("visibilitychange", () => this.net.isAway && this.net.retry());
  }

  // Asked once: a second draft would be no harm, but one that nobody asked for.
  fork(name, at) { return this.net.post(this.urls.plans, { from: this.plan, at, name }); }

  newRequest() { return requestId(); }

  // The address of this page, for another plan or place.
  address(changes = {}) {
    const now = { plan: this.plan === "main" ? "" : this.plan, unit: this.unit, level: this.level, lang: this.page.asked, ...changes };
    return this.urls.desk + "?" + new URLSearchParams(Object.entries(now).filter(([, value]) => value));
  }
}

// Atom row → code of the unit of the level that it went to ("" for none): also where only the units above it changed.
function movedAtoms({ units, depth, ground }, before) {
  const found = new Map(), now = units.owners[depth];
  for (let atom = 0; atom < before.length; atom++) if (now[atom] !== before[atom] && !ground.gone.has(ground.cellOf[atom])) found.set(atom, now[atom] >= 0 ? units.get(now[atom]).code : "");
  return found;
}
