// The rail: level, tools, source, what is out of bounds in this area, with the next one, repair and fill.
import { boundsOf, element, households, isHere, levelName, number, unitLabel, SIGNS } from "./edit-facts.js";

export class Rail {
  constructor(desk, dialogs) {
    Object.assign(this, { desk, dialogs, at: -1, tools: [...document.querySelectorAll("#tools [data-tool]")], list: document.getElementById("exceptions"), source: document.getElementById("source"), levels: [...document.querySelectorAll("#levels [data-level]")] });
    for (const tool of this.tools) tool.addEventListener("click", () => this.setTool(tool.dataset.tool));
    for (const level of this.levels) level.addEventListener("click", () => this.setLevel(level.dataset.level));
    this.source.addEventListener("change", () => desk.model.setSource(this.source.value === "" ? -1 : Number(this.source.value)));
    document.getElementById("next").addEventListener("click", () => this.next());
    document.getElementById("repair").addEventListener("click", () => this.repair());
    this.fillButton = document.getElementById("fill");
    this.fillButton.addEventListener("click", () => this.fill());
    this.#rove();
    for (const name of ["applied", "level", "opened"]) desk.on(name, () => this.draw());
  }

  // One Tab stop for all tools; arrows walk them.
  #rove() {
    const focusAt = next => {
      this.tools.forEach((tool, i) => { tool.tabIndex = i === next ? 0 : -1; });
      this.tools[next].focus();
    };
    this.tools.forEach((tool, i) => {
      tool.tabIndex = i ? -1 : 0;
      tool.addEventListener("keydown", event => {
        const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 5, ArrowUp: -5 }[event.key];
        if (!step) return;
        event.preventDefault();
        focusAt((i + step + this.tools.length) % this.tools.length);
      });
    });
  }

  setTool(name) {
    const { desk } = this;
    if (name === "merge") return this.dialogs.merge(this.dialogs.current());
    if (name === "lock" && desk.focus >= 0) desk.model.lock(desk.focus);
    desk.view?.setTool(name);
    return undefined;
  }

  showTool(name) {
    for (const tool of this.tools) {
      tool.setAttribute("aria-pressed", String(tool.dataset.tool === name));
      tool.tabIndex = tool.dataset.tool === name ? 0 : -1;
    }
  }

  setLevel(id) {
    const { desk } = this;
    if (id === desk.level) return;
    desk.setLevel(id);
  }

  step(by) {
    const at = this.levels.findIndex(level => level.dataset.level === this.desk.level) + by;
    if (this.levels[at]) this.setLevel(this.levels[at].dataset.level);
  }

  draw() {
    const { desk } = this, { model } = desk;
    for (const level of this.levels) level.setAttribute("aria-pressed", String(level.dataset.level === desk.level));
    this.found = model.exceptions().map(each => here(desk, each)).filter(Boolean);
    const groups = new Map();
    for (const each of this.found) {
      const key = `${each.level} ${each.kind}`;
      groups.set(key, [...(groups.get(key) || []), each]);
    }
    this.list.replaceChildren(...(groups.size ? [...groups.values()].map(group => this.#group(group)) : [element("li", { class: "note" }, "✓ ", desk.say("none_out"))]));
    this.free = this.found.find(each => each.kind === "unassigned");
    this.fillButton.hidden = !this.free;
    this.#sources();
  }

  #group(group) {
    const { desk } = this, { kind, level } = group[0], depth = desk.model.units.depth.get(level), bounds = boundsOf(desk, depth);
    const words = {
      below: () => desk.say("out_below", { level: levelName(desk, depth), n: number(bounds[0]) }), above: () => desk.say("out_above", { level: levelName(desk, depth), n: number(bounds[1]) }),
      unassigned: () => desk.say("unassigned", { n: number(group[0].households), level: levelName(desk, depth) }), not_connected: () => desk.say("out_apart", { level: levelName(desk, depth, 2) }),
    }[kind]();
    const made = element("button", { type: "button", "data-kind": kind, "data-level": level }, element("span", { class: `sign ${kind}`, "aria-hidden": "true" }, SIGNS[kind] || "◆"), element("span", { class: `words ${kind}` }, words), element("b", {}, kind === "unassigned" ? households(desk, group[0].households) : desk.say("count_units", { n: number(group.length) })));
    made.addEventListener("click", () => this.next(each => each.kind === kind && each.level === level));
    return element("li", {}, made);
  }

  // Goes on to the next exception (of a kind), zooms there and looks at the unit.
  next(wanted = () => true) {
    const { desk } = this, found = this.found || [];
    if (!found.length) return desk.tell("notice", { text: desk.say("none_out") });
    for (let step = 1; step <= found.length; step++) {
      const at = (this.at + step + found.length) % found.length;
      if (!wanted(found[at])) continue;
      this.at = at;
      this.show(found[at]);
      return undefined;
    }
    return undefined;
  }

  show(each) {
    const { desk } = this;
    this.current = each;
    if (each.unit >= 0) {
      desk.setFocus(each.unit);
      desk.view?.zoomTo(each.unit);
      desk.announce(`${unitLabel(desk, each.unit)}: ${households(desk, each.households)}, ${desk.page.words[each.kind] || ""}`);
    } else {
      desk.view?.zoomTo(each.atoms);
      desk.announce(desk.say("unassigned", { n: number(each.households), level: levelName(desk, desk.model.units.depth.get(each.level)) }));
    }
  }

  // The unit that is looked at, else the exception that comes next.
  repair() {
    let row = this.dialogs.current();
    if (row < 0) {
      const first = (this.found || []).find(each => each.unit >= 0);
      if (first) this.show(first);
      row = first ? first.unit : -1;
    }
    if (row < 0) return this.desk.tell("notice", { text: this.desk.say("none_out") });
    return this.dialogs.proposals.repair(row);
  }

  // The highest level of which something is unassigned; those below come after it.
  fill() { return this.free ? this.dialogs.proposals.fill(this.free.level) : this.desk.tell("notice", { text: this.desk.say("none_free") }); }

  #sources() {
    const { desk } = this, { model } = desk;
    this.source.replaceChildren(element("option", { value: "" }, desk.say("any_unit")), ...model.units.live(model.depth).map(unit => element("option", { value: unit.row }, unitLabel(desk, unit.row))));
    this.source.value = model.source >= 0 ? String(model.source) : "";
  }
}

// An exception of the area, not of its neighbours; of the unassigned, the part that lies in it.
function here(desk, each) {
  const { model } = desk;
  if (each.unit >= 0) return each.part || !isHere(desk, each.unit) ? null : each;
  const area = model.unit ? model.units.rowOf(model.unit) : -1, depth = area >= 0 ? model.units.get(area).level : -1;
  const atoms = each.atoms.filter(atom => area < 0 || model.units.owner(atom, depth) === area);
  return atoms.length ? { ...each, atoms, households: atoms.reduce((total, atom) => total + model.ground.households[atom], 0) } : null;
}
