// The drawer while nothing is selected: the units of the area with their households; one of them with what can be done to it and its buildings to tick.
import { boundsOf, boundsText, button, cellName, changeBar, element, households, isHere, levelName, number, plainCode, statusWords, unitLabel, SIGNS } from "./edit-facts.js";

export class UnitsPane {
  constructor(desk, dialogs) {
    Object.assign(this, { desk, dialogs });
    this.node = element("div", { class: "idle-pane" });
    desk.on("applied", () => { this.key = ""; });
  }

  draw() {
    const { desk } = this, { model } = desk, focus = desk.focus >= 0 && !model.units.get(desk.focus)?.gone ? desk.focus : -1;
    const key = [model.version, model.level, focus, desk.busy, desk.isAdopted, [...model.locked]].join("|");
    if (key === this.key) return;
    this.key = key;
    const held = this.node.contains(document.activeElement) ? document.activeElement.dataset.at : "";
    this.node.replaceChildren(focus >= 0 ? this.#card(focus) : this.#hint(), this.#list(focus));
    if (held) this.node.querySelector(`[data-at="${CSS.escape(held)}"]`)?.focus();
  }

  #hint() {
    return element("section", {}, element("h2", { class: "big" }, this.desk.say("nothing_title")), element("p", { class: "note" }, this.desk.say("nothing_help")));
  }

  #card(row) {
    const { desk, dialogs } = this, { model } = desk, unit = model.units.get(row), figures = model.unitFigures(row), bounds = boundsOf(desk, unit.level), status = model.statusOf(row, figures.households);
    const lines = [element("div", { class: "drawer-head" }, element("h2", { class: "big" }, unitLabel(desk, row)), element("span", { class: "code" }, plainCode(unit.code)))];
    lines.push(element("div", { class: "side" }, element("span", { class: `figure-now ${status}` }, households(desk, figures.households)), element("span", { class: `status ${status}` }, statusWords(desk, status, figures.households, bounds)),
      bounds && status !== "dedicated" ? changeBar(desk, figures.households, figures.households, bounds, status) : "", element("span", { class: "note" }, bounds ? desk.say("bounds_of", { bounds: boundsText(bounds) }) : desk.say("no_bounds"))));
    if (unit.part) lines.push(element("p", { class: "note" }, desk.say("part")));
    const act = (text, then, id, key) => button(text, then, { "data-at": id, key, disabled: !desk.canChange });
    const parent = unit.level > 0 ? act(desk.say("tool_reparent", { level: levelName(desk, unit.level - 1) }), () => dialogs.reparent(row), "reparent") : "";
    lines.push(element("div", { class: "button-row" }, act(desk.say("tool_rename"), () => dialogs.rename(row), "rename", "A"), act(desk.say("tool_split"), () => dialogs.split(row), "split", "D"), act(desk.say("tool_merge"), () => dialogs.merge(row), "merge", "M"), parent, act(desk.say("tool_retire"), () => dialogs.retire(row), "retire"),
      button(desk.say(model.locked.has(row) ? "unlock" : "lock"), () => model.lock(row), { "data-at": "lock", key: "K" }), button(desk.say("zoom"), () => desk.view?.zoomTo(row), { "data-at": "zoom" })));
    return element("section", { class: "unit-card" }, ...lines, this.#cells(row));
  }

  // Stairwells and land of a unit as a list to tick: what the mouse does on the map, without one.
  #cells(row) {
    const { desk } = this, { model } = desk, { ground } = model, atoms = model.units.atoms(row), cells = ground.cellsOfAtoms(atoms);
    const own = new Map(cells.map(cell => [cell, []]));
    for (const atom of atoms) own.get(ground.cellOf[atom]).push(atom);
    const list = element("div", { class: "cell-list" }, ...cells.slice(0, 300).map(cell => {
      const box = element("input", { type: "checkbox", "data-at": "cell-" + cell });
      box.addEventListener("change", () => model.select(own.get(cell), { mode: box.checked ? "add" : "remove" }));
      return element("label", {}, box, element("span", {}, cellName(desk, cell)), element("span", { class: "note" }, households(desk, own.get(cell).reduce((total, atom) => total + ground.households[atom], 0))));
    }));
    const fold = element("details", { class: "cell-fold" }, element("summary", { "data-at": "cells" }, `${desk.say("cells")} ${number(cells.length)}`), list);
    fold.open = this.isOpen === true;
    fold.addEventListener("toggle", () => { this.isOpen = fold.open; });
    return fold;
  }

  // By the unit above: the one where one works first, then its neighbours.
  #list(focus) {
    const { desk } = this, { model } = desk, groups = new Map(), units = model.units.live(model.depth).sort((a, b) => isHere(desk, b.row) - isHere(desk, a.row) || plainCode(a.code).localeCompare(plainCode(b.code), "en", { numeric: true }));
    for (const unit of units) groups.set(unit.parent, [...(groups.get(unit.parent) || []), unit]);
    const parts = [...groups].flatMap(([parent, held]) => [groups.size > 1 ? element("h3", {}, parent >= 0 ? unitLabel(desk, parent) : desk.say("all_areas")) : "", ...held.map(unit => this.#row(unit, focus))]);
    return element("section", {}, element("h2", {}, desk.say("units_here", { level: levelName(desk, model.depth, units.length) }), element("span", { class: "note" }, ` ${number(units.length)}`)), element("div", { class: "unit-list" }, ...parts));
  }

  #row(unit, focus) {
    const { desk } = this, { model } = desk, status = model.statusOf(unit.row, unit.households), sign = status === "in" || !status ? "" : SIGNS[status];
    const made = element("button", { type: "button", "data-at": "unit-" + unit.row, "data-code": unit.code, "aria-pressed": String(unit.row === focus) },
      element("span", { class: `spot hue-${desk.hue(unit.row)}`, "aria-hidden": "true" }), element("span", {}, unitLabel(desk, unit.row), model.locked.has(unit.row) ? ` · ${desk.say("lock")}` : ""), element("span", {}, model.isCounted ? households(desk, unit.households) : ""),
      element("span", { class: `status ${status}` }, sign, element("span", { class: "visually-hidden" }, desk.page.words[status] || "")));
    made.addEventListener("click", () => {
      desk.setFocus(unit.row === focus ? -1 : unit.row);
      if (desk.focus >= 0) desk.view?.zoomTo(unit.row);
    });
    return made;
  }
}
