// The drawer: what is selected, where it would go, what both sides would be, what breaks and what to do instead, the reason, confirm.
import { boundsOf, boundsText, button, changeBar, cellName, element, households, levelName, number, plainCode, shortCode, statusWords, unitLabel, whatIsSelected, SIGNS } from "./edit-facts.js";
import { instead } from "./edit-instead.js";
import { Foresight } from "./edit-foresight.js";
import { previewMove } from "./edit-preview.js";
import { Reason } from "./edit-reason.js";
import { UnitsPane } from "./edit-unitspane.js";

const OUT = "out";
export const NEW = "new";

export class Panel {
  constructor(desk, { dialogs }) {
    Object.assign(this, { desk, dialogs, drawer: document.getElementById("drawer"), live: document.getElementById("live"), isOut: false, agreed: "" });
    this.idle = new UnitsPane(desk, dialogs);
    this.foresight = new Foresight(desk, () => this.later());
    this.title = element("h2", { class: "big" });
    this.total = element("span", { class: "note" });
    this.target = element("select", { id: "target" });
    this.target.addEventListener("change", () => this.#choose(this.target.value));
    this.sides = element("section", { class: "sides" });
    this.along = element("section", {});
    this.warnings = element("div", {});
    this.notes = element("section", { class: "note" });
    this.reason = new Reason(desk, { confirm: () => this.confirm(), giveUp: () => this.giveUp() });
    this.move = element("div", { class: "move-pane", hidden: true },
      element("section", {}, element("div", { class: "drawer-head" }, this.title, this.total), element("div", { class: "field" }, element("label", { for: "target" }, desk.say("move_to")), this.target)),
      this.sides, this.warnings, this.along, this.notes);
    this.drawer.replaceChildren(this.move, this.idle.node, this.reason.node);
    for (const name of ["selection", "target", "applied", "lock", "level"]) desk.on(name, () => this.later());
    for (const name of ["busy", "away", "back", "focus"]) desk.on(name, () => this.draw());
  }

  // Many changes in one frame are drawn once.
  later() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
  }

  draw() {
    const { desk } = this, { model } = desk;
    if (!model) return;
    const chosen = model.selection.size > 0;
    this.move.hidden = !chosen;
    this.idle.node.hidden = chosen;
    if (!chosen) { this.isOut = false; this.agreed = ""; }
    this.reason.show(chosen, this.state());
    if (!chosen) return this.idle.draw();
    const atoms = [...model.selection];
    this.title.textContent = whatIsSelected(desk, atoms);
    this.total.textContent = households(desk, model.chosen().households);
    this.#options();
    this.#figures(previewMove(model, this.#moving(), this.isOut ? -1 : model.target));
  }

  // What would move: of the selection, all but what the target has already.
  #moving() {
    const { model } = this.desk, { target, units } = model, atoms = [...model.selection];
    if (target < 0 || this.isOut || units.get(target).level < model.depth) return atoms;
    return atoms.filter(atom => units.owner(atom, units.get(target).level) !== target);
  }

  // What can be done now: "ready", or why not.
  state() {
    const { desk } = this;
    if (!desk.mayEdit) return "viewer";
    if (desk.isAdopted) return "adopted";
    if (desk.busy) return desk.net.isAway ? "away" : "busy";
    return this.hasTarget ? "ready" : "no_target";
  }

  get hasTarget() { return this.isOut || this.desk.model.target >= 0; }

  #options() {
    const { desk } = this, { model } = desk, { units, depth } = model, near = this.#near();
    const others = units.live(depth).filter(unit => !near.includes(unit.row) && !unit.part).map(unit => unit.row);
    const far = units.live(depth).filter(unit => !near.includes(unit.row) && unit.part).map(unit => unit.row);
    const above = depth > 0 ? [...new Set(model.selectedCells().flatMap(cell => units.ownersOf(cell, depth - 1)))].filter(row => row >= 0) : [];
    const option = row => element("option", { value: row, disabled: model.locked.has(row) }, unitLabel(desk, row) + (model.locked.has(row) ? ` (${desk.say("lock")})` : ""));
    const key = JSON.stringify([near, others, far, above, [...model.locked], model.version, depth]);
    if (key !== this.optionsKey) {
      this.optionsKey = key;
      this.target.replaceChildren(element("option", { value: "" }, desk.say("choose_target")), ...near.map(option), element("hr"), ...others.map(option), ...far.map(option), element("hr"),
        element("option", { value: NEW }, desk.say("new_unit_option", { level: levelName(desk) })), ...above.map(row => element("option", { value: row }, `${unitLabel(desk, row)}: ${desk.say("outside", { level: levelName(desk) })}`)), ...(depth ? [] : [element("option", { value: OUT }, desk.say("outside", { level: levelName(desk) }))]));
    }
    this.target.value = this.isOut ? OUT : model.target >= 0 ? String(model.target) : "";
  }

  // Units that border what is selected, those it is taken from last.
  #near() {
    const { model } = this.desk, own = new Set(), found = new Map();
    for (const cell of model.selectedCells()) {
      for (const row of model.units.ownersOf(cell, model.depth)) own.add(row);
      for (const other of model.ground.neighbours(cell)) for (const row of model.units.ownersOf(other, model.depth)) found.set(row, (found.get(row) || 0) + 1);
    }
    const many = own.size > 1 ? [...own] : [];
    return [...[...found.keys()].filter(row => row >= 0 && !own.has(row)), ...many.filter(row => row >= 0)];
  }

  #choose(value) {
    const { model } = this.desk;
    if (value === NEW) { this.target.value = model.target >= 0 ? String(model.target) : ""; this.dialogs.create(); return; }
    this.isOut = value === OUT;
    model.setTarget(this.isOut || value === "" ? -1 : Number(value));
    this.later();
  }

  #figures(preview) {
    const { desk } = this, moving = this.hasTarget, target = desk.model.target;
    const shown = preview.sides.length ? preview.sides : moving ? [] : preview.below;
    const upper = desk.model.units.get(target)?.level < desk.model.depth ? preview.below : [];
    const sides = [...shown, ...upper.filter(side => side.level === desk.level)].filter(side => moving || side.unit !== target);
    this.sides.replaceChildren(...sides.map(side => this.#side(side, moving)));
    this.sides.hidden = !sides.length;
    this.#lower(preview);
    this.#warn(preview, moving);
    this.#say(preview, sides, moving);
  }

  #side(side, moving) {
    const { desk } = this, bounds = side.lower === null || side.lower === undefined ? null : [side.lower, side.upper];
    const after = moving ? side.after : side.before, status = moving ? side.statusAfter : side.status, gains = side.after.households > side.before.households || side.unit === desk.model.target;
    const was = desk.say(bounds ? "was_bounds" : "was", { n: households(desk, side.before.households), bounds: boundsText(bounds) });
    return element("div", { class: "side", "data-code": side.code },
      element("span", { class: "who" }, element("b", {}, unitLabel(desk, side.unit)), moving ? desk.say(gains ? "into" : "out_of") : ""),
      element("span", { class: `figure-now ${status}` }, households(desk, after.households)),
      bounds && status !== "dedicated" ? changeBar(desk, side.before.households, after.households, bounds, status) : element("span", { class: "note" }, bounds ? desk.say("dedicated") : desk.say("no_bounds")),
      element("span", { class: `status ${status}` }, statusWords(desk, status, after.households, bounds)),
      element("span", { class: "note" }, was));
  }

  // Lower units that go along, with their code under the target, and those that are left in part.
  #lower(preview) {
    const { desk } = this, { units } = desk.model;
    this.along.hidden = !preview.lower.length || !this.hasTarget;
    if (this.along.hidden) return;
    const depth = units.get(preview.lower[0].unit).level, bounds = boundsOf(desk, depth);
    const row = each => {
      const from = `${shortCode(desk, units.get(each.unit).parent)}-${shortCode(desk, each.unit)}`, to = each.whole ? this.#codeThen(each.code) : "";
      const status = desk.model.statusOf(each.unit);
      return element("tr", {}, element("td", {}, each.name || this.#place(each)), element("td", {}, each.whole ? desk.say("goes_whole", { from, to }) : desk.say("goes_part", { households: households(desk, each.households) })), element("td", { class: "n" }, each.whole ? households(desk, each.households) : ""), element("td", { class: `status ${status}` }, each.whole ? SIGNS[status] || "" : ""));
    };
    const whole = preview.lower.filter(each => each.whole).length;
    this.along.replaceChildren(
      element("div", { class: "section-head" }, element("h3", {}, desk.say(whole === 1 ? "moves_along" : "move_along", { n: number(whole), level: levelName(desk, depth, whole) })), bounds ? element("span", { class: "note" }, desk.say("bounds_of", { bounds: boundsText(bounds) })) : ""),
      element("table", { class: "along" }, element("tbody", {}, ...preview.lower.slice(0, 40).map(row))));
  }

  // The code under the target, once the service has said it.
  #codeThen(code) {
    const { desk } = this, target = desk.model.units.get(desk.model.target).code, then = this.foresight.codes.get(code);
    return `${shortCode(desk, desk.model.target)}-${then ? plainCode(then.startsWith(target) ? then.slice(target.length) : then) : "…"}`;
  }

  #place(each) {
    const cells = this.desk.model.ground.cellsOfAtoms(each.atoms);
    return cellName(this.desk, cells[0]) + (cells.length > 1 ? ` +${cells.length - 1}` : "");
  }

  #warn(preview, moving) {
    if (!moving) return this.warnings.replaceChildren();
    const { desk } = this;
    if (!this.#moving().length) {
      const title = desk.say("break_same", { unit: unitLabel(desk, desk.model.target) });
      return this.warnings.replaceChildren(element("div", { class: "warning-panel", "data-break": "same" }, element("b", {}, element("span", { "aria-hidden": "true" }, "⚠ "), title)));
    }
    const found = instead(desk, preview, this.dialogs);
    this.foresight.ask(this.edit());
    if (this.foresight.refused && !preview.refused.length) found.unshift({ key: "refused", refused: true, title: this.foresight.refused, text: "", acts: [] });
    this.warnings.replaceChildren(...found.map(each => {
      const anyway = each.refused || each.fine ? "" : button(desk.say("anyway"), () => { this.agreed = each.key; this.reason.focus(); }, { class: "plain-link link" });
      return element("div", { class: "warning-panel", "data-break": each.key }, element("b", {}, element("span", { "aria-hidden": "true" }, "⚠ "), each.title), each.text ? element("p", {}, each.text) : "",
        each.acts.length || anyway ? element("div", { class: "button-row" }, ...each.acts.map(act => button(act.text, act.then)), anyway) : "");
    }));
    return undefined;
  }

  // Connectedness and compactness in words; the live region says the figures.
  #say(preview, sides, moving) {
    const { desk } = this, lines = [];
    if (moving && sides.length && !preview.breaks.includes("disconnects")) lines.push(desk.say("all_connected"));
    if (moving) for (const side of sides.filter(each => !each.empty)) lines.push(desk.say("pp", { unit: unitLabel(desk, side.unit), before: side.before.pp.toFixed(2), after: side.after.pp.toFixed(2) }));
    this.notes.replaceChildren(...lines.map(line => element("p", {}, line)));
    this.notes.hidden = !lines.length;
    const spoken = sides.map(side => desk.say("live_side", { unit: unitLabel(desk, side.unit), before: number(side.before.households), after: number((moving ? side.after : side.before).households), status: desk.page.words[moving ? side.statusAfter : side.status] || "" })).join(" ");
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => { this.live.textContent = desk.say("live", { n: number(preview.households || desk.model.chosen().households), sides: spoken }); }, 300);
  }

  // Enter: sends the move; without a target or a reason it leads there.
  async confirm() {
    const { desk } = this, { model } = desk;
    if (!model?.selection.size || !desk.canChange) return;
    if (!this.hasTarget || !this.#moving().length) return this.target.focus();
    const reason = this.reason.check();
    if (!reason) return;
    const answer = await desk.commit(this.edit(), { reason });
    if (answer) this.clear();
  }

  edit() {
    const { model } = this.desk;
    return { kind: "move", atoms: model.codes(this.#moving()), to: this.isOut ? null : model.units.get(model.target).code };
  }

  clear() {
    this.isOut = false;
    this.desk.model.clear();
    this.desk.model.setTarget(-1);
    this.reason.clear();
  }

  giveUp() {
    this.clear();
    this.desk.setFocus(-1);
  }
}

